//! The log on real Kafka: one group consumer and one transactional producer to a lane, both driven by the lane's own thread.
//!
//! Hazards that shaped this module:
//! - a transaction's time-outs are the brokers': a process that was stopped for longer than `transaction.timeout.ms` finds itself
//!   fenced, drops everything and joins anew;
//! - `rd_kafka_send_offsets_to_transaction` can hang beyond its time-out, so a watchdog outside watches the lane's turns;
//! - a position is the group's only once no transaction is pending on it, which `read_committed` makes the brokers wait for.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer, RebalanceProtocol};
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::producer::Producer;
use rdkafka::types::RDKafkaErrorCode as Code;
use rdkafka::{Offset, TopicPartitionList};

pub use self::context::Weather;
use self::context::{Context, Rebalance};
use self::errors::{classify, crash, of_call};
use self::ffi::{LaneProducer, MessageHeaders, TopicHandle};
use self::reader::KafkaReader;
use crate::config::Config;
use crate::log::{Batch, Bounds, Change, Input, Log, LogError, Output, Position, Remedy, Stream};
use crate::wire::record::Record;

mod context;
mod errors;
mod ffi;
mod reader;
pub mod settings;
pub mod topics;

/// One call to a broker; a longer absence is waited for by calling again.
const CALL_TIMEOUT: Duration = Duration::from_millis(1000);
/// A transactional call: beyond this the lane looks at its signals, and asks again.
const TRANSACTION_TIMEOUT: Duration = Duration::from_secs(5);
/// A call that is to be asked again may have failed at once.
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(20);

pub struct KafkaLog {
    config: Arc<Config>,
    context: Context,
    // Topic handles go before the producer that they belong to.
    outputs: Outputs,
    producer: LaneProducer,
    consumer: BaseConsumer<Context>,
    /// A consumer for restores, shared by the readers that follow one another.
    restore: Option<Arc<BaseConsumer<Context>>>,
    /// A rebalance that came while records were being fetched.
    change: Option<Change>,
    /// An error that came then.
    failure: Option<LogError>,
    /// The open transaction holds its positions: what is asked again is the commit alone.
    positions_added: bool,
    /// Inputs that cannot be sought, and since when.
    unsought: BTreeMap<Input, Instant>,
}

struct Outputs {
    score_changes: TopicHandle,
    score_jumps: TopicHandle,
    dead_letters: TopicHandle,
}

impl KafkaLog {
    /// Fences whoever used this lane's `transactional.id` before, and joins the group.
    ///
    /// With [`Remedy::Retry`] the brokers are away: try again.
    pub fn connect(config: Arc<Config>, lane: usize, weather: &Weather) -> Result<Self, LogError> {
        let context = Context::new(weather);
        let creating = |error| crash("creating a Kafka client", format!("{error}"));
        let producer: LaneProducer =
            settings::producer(&config, lane).create_with_context(context.clone()).map_err(creating)?;
        producer
            .init_transactions(TRANSACTION_TIMEOUT)
            .map_err(|error| classify("initialising transactions", &error))?;
        let handle = |topic: &str| {
            TopicHandle::new(&producer, topic).ok_or_else(|| crash("opening an output topic", topic.to_owned()))
        };
        let outputs = Outputs {
            score_changes: handle(&config.topics.score_changes)?,
            score_jumps: handle(&config.topics.score_jumps)?,
            dead_letters: handle(&config.topics.dead_letters)?,
        };
        let consumer: BaseConsumer<Context> =
            settings::consumer(&config, lane).create_with_context(context.clone()).map_err(creating)?;
        let topics: Vec<&str> = config.topics.events.iter().map(String::as_str).collect();
        consumer.subscribe(&topics).map_err(|error| classify("joining the group", &error))?;
        Ok(Self {
            config,
            context,
            outputs,
            producer,
            consumer,
            restore: None,
            change: None,
            failure: None,
            positions_added: false,
            unsought: BTreeMap::new(),
        })
    }

    fn topic(&self, stream: Stream) -> &str {
        let topics = &self.config.topics;
        match stream {
            Stream::Events(index) => &topics.events[index],
            Stream::ScoreChanges => &topics.score_changes,
            Stream::ScoreJumps => &topics.score_jumps,
            Stream::DeadLetters => &topics.dead_letters,
        }
    }

