//! What tests ask of a broker: topics, records with times of their own, everything committed, positions, open transactions.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rdkafka::admin::{AdminClient, AdminOptions, NewPartitions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, DeliveryResult, Header, Headers, Message, OwnedHeaders};
use rdkafka::producer::{BaseRecord, NoCustomPartitioner, Producer, ProducerContext, ThreadedProducer};
use rdkafka::{ClientContext, Offset, TopicPartitionList};

use super::{Broker, Committed, Draft, PATIENCE, Record, eventually};

/// What a reader is shown of transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    Committed,
    Uncommitted,
}

/// Clients.
impl Broker {
    /// What any client needs to connect.
    pub fn client(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        // Back at once after a broker's restart; the defaults wait up to ten seconds.
        config.set("bootstrap.servers", &self.plain).set("reconnect.backoff.max.ms", "200");
        config
    }

    pub fn tls_client(&self, password: &str) -> ClientConfig {
        let mut config = ClientConfig::new();
        for (name, value) in self.tls_properties(password) {
            config.set(name, value);
        }
        config
    }

    /// librdkafka's properties for the TLS listener.
    pub fn tls_properties(&self, password: &str) -> [(&'static str, String); 6] {
        [
            ("bootstrap.servers", self.tls.clone()),
            ("security.protocol", "SASL_SSL".into()),
            ("ssl.ca.location", self.ca.to_string_lossy().into_owned()),
            ("sasl.mechanism", "SCRAM-SHA-512".into()),
            ("sasl.username", super::broker::USER.into()),
            ("sasl.password", password.into()),
        ]
    }

    fn consumer(&self, isolation: Isolation, group: &str) -> BaseConsumer {
        let level = if isolation == Isolation::Committed { "read_committed" } else { "read_uncommitted" };
        let mut config = self.client();
        config.set("group.id", group).set("isolation.level", level).set("enable.auto.commit", "false");
        config.set("enable.partition.eof", "true").set("auto.offset.reset", "error").set("fetch.wait.max.ms", "10");
        config.create().expect("a consumer")
    }

    fn admin(&self) -> AdminClient<DefaultClientContext> {
        self.client().create().expect("an admin client")
    }
}

/// Topics.
impl Broker {
    /// A name that no other test has.
    pub fn unique_topic(&self, name: &str) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        format!("{name}-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
    }

    /// Creates the topic and waits until every partition has a leader.
    pub fn create_topic(&self, name: &str, partitions: i32, configs: &[(&str, &str)]) {
        let mut topic = NewTopic::new(name, partitions, TopicReplication::Fixed(1));
        topic.config.extend_from_slice(configs);
        let results = wait_for(self.admin().create_topics([&topic], &AdminOptions::new()));
        results.expect("an answer")[0].as_ref().unwrap_or_else(|e| panic!("creating {name}: {e:?}"));
        eventually("leaders of a new topic", PATIENCE, || (self.partitions(name) == partitions).then_some(()));
    }

    /// Gives the topic more partitions, as an operator would, and waits until each has a leader.
    pub fn grow_topic(&self, name: &str, partitions: i32) {
        let grown = NewPartitions::new(name, partitions as usize);
        let results = wait_for(self.admin().create_partitions([&grown], &AdminOptions::new()));
        results.expect("an answer")[0].as_ref().unwrap_or_else(|e| panic!("growing {name}: {e:?}"));
        eventually("leaders of new partitions", PATIENCE, || (self.partitions(name) == partitions).then_some(()));
    }

    pub fn delete_topic(&self, name: &str) {
        let results = wait_for(self.admin().delete_topics(&[name], &AdminOptions::new()));
        results.expect("an answer")[0].as_ref().unwrap_or_else(|e| panic!("deleting {name}: {e:?}"));
        eventually("the end of a topic", PATIENCE, || (self.partitions(name) == 0).then_some(()));
    }

    /// Number of partitions; 0 where there is no such topic. Waits until each has a leader, as after a broker's restart.
    pub fn partitions(&self, topic: &str) -> i32 {
        // Not of a consumer, which takes a tenth of a second to leave its group.
        let client = self.admin();
        eventually(&format!("leaders of {topic}"), PATIENCE, || {
            let metadata = client.inner().fetch_metadata(Some(topic), PATIENCE).ok()?;
            let partitions = metadata.topics().first()?.partitions();
            partitions.iter().all(|p| p.leader() >= 0).then_some(partitions.len() as i32)
        })
    }

    /// Deletes what lies before `offset`, as retention would.
    pub fn delete_records(&self, topic: &str, partition: i32, offset: i64) {
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(topic, partition, Offset::Offset(offset)).expect("an offset");
        let done = wait_for(self.admin().delete_records(&list, &AdminOptions::new())).expect("an answer");
        for element in done.elements() {
            element.error().unwrap_or_else(|e| panic!("deleting records of {topic}/{partition}: {e}"));
        }
    }
}

/// Records.
impl Broker {
    /// Writes the records in order, each with its own time, and returns their offsets.
    pub fn produce(&self, topic: &str, partition: i32, drafts: &[Draft]) -> Vec<i64> {
        self.writer(topic).write(partition, drafts)
    }

