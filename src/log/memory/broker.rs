//! The broker: topics, producers, groups, and a clock that somebody else moves.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::group::Group;
use super::partition::{NewRecord, Partition, StoredRecord};
use super::refusal::Refusal;
use super::transaction::Producer;
use crate::log::{Bounds, LogError, Position};
use crate::wire::record::OwnedHeaders;

/// A partition by the name of its topic.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub topic: Arc<str>,
    pub partition: i32,
}

pub(super) type Topics = BTreeMap<Arc<str>, Topic>;

pub(super) struct Topic {
    /// No other topic of the broker has or had it.
    pub id: u64,
    pub partitions: Vec<Partition>,
}

/// Everything that the broker knows.
#[derive(Default)]
pub(super) struct State {
    pub now_ms: i64,
    pub topics: Topics,
    /// Topics made so far, those that are gone included.
    made: u64,
    /// By `transactional.id`.
    pub producers: BTreeMap<String, Producer>,
    pub groups: BTreeMap<String, Group>,
}

/// A handle to a broker in memory; a clone is another handle to the same one.
#[derive(Clone, Default)]
pub struct Broker(Arc<Mutex<State>>);

impl Broker {
    pub fn new() -> Broker {
        Broker::default()
    }

    /// Creates a topic. One that exists already stays as it is.
    pub fn create_topic(&self, name: &str, partitions: i32) {
        let name: Arc<str> = name.into();
        let mut state = self.state();
        let State { topics, made, .. } = &mut *state;
        topics.entry(name.clone()).or_insert_with(|| {
            *made += 1;
            Topic { id: *made, partitions: (0..partitions).map(|index| Partition::new(name.clone(), index)).collect() }
        });
    }

    /// Deletes a topic, and what groups have committed of it. Made again it is another one.
    pub fn delete_topic(&self, name: &str) {
        let mut state = self.state();
        state.topics.remove(name);
        state.groups.values_mut().for_each(|group| group.forget(name));
        state.producers.values_mut().for_each(|producer| producer.forget(name));
    }

    /// Moves the clock (it never goes back): transactions and members that have been silent for too long are ended,
    /// rebalances that have taken too long go on without the members they wait for.
    pub fn advance(&self, now_ms: i64) {
        let mut state = self.state();
        state.now_ms = state.now_ms.max(now_ms);
        state.pass_transactions();
        state.expire_members();
    }

    pub fn now_ms(&self) -> i64 {
        self.state().now_ms
    }

    /// Appends a record outside of any transaction; returns its offset.
    pub fn append(
        &self,
        topic: &str,
        partition: i32,
        at_ms: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: OwnedHeaders,
    ) -> Result<i64, LogError> {
        let new = NewRecord { at_ms, key: key.map(<[u8]>::to_vec), value: value.map(<[u8]>::to_vec), headers };
        let mut state = self.state();
        let partition = state.partition_mut(topic, partition).map_err(|e| e.during("appending a record"))?;
        Ok(partition.append(new, None))
    }

    /// Every record that a `read_committed` consumer sees from the oldest one on.
    pub fn read_committed(&self, topic: &str, partition: i32) -> Result<Vec<StoredRecord>, LogError> {
        let mut records = Vec::new();
        self.at(topic, partition, "reading a partition", |partition| {
            let low = partition.bounds().low;
            partition.fetch(low, i64::MAX, usize::MAX, |record| records.push(StoredRecord::clone(record)))
        })?;
        Ok(records)
    }

    pub fn bounds(&self, topic: &str, partition: i32) -> Result<Bounds, LogError> {
        self.at(topic, partition, "asking for the bounds of a partition", |partition| Ok(partition.bounds()))
    }

    /// One past the newest record or marker.
    pub fn end(&self, topic: &str, partition: i32) -> Result<i64, LogError> {
        Ok(self.bounds(topic, partition)?.high)
    }