    fn change_of(&self, rebalance: Rebalance) -> Change {
        let inputs = |partitions: Vec<(String, i32)>| {
            let index = |topic: &String| self.config.topics.events.iter().position(|t| t == topic);
            let input = |(topic, partition): (String, i32)| index(&topic).map(|topic| Input { topic, partition });
            partitions.into_iter().filter_map(input).collect()
        };
        match rebalance {
            Rebalance::Assign(partitions) => Change::Assigned(inputs(partitions)),
            Rebalance::Revoke { partitions, lost: false } => Change::Revoked(inputs(partitions)),
            Rebalance::Revoke { partitions, lost: true } => Change::Lost(inputs(partitions)),
        }
    }

    fn list(&self, inputs: impl IntoIterator<Item = (Input, Offset)>) -> Result<TopicPartitionList, LogError> {
        let mut list = TopicPartitionList::new();
        for (input, offset) in inputs {
            list.add_partition_offset(&self.config.topics.events[input.topic], input.partition, offset)
                .map_err(|error| classify("naming partitions", &error))?;
        }
        Ok(list)
    }

    /// An error event of the consumer: most are weather, some are the end.
    fn consumer_error(&self, error: rdkafka::error::KafkaError) -> Result<(), LogError> {
        match error.rdkafka_error_code() {
            Some(Code::AllBrokersDown | Code::BrokerTransportFailure | Code::OperationTimedOut | Code::Resolve) => {
                self.context.brokers_away(&error.to_string());
                Ok(())
            }
            Some(Code::UnknownTopicOrPartition | Code::UnknownTopic | Code::UnknownPartition) => {
                tracing::warn!(%error, "an input topic or partition is not there; waiting for it");
                Ok(())
            }
            Some(Code::AutoOffsetReset | Code::OffsetOutOfRange) => {
                Err(crash("reading events", format!("{error}: retention has deleted events that were not read yet")))
            }
            _ => {
                let error = classify("reading events", &error);
                // Nothing is to be aborted here, and an error would throw away what this poll has fetched already.
                if matches!(error.remedy, Remedy::Retry | Remedy::Abort) {
                    tracing::warn!(%error, "reading goes on");
                    return Ok(());
                }
                Err(error)
            }
        }
    }

    /// Once to a transaction: librdkafka wants the call repeated that was interrupted, and no other.
    fn add_positions(&mut self, positions: &[(Input, Position)]) -> Result<(), LogError> {
        const DOING: &str = "adding positions to a transaction";
        if self.positions_added {
            return Ok(());
        }
        tracing::trace!("adding positions");
        let mut list = TopicPartitionList::new();
        for (input, position) in positions {
            let topic = &self.config.topics.events[input.topic];
            list.add_partition(topic, input.partition).set_metadata(&position.note);
            list.set_partition_offset(topic, input.partition, Offset::Offset(position.offset))
                .map_err(|error| classify(DOING, &error))?;
        }
        let group = self.consumer.group_metadata().ok_or_else(|| crash(DOING, "the consumer has no group"))?;
        self.producer
            .send_offsets_to_transaction(&list, &group, TRANSACTION_TIMEOUT)
            .map_err(|error| classify(DOING, &error))?;
        self.positions_added = true;
        Ok(())
    }

    fn cooperative(&self) -> bool {
        matches!(self.consumer.rebalance_protocol(), RebalanceProtocol::Cooperative)
    }
}

impl Log for KafkaLog {
    type Reader = KafkaReader;

    fn poll(&mut self, batch: &mut Batch, max: usize, wait: Duration) -> Result<Option<Change>, LogError> {
        batch.clear();
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        if let Some(change) = self.change.take() {
            return Ok(Some(change));
        }
        let mut wait = wait;
        while batch.len() < max {
            let polled = self.consumer.poll(wait);
            if let Some(rebalance) = self.context.next_rebalance() {
                let change = self.change_of(rebalance);
                if batch.is_empty() {
                    return Ok(Some(change));
                }
                self.change = Some(change);
                break;
            }
            match polled {
                None => break,
                Some(Ok(message)) => {
                    self.context.brokers_answer();
                    let topic = self.config.topics.events.iter().position(|topic| topic == message.topic());
                    let Some(topic) = topic else { continue };
                    let input = Input { topic, partition: message.partition() };
                    push(batch, input, &self.config.topics.events[topic], &message);
                }
                Some(Err(error)) => {
                    if let Err(error) = self.consumer_error(error) {
                        if batch.is_empty() {
                            return Err(error);
                        }
                        // What is fetched already is not fetched again.
                        self.failure = Some(error);
                        break;
                    }
                }
            }
            wait = Duration::ZERO;
        }
        Ok(None)
    }