    /// Whoever writes often keeps one.
    pub fn writer(&self, topic: &str) -> Writer {
        let mut config = self.client();
        config.set("enable.idempotence", "true").set("linger.ms", "2");
        // New partitions are seen soon.
        config.set("topic.metadata.refresh.interval.ms", "500");
        let producer: ThreadedProducer<Deliveries> = config.create_with_context(Deliveries::default()).expect("one");
        // Without it, librdkafka asks for its producer id only half a second later.
        producer.client().fetch_metadata(Some(topic), PATIENCE).expect("metadata");
        Writer { producer, topic: topic.to_owned() }
    }

    /// All records of a topic that are committed now, by partition.
    pub fn read_committed_all(&self, topic: &str) -> Vec<Vec<Record>> {
        self.read_all(topic, Isolation::Committed)
    }

    /// Reads every partition from its oldest record to its end: the last stable offset for committed records, which may
    /// lie behind control records that are never delivered, so that only the broker's word "end of partition" counts.
    pub fn read_all(&self, topic: &str, isolation: Isolation) -> Vec<Vec<Record>> {
        let partitions = self.partitions(topic);
        assert!(partitions > 0, "there is no topic {topic}");
        let consumer = self.consumer(isolation, "harness");
        let mut list = TopicPartitionList::new();
        for partition in 0..partitions {
            // By number: `Beginning` is looked up only half a second later.
            let (low, _) = watermarks(&consumer, topic, partition);
            list.add_partition_offset(topic, partition, Offset::Offset(low)).expect("an offset");
        }
        consumer.assign(&list).expect("an assignment");
        let mut records = vec![Vec::new(); partitions as usize];
        let mut ended = vec![false; partitions as usize];
        let mut trouble = None;
        let start = Instant::now();
        while !ended.iter().all(|end| *end) {
            assert!(start.elapsed() < PATIENCE, "reading {topic} to its end in vain: {trouble:?}");
            match consumer.poll(Duration::from_millis(100)) {
                Some(Ok(message)) => records[message.partition() as usize].push(owned(&message)),
                Some(Err(KafkaError::PartitionEOF(partition))) => ended[partition as usize] = true,
                Some(Err(error)) => trouble = Some(error),
                None => {}
            }
        }
        records
    }
}

/// Positions and transactions.
impl Broker {
    /// Oldest and next offset of a partition. Committed: the next one is the last stable offset, else the high watermark.
    pub fn bounds(&self, topic: &str, partition: i32, isolation: Isolation) -> (i64, i64) {
        let consumer = self.consumer(isolation, "harness");
        watermarks(&consumer, topic, partition)
    }

    /// Partitions of the topic in which a transaction is open: their last stable offset is behind their end.
    pub fn open_transactions(&self, topic: &str) -> Vec<i32> {
        let [committed, all] = [Isolation::Committed, Isolation::Uncommitted].map(|i| self.consumer(i, "harness"));
        let end = |consumer: &BaseConsumer, p| watermarks(consumer, topic, p).1;
        (0..self.partitions(topic)).filter(|p| end(&committed, *p) < end(&all, *p)).collect()
    }

