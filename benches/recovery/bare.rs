//! What the group protocol alone takes: a bare consumer, and a producer that answers each record by its offset, plain or in transactions.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerContext, Rebalance};
use rdkafka::message::Message;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{ClientContext, Offset, TopicPartitionList};
use signal_hook::consts::SIGTERM;

use needle::config::Config;
use needle::log::kafka::settings;

use crate::backlog::PARTITIONS;
use crate::child::config_of;
use crate::ffi;

const TIMEOUT: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(5);

/// A member of the group with needle's own settings, until SIGTERM. It keeps nothing, and restores nothing.
pub fn plain(file: &str) {
    let (config, stop) = begin(file);
    let mut client = settings::consumer(&config, 0, PARTITIONS as i32);
    client.set("enable.auto.commit", "true").set("enable.auto.offset.store", "true");
    client.set("auto.commit.interval.ms", "100").set("auto.offset.reset", "earliest");
    let consumer: BaseConsumer = client.create().expect("a consumer");
    let mut client = settings::producer(&config, 0);
    client.remove("transactional.id");
    client.remove("transaction.timeout.ms");
    let producer: BaseProducer = client.create().expect("a producer");
    consumer.subscribe(&[config.topics.events[0].as_str()]).expect("a subscription");
    while !stop.load(Ordering::Relaxed) {
        let polled = consumer.poll(POLL);
        producer.poll(Duration::ZERO);
        // While the group finds itself there are errors, and they pass.
        let Some(Ok(message)) = polled else { continue };
        let value = answer(message.offset());
        let record = BaseRecord::<(), str>::to(&config.topics.score_changes).payload(&value);
        producer.send(record.partition(message.partition())).map_err(|(error, _)| error).expect("room in the queue");
    }
    producer.flush(TIMEOUT).expect("all is written");
    // Everything may have been committed a moment ago, which is told as an error.
    let _ = consumer.commit_consumer_state(CommitMode::Sync);
}

fn begin(file: &str) -> (Config, Arc<AtomicBool>) {
    let stop = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(SIGTERM, stop.clone()).expect("a handler");
    (config_of(file), stop)
}

fn answer(offset: i64) -> String {
    format!("{{\"offset\":{offset}}}")
}

/// The same, with answers and positions in transactions that are as long as needle's are without a backlog: readers of what is committed
/// wait for those, too.
pub fn transactional(file: &str) {
    let (config, stop) = begin(file);
    let interval = Duration::from_millis(config.service.commit_interval_ms);
    let producer: ffi::LaneProducer = settings::producer(&config, 0).create().expect("a producer");
    producer.init_transactions(TIMEOUT).expect("transactions");
    let mut client = settings::consumer(&config, 0, PARTITIONS as i32);
    client.set("auto.offset.reset", "earliest");
    let open = Open { topic: config.topics.score_changes.clone(), producer, read: Mutex::default() };
    let consumer: BaseConsumer<Open> = client.create_with_context(open).expect("a consumer");
    let open = consumer.context();
    consumer.subscribe(&[config.topics.events[0].as_str()]).expect("a subscription");
    let mut began = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        if let Some(Ok(message)) = consumer.poll(POLL.min(interval))
            && open.answer(&message)
        {
            began = Instant::now();
        }
        if began.elapsed() >= interval {
            open.commit(&consumer);
        }
    }
    open.commit(&consumer);
}

/// The open transaction, if there is one.
struct Open {
    topic: String,
    producer: ffi::LaneProducer,
    /// How far has been read; `None`: nothing is open.
    read: Mutex<Option<TopicPartitionList>>,
}

impl Open {
    /// Returns whether it is the first of a transaction.
    fn answer(&self, message: &impl Message) -> bool {
        let mut read = self.read.lock().expect("a lock");
        let begins = read.is_none();
        let read = read.get_or_insert_with(|| {
            self.producer.begin_transaction().expect("a transaction");
            TopicPartitionList::new()
        });
        let (topic, partition) = (message.topic(), message.partition());
        let next = Offset::Offset(message.offset() + 1);
        if read.find_partition(topic, partition).is_none() {
            read.add_partition(topic, partition);
        }
        read.set_partition_offset(topic, partition, next).expect("an offset");
        let value = answer(message.offset());
        let record = BaseRecord::<(), str>::to(&self.topic).payload(&value).partition(partition);
        self.producer.send(record).map_err(|(error, _)| error).expect("room in the queue");
        begins
    }

    fn commit(&self, consumer: &BaseConsumer<Self>) {
        let Some(read) = self.read.lock().expect("a lock").take() else { return };
        let group = consumer.group_metadata().expect("a group");
        let added = self.producer.send_offsets_to_transaction(&read, &group, TIMEOUT);
        let committed = added.is_ok() && ffi::commit_transaction(&self.producer, TIMEOUT).is_ok();
        if !committed {
            // Whoever has the partitions after a rebalance reads it again; else these events are never answered, and that should be known.
            eprintln!("a transaction of the bare consumer's was aborted");
            ffi::abort_transaction(&self.producer, TIMEOUT).map_err(|error| error.text).expect("an end");
        }
    }
}

impl ClientContext for Open {}

impl ConsumerContext for Open {
    /// Nothing may be open when partitions change hands.
    fn pre_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        if matches!(rebalance, Rebalance::Revoke(_)) {
            self.commit(consumer);
        }
    }
}