    /// First offset of the earliest open transaction, or the end: what a `read_committed` consumer may reach.
    pub fn last_stable(&self, topic: &str, partition: i32) -> Result<i64, LogError> {
        self.at(topic, partition, "asking for the last stable offset", |partition| Ok(partition.last_stable()))
    }

    /// Retention: deletes the records below `offset`, as far as they are stable.
    pub fn delete_before(&self, topic: &str, partition: i32, offset: i64) -> Result<(), LogError> {
        let mut state = self.state();
        let partition = state.partition_mut(topic, partition).map_err(|e| e.during("deleting records"))?;
        partition.delete_before(offset);
        Ok(())
    }

    /// An unclean election: the records from `offset` on are lost.
    pub fn lose_from(&self, topic: &str, partition: i32, offset: i64) -> Result<(), LogError> {
        let mut state = self.state();
        let partition = state.partition_mut(topic, partition).map_err(|e| e.during("losing records"))?;
        partition.lose_from(offset);
        Ok(())
    }

    /// Compaction of all partitions of a topic: the last committed record of each key stays.
    pub fn compact(&self, topic: &str) -> Result<(), LogError> {
        let mut state = self.state();
        let topic = state.topics.get_mut(topic).ok_or(Refusal::UnknownTopicOrPartition);
        topic.map_err(|e| e.during("compacting a topic"))?.partitions.iter_mut().for_each(Partition::compact);
        Ok(())
    }

    /// `transactional.id`s whose transaction is open.
    pub fn open_transactions(&self) -> Vec<String> {
        let state = self.state();
        state.producers.iter().filter(|(_, producer)| producer.is_open()).map(|(id, _)| id.clone()).collect()
    }

    /// The committed position of a group, whatever is pending on it.
    pub fn committed(&self, group: &str, topic: &str, partition: i32) -> Option<Position> {
        self.state().groups.get(group)?.committed(&Place { topic: topic.into(), partition })
    }

    /// Whether a transaction is pending on that position.
    pub fn is_unstable(&self, group: &str, topic: &str, partition: i32) -> bool {
        self.state().is_unstable(group, &Place { topic: topic.into(), partition })
    }

    /// How often the group has rebalanced.
    pub fn generation(&self, group: &str) -> i32 {
        self.state().groups.get(group).map_or(0, Group::generation)
    }

    fn at<T>(
        &self,
        topic: &str,
        partition: i32,
        doing: &'static str,
        act: impl FnOnce(&Partition) -> Result<T, Refusal>,
    ) -> Result<T, LogError> {
        self.state().partition(topic, partition).and_then(act).map_err(|e| e.during(doing))
    }

    /// A panic of another thread that held the lock is not ours to spread: the broker never panics half-way itself.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    pub fn partition(&self, topic: &str, index: i32) -> Result<&Partition, Refusal> {
        let index = usize::try_from(index).map_err(|_| Refusal::UnknownTopicOrPartition)?;
        self.topics.get(topic).and_then(|topic| topic.partitions.get(index)).ok_or(Refusal::UnknownTopicOrPartition)
    }

    pub fn partition_mut(&mut self, topic: &str, index: i32) -> Result<&mut Partition, Refusal> {
        let index = usize::try_from(index).map_err(|_| Refusal::UnknownTopicOrPartition)?;
        self.topics
            .get_mut(topic)
            .and_then(|topic| topic.partitions.get_mut(index))
            .ok_or(Refusal::UnknownTopicOrPartition)
    }

    /// Works on a group, and then completes its rebalance where nobody is waited for any more.
    pub fn with_group<T>(&mut self, name: &str, act: impl FnOnce(&mut Group, i64) -> T) -> T {
        let group = self.groups.entry(name.to_owned()).or_default();
        let answer = act(group, self.now_ms);
        group.settle(&self.topics);
        answer
    }

    fn expire_members(&mut self) {
        for group in self.groups.values_mut() {
            group.expire(self.now_ms);
            group.settle(&self.topics);
        }
    }
}