    /// Partitions in which a transaction is still open after `within`.
    ///
    /// Kafka answers a commit (or an abort) when its coordinator has decided; the markers that move the last stable offset
    /// reach the partitions some milliseconds later. Who asks at once may see a transaction that has in fact ended.
    pub fn still_open(&self, topic: &str, within: Duration) -> Vec<i32> {
        let start = Instant::now();
        loop {
            let open = self.open_transactions(topic);
            if open.is_empty() || start.elapsed() >= within {
                return open;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until all that was committed to the topic can be seen.
    pub fn await_settled(&self, topic: &str) {
        let open = self.still_open(topic, PATIENCE);
        assert!(open.is_empty(), "{topic}: a transaction stays open in partitions {open:?}");
    }

    /// The group's positions by partition. Waits while a transaction is pending on one of them.
    pub fn committed(&self, group: &str, topic: &str) -> Vec<Option<Committed>> {
        self.committed_within(group, topic, PATIENCE).unwrap_or_else(|e| panic!("positions of {group}: {e}"))
    }

    /// As `committed`; an error where a transaction is still pending after `within`.
    pub fn committed_within(&self, group: &str, topic: &str, within: Duration) -> Result<Positions, KafkaError> {
        let mut list = TopicPartitionList::new();
        list.add_partition_range(topic, 0, self.partitions(topic) - 1);
        let list = self.consumer(Isolation::Committed, group).committed_offsets(list, within)?;
        let mut positions = vec![None; list.count()];
        for element in list.elements() {
            element.error()?;
            if let Offset::Offset(offset) = element.offset() {
                let note = element.metadata().to_owned();
                positions[element.partition() as usize] = Some(Committed { offset, note });
            }
        }
        Ok(positions)
    }

    /// Moves a group that has no members now, as an operator would.
    pub fn set_committed(&self, group: &str, topic: &str, partition: i32, offset: i64) {
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(topic, partition, Offset::Offset(offset)).expect("an offset");
        self.consumer(Isolation::Committed, group).commit(&list, CommitMode::Sync).expect("committed");
    }

    /// Waits until the group has committed a position past the last committed record of every partition.
    pub fn await_consumed(&self, group: &str, topic: &str, within: Duration) {
        let ends: Vec<i64> =
            self.read_committed_all(topic).iter().map(|p| p.last().map_or(0, |r| r.offset + 1)).collect();
        eventually(&format!("{group} at the end of {topic} ({ends:?})"), within, || {
            let positions = self.committed(group, topic);
            let reached = |(p, end): (&Option<Committed>, &i64)| p.as_ref().map_or(0, |p| p.offset) >= *end;
            positions.iter().zip(&ends).all(reached).then_some(())
        });
    }
}

/// Writes to one topic, each record once.
pub struct Writer {
    producer: ThreadedProducer<Deliveries>,
    topic: String,
}

impl Writer {
    /// As [`Broker::produce`].
    pub fn write(&self, partition: i32, drafts: &[Draft]) -> Vec<i64> {
        let mut delivered = self.write_all([(partition, drafts)]);
        delivered.sort_unstable();
        delivered.into_iter().map(|(_, offset)| offset).collect()
    }

    /// To several partitions at once: librdkafka's flush waits in steps of a tenth of a second. Index in its list and offset of each, in
    /// the order in which the brokers took them.
    pub fn write_all<'a>(&self, portions: impl IntoIterator<Item = (i32, &'a [Draft])>) -> Vec<(usize, i64)> {
        let mut written = 0;
        for (partition, drafts) in portions {
            for (index, draft) in drafts.iter().enumerate() {
                send(&self.producer, &self.topic, partition, draft, index);
            }
            written += drafts.len();
        }
        self.producer.flush(PATIENCE).expect("everything is written");
        let delivered = std::mem::take(&mut *self.producer.context().0.lock().expect("not poisoned"));
        assert_eq!(delivered.len(), written);
        delivered
    }
}

/// By partition; `None`: never committed.
pub type Positions = Vec<Option<Committed>>;

/// Index of a draft and the offset at which it was written.
#[derive(Default)]
struct Deliveries(Mutex<Vec<(usize, i64)>>);

impl ClientContext for Deliveries {}

impl ProducerContext<NoCustomPartitioner> for Deliveries {
    type DeliveryOpaque = Box<usize>;

    fn delivery(&self, result: &DeliveryResult<'_>, index: Box<usize>) {
        // What failed is missing in the count, and that fails the test.
        if let Ok(message) = result {
            self.0.lock().expect("not poisoned").push((*index, message.offset()));
        }
    }
}

/// A partition that has just got its leader back says for a moment that it has none: asked again until it answers.
fn watermarks(consumer: &BaseConsumer, topic: &str, partition: i32) -> (i64, i64) {
    eventually(&format!("bounds of {topic}/{partition}"), PATIENCE, || {
        consumer.fetch_watermarks(topic, partition, PATIENCE).ok()
    })
}

fn send(producer: &ThreadedProducer<Deliveries>, topic: &str, partition: i32, draft: &Draft, index: usize) {
    let mut record = BaseRecord::with_opaque_to(topic, Box::new(index)).partition(partition).timestamp(draft.at_ms);
    record.key = draft.key.as_deref();
    record.payload = draft.value.as_deref();
    record.headers = (!draft.headers.is_empty()).then(|| kafka_headers(draft));
    let mut unsent = Some(record);
    eventually("a record in the producer's queue", PATIENCE, || match producer.send(unsent.take()?) {
        Ok(()) => Some(()),
        Err((error, record)) => {
            use rdkafka::types::RDKafkaErrorCode::{QueueFull, UnknownPartition};
            match error.rdkafka_error_code() {
                Some(QueueFull) => {}
                // It has been added since the producer last heard of the topic.
                Some(UnknownPartition) => drop(producer.client().fetch_metadata(Some(topic), PATIENCE)),
                _ => panic!("writing to {topic}/{partition}: {error}"),
            }
            unsent = Some(record);
            None
        }
    });
}

pub fn kafka_headers(draft: &Draft) -> OwnedHeaders {
    draft
        .headers
        .iter()
        .fold(OwnedHeaders::new(), |all, (key, value)| all.insert(Header { key, value: value.as_ref() }))
}

/// A record out of librdkafka's memory.
pub fn owned(message: &BorrowedMessage<'_>) -> Record {
    let headers = message.headers().into_iter().flat_map(|all| all.iter());
    Record {
        topic: message.topic().to_owned(),
        partition: message.partition(),
        offset: message.offset(),
        at_ms: message.timestamp().to_millis().unwrap_or(-1),
        key: message.key().map(<[u8]>::to_vec),
        value: message.payload().map(<[u8]>::to_vec),
        headers: headers.map(|h| (h.key.to_owned(), h.value.map(<[u8]>::to_vec))).collect(),
    }
}

fn wait_for<T>(answer: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(answer)
}