    fn committed(&mut self, inputs: &[Input], wait: Duration) -> Result<Vec<Option<Position>>, LogError> {
        const DOING: &str = "asking for committed positions";
        let asked = self.list(inputs.iter().map(|input| (*input, Offset::Invalid)))?;
        let told = self.consumer.committed_offsets(asked, wait).map_err(|error| classify(DOING, &error))?;
        self.context.brokers_answer();
        let position = |input: &Input| {
            let element = told.find_partition(&self.config.topics.events[input.topic], input.partition);
            let element = element.ok_or_else(|| crash(DOING, "a partition is missing from the answer"))?;
            element.error().map_err(|error| classify(DOING, &error))?;
            Ok(match element.offset() {
                Offset::Offset(offset) => Some(Position { offset, note: element.metadata().to_owned() }),
                _ => None,
            })
        };
        inputs.iter().map(position).collect()
    }

    fn own(&mut self, starts: &[(Input, i64)]) -> Result<(), LogError> {
        const DOING: &str = "taking partitions over";
        let list = self.list(starts.iter().map(|(input, offset)| (*input, Offset::Offset(*offset))))?;
        let assigned =
            if self.cooperative() { self.consumer.incremental_assign(&list) } else { self.consumer.assign(&list) };
        assigned.and_then(|()| self.consumer.pause(&list)).map_err(|error| classify(DOING, &error))
    }

    fn resume(&mut self, input: Input) -> Result<(), LogError> {
        let list = self.list([(input, Offset::Invalid)])?;
        self.consumer.resume(&list).map_err(|error| classify("resuming a partition", &error))
    }

    fn pause(&mut self, input: Input) -> Result<(), LogError> {
        let list = self.list([(input, Offset::Invalid)])?;
        self.consumer.pause(&list).map_err(|error| classify("pausing a partition", &error))
    }

    fn release(&mut self, inputs: &[Input]) -> Result<(), LogError> {
        self.unsought.retain(|input, _| !inputs.contains(input));
        let list = self.list(inputs.iter().map(|input| (*input, Offset::Invalid)))?;
        let released =
            if self.cooperative() { self.consumer.incremental_unassign(&list) } else { self.consumer.unassign() };
        released.map_err(|error| classify("giving partitions up", &error))
    }

    fn seek(&mut self, input: Input, offset: i64) -> Result<(), LogError> {
        const DOING: &str = "seeking";
        let list = self.list([(input, Offset::Offset(offset))])?;
        let sought = self.consumer.seek_partitions(list, CALL_TIMEOUT);
        let sought = sought.and_then(|list| list.elements().iter().try_for_each(|element| element.error()));
        let Err(error) = sought else {
            self.unsought.remove(&input);
            return Ok(());
        };
        let mut error = match error.rdkafka_error_code() {
            // The assignment has not reached the fetcher yet, or an error has stopped the fetcher for good.
            Some(Code::State) => LogError { remedy: Remedy::Retry, doing: DOING, cause: error.to_string() },
            _ => classify(DOING, &error),
        };
        if error.remedy == Remedy::Retry {
            std::thread::sleep(ASK_AGAIN_AFTER);
            if self.unsought.entry(input).or_insert_with(Instant::now).elapsed() > TRANSACTION_TIMEOUT {
                // While it is sought nothing is polled, so that nobody would hear why: a new consumer begins anew.
                error.remedy = Remedy::Rejoin;
            }
        }
        Err(error)
    }

    fn end(&self, input: Input) -> Option<i64> {
        self.context.end(&self.config.topics.events[input.topic], input.partition)
    }

    fn bounds(&mut self, stream: Stream, partition: i32) -> Result<Bounds, LogError> {
        const DOING: &str = "asking for a partition's bounds";
        // Its own client, because the end without regard to open transactions is told to `read_uncommitted` alone.
        let mut probe = settings::probe(&self.config);
        probe.set("isolation.level", "read_uncommitted");
        let probe: BaseConsumer<Context> =
            probe.create_with_context(self.context.clone()).map_err(|error| crash(DOING, error.to_string()))?;
        let (low, high) = probe
            .fetch_watermarks(self.topic(stream), partition, CALL_TIMEOUT)
            .map_err(|error| classify(DOING, &error))?;
        Ok(Bounds { low, high })
    }

