//! A reader of one partition, outside of any group.

use std::time::Duration;

use super::broker::Broker;
use super::faults::{Call, NoFaults, Shared};
use crate::log::{Batch, Input, LogError, Reader};

/// Reads `[from, to)` of a partition: committed records below the last stable offset.
pub struct MemoryReader {
    broker: Broker,
    faults: Shared,
    topic: String,
    partition: i32,
    position: i64,
    to: i64,
}

impl MemoryReader {
    /// A reader of any topic, which no fault reaches. With `to` = `i64::MAX` it follows the partition without end.
    pub fn new(broker: &Broker, topic: &str, partition: i32, from: i64, to: i64) -> MemoryReader {
        MemoryReader::with_faults(broker, Shared::new(NoFaults), topic, partition, from..to)
    }

    pub(super) fn with_faults(
        broker: &Broker,
        faults: Shared,
        topic: &str,
        partition: i32,
        range: std::ops::Range<i64>,
    ) -> MemoryReader {
        let (broker, topic) = (broker.clone(), topic.to_owned());
        MemoryReader { broker, faults, topic, partition, position: range.start, to: range.end }
    }
}

impl Reader for MemoryReader {
    fn poll(&mut self, batch: &mut Batch, max: usize, _: Duration) -> Result<bool, LogError> {
        batch.clear();
        self.faults.reading(Call::Read)?;
        if self.position < self.to {
            let state = self.broker.state();
            let input = Input { topic: 0, partition: self.partition };
            let fetched = state.partition(&self.topic, self.partition).and_then(|partition| {
                partition.fetch(self.position, self.to, max, |record| batch.push(input, &record.record()))
            });
            self.position = fetched.map_err(|e| e.during("reading a partition"))?;
        }
        Ok(self.position >= self.to)
    }

    fn position(&self) -> i64 {
        self.position
    }
}
