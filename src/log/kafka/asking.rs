//! What can be asked of the brokers, by a lane's log and by whoever only looks.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rdkafka::client::Client;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaErrorCode as Code;
use rdkafka::{Offset, TopicPartitionList};

use super::context::Context;
use super::errors::{classify, crash};
use super::{CALL_TIMEOUT, ffi, settings};
use crate::config::{Config, Topics};
use crate::log::{Bounds, Input, LogError, Position, Stream};

const CREATING: &str = "creating a Kafka client";

pub fn topic(topics: &Topics, stream: Stream) -> &str {
    match stream {
        Stream::Events(index) => &topics.events[index],
        Stream::ScoreChanges => &topics.score_changes,
        Stream::ScoreJumps => &topics.score_jumps,
        Stream::DeadLetters => &topics.dead_letters,
    }
}

/// Partitions of input topics, as librdkafka names them.
pub fn list(
    topics: &Topics,
    inputs: impl IntoIterator<Item = (Input, Offset)>,
) -> Result<TopicPartitionList, LogError> {
    let mut list = TopicPartitionList::new();
    for (input, offset) in inputs {
        list.add_partition_offset(&topics.events[input.topic], input.partition, offset)
            .map_err(|error| classify("naming partitions", &error))?;
    }
    Ok(list)
}

/// Positions of the consumer's group; it need not be a member.
pub fn committed(
    consumer: &BaseConsumer<Context>,
    topics: &Topics,
    inputs: &[Input],
    wait: Duration,
) -> Result<Vec<Option<Position>>, LogError> {
    const DOING: &str = "asking for committed positions";
    let asked = list(topics, inputs.iter().map(|input| (*input, Offset::Invalid)))?;
    let told = consumer.committed_offsets(asked, wait).map_err(|error| classify(DOING, &error))?;
    let position = |input: &Input| {
        let element = told.find_partition(&topics.events[input.topic], input.partition);
        let element = element.ok_or_else(|| crash(DOING, "a partition is missing from the answer"))?;
        element.error().map_err(|error| classify(DOING, &error))?;
        Ok(match element.offset() {
            Offset::Offset(offset) => Some(Position { offset, note: element.metadata().to_owned() }),
            _ => None,
        })
    };
    inputs.iter().map(position).collect()
}

/// A client for [`bounds`]: the end without regard to open transactions is told to `read_uncommitted` alone.
pub fn probe(config: &Config, context: &Context) -> Result<BaseConsumer<Context>, LogError> {
    let mut probe = settings::probe(config);
    probe.set("isolation.level", "read_uncommitted");
    probe.create_with_context(context.clone()).map_err(|error| crash(CREATING, error.to_string()))
}

pub fn bounds(probe: &BaseConsumer<Context>, topic: &str, partition: i32) -> Result<Bounds, LogError> {
    let bounds = probe.fetch_watermarks(topic, partition, CALL_TIMEOUT);
    let (low, high) = bounds.map_err(|error| classify("asking for a partition's bounds", &error))?;
    Ok(Bounds { low, high })
}

/// As Kafka's own tools write it; empty where the brokers give none.
pub fn topic_id(client: &Client<Context>, topic: &str) -> Result<String, LogError> {
    let told = ffi::topic_id(client, topic, CALL_TIMEOUT);
    let told =
        told.map_err(|code| classify("asking for the id of a topic", &KafkaError::MetadataFetch(Code::from(code))))?;
    Ok(told.map(|id| URL_SAFE_NO_PAD.encode(id.to_be_bytes())).unwrap_or_default())
}

/// A client for [`KafkaReader`](super::reader::KafkaReader)s, one after the other.
pub fn reading(config: &Config, context: &Context) -> Result<BaseConsumer<Context>, LogError> {
    settings::reader(config)
        .set("enable.partition.eof", "true")
        // The end of a partition is told after a fetch that found nothing has waited this long.
        .set("fetch.wait.max.ms", "10")
        .create_with_context(context.clone())
        .map_err(|error| crash(CREATING, error.to_string()))
}