    fn reader(&mut self, stream: Stream, partition: i32, from: i64, to: i64) -> Result<KafkaReader, LogError> {
        let consumer = match &self.restore {
            Some(idle) if Arc::strong_count(idle) == 1 => idle.clone(),
            _ => {
                let consumer = settings::reader(&self.config)
                    .set("enable.partition.eof", "true")
                    // The end of a partition is told after a fetch that found nothing has waited this long.
                    .set("fetch.wait.max.ms", "10")
                    .create_with_context(self.context.clone())
                    .map_err(|error| crash("creating a Kafka client", error.to_string()))?;
                self.restore.insert(Arc::new(consumer)).clone()
            }
        };
        KafkaReader::new(consumer, self.context.clone(), (self.topic(stream), partition), from, to)
    }

    fn begin(&mut self) -> Result<(), LogError> {
        self.positions_added = false;
        self.producer.begin_transaction().map_err(|error| classify("beginning a transaction", &error))
    }

    fn produce(&mut self, output: Output<'_>) -> Result<(), LogError> {
        const DOING: &str = "producing";
        let topic = match output.stream {
            Stream::ScoreChanges => &self.outputs.score_changes,
            Stream::ScoreJumps => &self.outputs.score_jumps,
            Stream::DeadLetters => &self.outputs.dead_letters,
            Stream::Events(_) => return Err(crash(DOING, "events are read, never written")),
        };
        let given_up = Instant::now() + TRANSACTION_TIMEOUT;
        loop {
            match ffi::produce(&self.producer, topic, &output) {
                Ok(()) => return Ok(()),
                Err(error) if Code::from(error.code) == Code::QueueFull && Instant::now() < given_up => {
                    // Back-pressure: the queue empties as fast as the brokers take it.
                    self.producer.poll(Duration::from_millis(10));
                }
                Err(error) if Code::from(error.code) == Code::MessageSizeTooLarge => {
                    let cause = format!("{} (see message.max.bytes under [kafka.producer])", error.text);
                    return Err(crash(DOING, cause));
                }
                Err(error) if matches!(Code::from(error.code), Code::UnknownPartition | Code::UnknownTopic) => {
                    let (to, partition) = (self.topic(output.stream), output.partition);
                    let cause =
                        format!("{to}-{partition} does not exist; an output has as many partitions as the input");
                    return Err(crash(DOING, cause));
                }
                Err(error) if Code::from(error.code) == Code::QueueFull => {
                    return Err(LogError { remedy: Remedy::Abort, doing: DOING, cause: error.text });
                }
                Err(error) => return Err(of_call(DOING, &error)),
            }
        }
    }

    fn commit(&mut self, positions: &[(Input, Position)]) -> Result<(), LogError> {
        let result = self.add_positions(positions).and_then(|()| {
            tracing::trace!("committing");
            ffi::commit_transaction(&self.producer, TRANSACTION_TIMEOUT).map_err(|error| {
                match self.context.undeliverable() {
                    // Undone and tried again it would fail again.
                    Some(record) => crash("committing a transaction", record),
                    None => of_call("committing a transaction", &error),
                }
            })
        });
        match &result {
            Ok(()) => self.context.brokers_answer(),
            Err(error) if error.remedy == Remedy::Retry => std::thread::sleep(ASK_AGAIN_AFTER),
            Err(_) => {}
        }
        result
    }

    fn abort(&mut self) -> Result<(), LogError> {
        let result = ffi::abort_transaction(&self.producer, TRANSACTION_TIMEOUT)
            .map_err(|error| of_call("aborting a transaction", &error));
        if result.as_ref().is_err_and(|error| error.remedy == Remedy::Retry) {
            std::thread::sleep(ASK_AGAIN_AFTER);
        }
        result
    }

    fn leave(&mut self) -> Result<(), LogError> {
        self.consumer.unassign().map_err(|error| classify("leaving the group", &error))
    }
}

impl Drop for KafkaLog {
    fn drop(&mut self) {
        // Closing revokes once more, and nobody is left to answer but the context itself.
        self.context.close();
    }
}

/// Copies a message into a batch.
fn push(batch: &mut Batch, input: Input, topic: &str, message: &BorrowedMessage<'_>) {
    let record = Record {
        topic,
        partition: message.partition(),
        offset: message.offset(),
        at_ms: message.timestamp().to_millis().unwrap_or(0),
        key: message.key(),
        value: message.payload(),
        headers: &MessageHeaders::of(message),
    };
    batch.push(input, &record);
}
