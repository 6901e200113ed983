//! The log on real Kafka: one group consumer and one transactional producer to a lane, both driven by the lane's own thread.
//!
//! Hazards that shaped this module:
//! - a transaction's time-outs are the brokers': a process that was stopped for longer than `transaction.timeout.ms` finds itself
//!   fenced, drops everything and joins anew;
//! - `rd_kafka_send_offsets_to_transaction` can hang beyond its time-out, so a watchdog outside watches the lane's turns;
//! - a fetcher that sleeps does not hear of a resumed partition for up to a second, unless something else wakes it;
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
use self::errors::{classify, crash};
use self::ffi::{LaneProducer, MessageHeaders, TopicHandle};
pub use self::source::KafkaSource;
pub use self::writer::EventWriter;
use crate::config::Config;
use crate::log::{Batch, Bounds, Change, Input, LogError, Position, Remedy, Source, Stream};
use crate::wire::record::Record;

mod asking;
mod calls;
mod context;
mod errors;
mod ffi;
pub mod members;
mod reader;
pub mod settings;
mod source;
pub mod topics;
mod writer;

/// One call to a broker; a longer absence is waited for by calling again.
const CALL_TIMEOUT: Duration = Duration::from_millis(1000);
/// A transactional call: beyond this the lane looks at its signals, and asks again.
const TRANSACTION_TIMEOUT: Duration = Duration::from_secs(5);
/// What the wake-up of a fetcher may take: the question alone wakes it.
const WAKING: Duration = Duration::from_millis(1);
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
    /// A client that asks where partitions begin and end, once it was needed: connecting takes longer than asking.
    probe: Option<BaseConsumer<Context>>,
    /// A rebalance that came while records were being fetched.
    change: Option<Change>,
    /// An error that came then.
    failure: Option<LogError>,
    /// The open transaction holds its positions: what is asked again is the commit alone.
    positions_added: bool,
    /// Ids of topics, once asked for.
    ids: BTreeMap<Stream, String>,
    /// How many partitions the outputs had when they were first needed, once known.
    output_partitions: Option<i32>,
    /// Inputs that cannot be sought, and since when.
    unsought: BTreeMap<Input, Instant>,
    /// Inputs that are owned, and where they are to be read from, which is not where the fetcher stands.
    parked: BTreeMap<Input, i64>,
    /// Inputs that were given up, and how far they had been read.
    left_at: BTreeMap<Input, i64>,
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
        let input = config.topics.events.first().map_or("", String::as_str);
        let partitions = topics::count(producer.client(), input, CALL_TIMEOUT)?;
        let consumer: BaseConsumer<Context> =
            settings::consumer(&config, lane, partitions).create_with_context(context.clone()).map_err(creating)?;
        let topics: Vec<&str> = config.topics.events.iter().map(String::as_str).collect();
        consumer.subscribe(&topics).map_err(|error| classify("joining the group", &error))?;
        Ok(Self {
            config,
            context,
            outputs,
            producer,
            consumer,
            restore: None,
            probe: None,
            change: None,
            failure: None,
            positions_added: false,
            ids: BTreeMap::new(),
            output_partitions: None,
            unsought: BTreeMap::new(),
            parked: BTreeMap::new(),
            left_at: BTreeMap::new(),
        })
    }

    fn topic(&self, stream: Stream) -> &str {
        asking::topic(&self.config.topics, stream)
    }

    /// `None`: nobody reads that topic.
    fn input(&self, topic: &str, partition: i32) -> Option<Input> {
        let topic = self.config.topics.events.iter().position(|name| name == topic)?;
        Some(Input { topic, partition })
    }

    fn change_of(&self, rebalance: Rebalance) -> Change {
        let inputs = |partitions: Vec<(String, i32)>| {
            partitions.iter().filter_map(|(topic, partition)| self.input(topic, *partition)).collect()
        };
        match rebalance {
            Rebalance::Assign(partitions) => Change::Assigned(inputs(partitions)),
            Rebalance::Revoke { partitions, lost: false } => Change::Revoked(inputs(partitions)),
            Rebalance::Revoke { partitions, lost: true } => Change::Lost(inputs(partitions)),
        }
    }

    fn list(&self, inputs: impl IntoIterator<Item = (Input, Offset)>) -> Result<TopicPartitionList, LogError> {
        asking::list(&self.config.topics, inputs)
    }

    /// The input has got more partitions. Whoever joins anew sees to it that the outputs have as many, and knows of them: this producer
    /// would learn of new ones only minutes later.
    fn outgrown(&mut self, starts: &[(Input, i64)]) -> Option<LogError> {
        let last = starts.iter().map(|(input, _)| input.partition).max()?;
        let known = match self.output_partitions {
            Some(known) => known,
            None => {
                let topic = &self.config.topics.score_changes;
                *self.output_partitions.insert(topics::count(self.producer.client(), topic, CALL_TIMEOUT).ok()?)
            }
        };
        let cause = format!("the input has a partition {last}, and the outputs had {known} when this lane joined");
        (last >= known).then_some(LogError { remedy: Remedy::Rejoin, doing: "taking partitions over", cause })
    }

    /// Where the fetcher may be sent before it is paused. It may ask the brokers before it hears of the pause, and an offset that they do not
    /// have would be an error then, though nobody has resumed the partition: such a one stands at the nearest that there is until it is
    /// sought. Never at "the end", which librdkafka has to ask for: where a seek overtakes the answer it asks again half a second later, and
    /// skips what lies between (`rd_kafka_toppar_handle_Offset`: outdated).
    fn first_fetches(&mut self, starts: &[(Input, i64)]) -> Vec<(Input, Offset)> {
        let mut answering = true;
        let mut first = Vec::with_capacity(starts.len());
        let left_at = std::mem::take(&mut self.left_at);
        for &(input, offset) in starts {
            // Where it stood a moment ago, as most do in a rebalance.
            if left_at.get(&input) == Some(&offset) {
                first.push((input, Offset::Offset(offset)));
                continue;
            }
            let bounds = if answering { self.bounds(Stream::Events(input.topic), input.partition).ok() } else { None };
            answering = bounds.is_some();
            let nearest = nearest(offset, bounds);
            if nearest != offset {
                self.parked.insert(input, offset);
            }
            first.push((input, Offset::Offset(nearest)));
        }
        first
    }

    /// How far each owned input has been read; those of which nothing was read are left out.
    fn reached(&self) -> BTreeMap<Input, i64> {
        let Ok(list) = self.consumer.position() else { return BTreeMap::new() };
        let reached = list.elements().into_iter().filter_map(|element| {
            let Offset::Offset(offset) = element.offset() else { return None };
            Some((self.input(element.topic(), element.partition())?, offset))
        });
        reached.collect()
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

/// The offset nearest to this one that the brokers have, as far as it is known what they have.
fn nearest(offset: i64, bounds: Option<Bounds>) -> i64 {
    bounds.map_or(offset, |bounds| offset.clamp(bounds.low, bounds.high.max(bounds.low)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Logical offsets, as "the end", are below 0.
    #[test]
    fn a_fetcher_starts_at_an_offset_that_there_is() {
        let bounds = Some(Bounds { low: 3, high: 9 });
        let nearest = [0, 3, 5, 9, 12].map(|offset| nearest(offset, bounds));
        assert_eq!(nearest, [3, 3, 5, 9, 9]);
        assert_eq!(super::nearest(7, None), 7);
    }
}
