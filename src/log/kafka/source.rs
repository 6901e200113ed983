//! Reading what a service has committed, from outside: no group is joined, nothing is fenced, no lane notices.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};

use super::context::Context;
use super::members::{self, Member};
use super::reader::KafkaReader;
use super::{asking, topics};
use crate::config::Config;
use crate::log::{Bounds, Input, LogError, Position, Source, Stream};

/// Positions and records of an application that belongs to others.
///
/// Its consumer bears the group's name, because positions are asked for by it; it never subscribes, and so is never a member.
pub struct KafkaSource {
    config: Arc<Config>,
    context: Context,
    reading: Arc<BaseConsumer<Context>>,
    probe: BaseConsumer<Context>,
}

impl KafkaSource {
    /// Asks nobody yet: brokers that are away are told of by the first question.
    pub fn new(config: Arc<Config>) -> Result<Self, LogError> {
        let context = Context::default();
        let reading = Arc::new(asking::reading(&config, &context)?);
        let probe = asking::probe(&config, &context)?;
        Ok(Self { config, context, reading, probe })
    }

    /// How many partitions each of the inputs has.
    ///
    /// [`Remedy::Retry`](crate::log::Remedy::Retry): the brokers or an input topic are not there (yet).
    pub fn partitions(&self) -> Result<i32, LogError> {
        let partitions = topics::input_partitions(&self.config, &self.probe);
        // Its errors are told by the context; nothing else comes.
        while self.probe.poll(Duration::ZERO).is_some() {}
        partitions
    }

    /// Whether there is a topic of score changes: a service that has never run has made none.
    pub fn has_score_changes(&self) -> Result<bool, LogError> {
        Ok(topics::count(self.probe.client(), &self.config.topics.score_changes, topics::TIMEOUT)? > 0)
    }

    /// Who works on which partitions of the first input topic.
    pub fn members(&self, wait: Duration) -> Result<Vec<Member>, LogError> {
        members::members(&self.probe, &self.config.service.application, &self.config.topics.events[0], wait)
    }

    fn topic(&self, stream: Stream) -> &str {
        asking::topic(&self.config.topics, stream)
    }
}

impl Source for KafkaSource {
    type Reader = KafkaReader;

    fn committed(&mut self, inputs: &[Input], wait: Duration) -> Result<Vec<Option<Position>>, LogError> {
        asking::committed(&self.reading, &self.config.topics, inputs, wait)
    }

    fn bounds(&mut self, stream: Stream, partition: i32) -> Result<Bounds, LogError> {
        asking::bounds(&self.probe, self.topic(stream), partition)
    }

    fn topic_id(&mut self, stream: Stream) -> Result<String, LogError> {
        asking::topic_id(self.probe.client(), self.topic(stream))
    }

    /// While one is read, another has a client of its own: two of them would take each other's records.
    fn reader(&mut self, stream: Stream, partition: i32, from: i64, to: i64) -> Result<KafkaReader, LogError> {
        if Arc::strong_count(&self.reading) > 1 {
            self.reading = Arc::new(asking::reading(&self.config, &self.context)?);
        }
        KafkaReader::new(self.reading.clone(), self.context.clone(), (self.topic(stream), partition), from, to)
    }
}
