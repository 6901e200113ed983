//! Reading one partition up to a bound, outside the group: what a restore is made of.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Message;
use rdkafka::{Offset, TopicPartitionList};

use super::context::Context;
use super::errors::{classify, crash};
use super::{CALL_TIMEOUT, push};
use crate::log::{Batch, Input, LogError, Reader};

const READING: &str = "reading back a partition";

/// Reads `[from, to)` of one partition, committed records only.
///
/// It is done when it holds the last offset below `to`, or when it is told that nothing more follows. That tail may be control
/// records, which are never handed out, so the end is recognised by the partition's end event: one that was raised *after* the
/// last stable offset had been seen at `to` or beyond. To be sure of that order the reader assigns itself anew, which drops
/// events that are on their way.
pub struct KafkaReader {
    consumer: Arc<BaseConsumer<Context>>,
    context: Context,
    topic: String,
    partition: i32,
    next: i64,
    to: i64,
    /// The last stable offset has been seen to reach `to`.
    stable: bool,
}

impl KafkaReader {
    pub(super) fn new(
        consumer: Arc<BaseConsumer<Context>>,
        context: Context,
        (topic, partition): (&str, i32),
        from: i64,
        to: i64,
    ) -> Result<Self, LogError> {
        let mut reader = Self { consumer, context, topic: topic.to_owned(), partition, next: from, to, stable: false };
        reader.stable = reader.is_stable()?;
        reader.assign()?;
        Ok(reader)
    }

    fn assign(&self) -> Result<(), LogError> {
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(&self.topic, self.partition, Offset::Offset(self.next))
            .and_then(|()| self.consumer.assign(&list))
            .map_err(|error| classify(READING, &error))
    }

    fn is_stable(&self) -> Result<bool, LogError> {
        let bounds = self.consumer.fetch_watermarks(&self.topic, self.partition, CALL_TIMEOUT);
        let (_, stable) = bounds.map_err(|error| classify(READING, &error))?;
        Ok(stable >= self.to)
    }

    /// The partition's end was reached. Returns whether nothing can follow below the bound.
    fn at_end(&mut self) -> Result<bool, LogError> {
        if self.stable {
            return Ok(true);
        }
        self.stable = self.is_stable()?;
        if self.stable {
            self.assign()?;
        }
        Ok(false)
    }
}

impl Drop for KafkaReader {
    fn drop(&mut self) {
        // The consumer may be idle for long; it must not fill its queue meanwhile.
        if let Err(error) = self.consumer.unassign() {
            tracing::debug!(%error, "a restore's consumer keeps its partition");
        }
    }
}

impl Reader for KafkaReader {
    fn poll(&mut self, batch: &mut Batch, max: usize, wait: Duration) -> Result<bool, LogError> {
        batch.clear();
        let mut wait = wait;
        while self.next < self.to && batch.len() < max {
            match self.consumer.poll(wait) {
                None => return Ok(false),
                Some(Ok(message)) => {
                    self.context.brokers_answer();
                    if message.offset() >= self.to {
                        return Ok(true);
                    }
                    self.next = message.offset() + 1;
                    push(batch, Input { topic: 0, partition: self.partition }, &self.topic, &message);
                }
                Some(Err(KafkaError::PartitionEOF(_))) => {
                    if self.at_end()? {
                        return Ok(true);
                    }
                }
                Some(Err(error)) => match error.rdkafka_error_code() {
                    Some(
                        rdkafka::types::RDKafkaErrorCode::AutoOffsetReset
                        | rdkafka::types::RDKafkaErrorCode::OffsetOutOfRange,
                    ) => {
                        let cause = format!("offset {} of {}-{} is gone", self.next, self.topic, self.partition);
                        return Err(crash(READING, cause));
                    }
                    _ => return Err(classify(READING, &error)),
                },
            }
            wait = Duration::ZERO;
        }
        Ok(self.next >= self.to)
    }

    fn position(&self) -> i64 {
        self.next
    }
}
