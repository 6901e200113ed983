//! Events that keep flowing in portions, while a test does harm.

use super::events::{Plan, generate};
use super::{Broker, Draft, Settings};

/// A seeded stream over all partitions, written portion by portion.
pub struct Flow<'a> {
    broker: &'a Broker,
    topic: String,
    left: Vec<Vec<Draft>>,
    portion: usize,
}

impl<'a> Flow<'a> {
    /// `portions` portions of `records` records each (about that many, over all partitions).
    pub fn new(broker: &'a Broker, settings: &Settings, partitions: usize, portions: usize, records: usize) -> Self {
        let mut left = generate(&Plan { partitions, records: portions * records, ..Plan::default() });
        left.iter_mut().for_each(|drafts| drafts.reverse());
        Self { broker, topic: settings.events.clone(), left, portion: records.div_ceil(partitions) }
    }

    /// Writes the next portion.
    pub fn go_on(&mut self) {
        for (partition, left) in self.left.iter_mut().enumerate() {
            let rest = left.len().saturating_sub(self.portion);
            let portion: Vec<Draft> = left.drain(rest..).rev().collect();
            self.broker.produce(&self.topic, partition as i32, &portion);
        }
    }

    /// Writes all that is left.
    pub fn finish(mut self) {
        self.portion = usize::MAX;
        self.go_on();
    }
}
