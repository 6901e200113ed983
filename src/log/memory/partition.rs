//! One partition: a list of records and transaction markers at growing offsets, with holes.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::refusal::Refusal;
use crate::log::Bounds;
use crate::wire::record::{OwnedHeaders, Record};

/// A record as the broker keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    pub topic: Arc<str>,
    pub partition: i32,
    pub offset: i64,
    /// Milliseconds since 1970.
    pub at_ms: i64,
    pub key: Option<Vec<u8>>,
    /// `None` is a tombstone.
    pub value: Option<Vec<u8>>,
    pub headers: OwnedHeaders,
}

impl StoredRecord {
    /// The same, borrowed.
    pub fn record(&self) -> Record<'_> {
        Record {
            topic: &self.topic,
            partition: self.partition,
            offset: self.offset,
            at_ms: self.at_ms,
            key: self.key.as_deref(),
            value: self.value.as_deref(),
            headers: &self.headers,
        }
    }
}

/// What somebody wants to append.
pub(super) struct NewRecord {
    pub at_ms: i64,
    pub key: Option<Vec<u8>>,
    pub value: Option<Vec<u8>>,
    pub headers: OwnedHeaders,
}

/// Identifies a transactional producer; it has at most one open transaction.
pub(super) type ProducerId = u64;

enum Fate {
    Open(ProducerId),
    Committed,
    Aborted,
}

enum Slot {
    Data(Arc<StoredRecord>, Fate),
    /// The end of a transaction, committed or aborted. Nobody reads it, but it has an offset.
    Marker,
}

struct Entry {
    offset: i64,
    slot: Slot,
}

pub(super) struct Partition {
    topic: Arc<str>,
    index: i32,
    low: i64,
    high: i64,
    entries: VecDeque<Entry>,
    /// First offset of every open transaction.
    open: BTreeMap<ProducerId, i64>,
}

impl Partition {
    pub fn new(topic: Arc<str>, index: i32) -> Partition {
        Partition { topic, index, low: 0, high: 0, entries: VecDeque::new(), open: BTreeMap::new() }
    }

    /// Appends a record, of an open transaction where a producer is given. Returns its offset.
    pub fn append(&mut self, new: NewRecord, producer: Option<ProducerId>) -> i64 {
        let NewRecord { at_ms, key, value, headers } = new;
        let (topic, partition, offset) = (self.topic.clone(), self.index, self.high);
        let record = Arc::new(StoredRecord { topic, partition, offset, at_ms, key, value, headers });
        let fate = match producer {
            Some(id) => {
                self.open.entry(id).or_insert(offset);
                Fate::Open(id)
            }
            None => Fate::Committed,
        };
        self.push(Slot::Data(record, fate))
    }

    fn push(&mut self, slot: Slot) -> i64 {
        let offset = self.high;
        self.entries.push_back(Entry { offset, slot });
        self.high += 1;
        offset
    }

    /// Decides the open records of a producer, and writes the marker.
    pub fn end_transaction(&mut self, producer: ProducerId, committed: bool) {
        if let Some(first) = self.open.remove(&producer) {
            let start = self.index_of(first);
            for entry in self.entries.range_mut(start..) {
                if let Slot::Data(_, fate @ Fate::Open(_)) = &mut entry.slot
                    && matches!(fate, Fate::Open(id) if *id == producer)
                {
                    *fate = if committed { Fate::Committed } else { Fate::Aborted };
                }
            }
        }
        self.push(Slot::Marker);
    }

    /// Index of the first entry at or above `offset`.
    fn index_of(&self, offset: i64) -> usize {
        self.entries.partition_point(|entry| entry.offset < offset)
    }

    pub fn bounds(&self) -> Bounds {
        Bounds { low: self.low, high: self.high }
    }

    /// The offset below which every transaction is decided.
    pub fn last_stable(&self) -> i64 {
        self.open.values().min().copied().unwrap_or(self.high)
    }

    /// Hands over at most `max` committed records of `[from, to)` below the last stable offset.
    /// Returns the next position: past markers, aborted records and holes too, but never past those limits.
    pub fn fetch(
        &self,
        from: i64,
        to: i64,
        max: usize,
        mut take: impl FnMut(&Arc<StoredRecord>),
    ) -> Result<i64, Refusal> {
        if from < self.low {
            return Err(Refusal::RetentionDeleted { position: from, low: self.low });
        }
        if from > self.high {
            return Err(Refusal::BeyondEnd { position: from, high: self.high });
        }
        let end = to.min(self.last_stable());
        let mut left = max;
        for entry in self.entries.range(self.index_of(from)..).take_while(|entry| entry.offset < end) {
            if left == 0 {
                return Ok(entry.offset);
            }
            if let Slot::Data(record, Fate::Committed) = &entry.slot {
                take(record);
                left -= 1;
            }
        }
        Ok(from.max(end))
    }

    /// Retention: forgets what lies below `offset`, but nothing that is not yet stable, as Kafka's does.
    pub fn delete_before(&mut self, offset: i64) {
        self.low = self.low.max(offset.min(self.last_stable()));
        let keep = self.index_of(self.low);
        self.entries.drain(..keep);
    }

    /// An unclean election: forgets what lies from `offset` on.
    pub fn lose_from(&mut self, offset: i64) {
        let keep = self.index_of(offset);
        self.entries.truncate(keep);
        self.high = self.high.min(offset);
        self.open.retain(|_, first| *first < offset);
    }

    /// Leaves the last committed record of every key among the stable ones (a tombstone too); records without a key,
    /// aborted records and markers go. Bounds stay, so offsets get more gaps.
    pub fn compact(&mut self) {
        let stable = self.last_stable();
        let mut newest: BTreeMap<Vec<u8>, i64> = BTreeMap::new();
        for entry in self.entries.iter().take_while(|entry| entry.offset < stable) {
            if let Slot::Data(record, Fate::Committed) = &entry.slot
                && let Some(key) = &record.key
            {
                newest.insert(key.clone(), entry.offset);
            }
        }
        self.entries.retain(|entry| {
            entry.offset >= stable
                || matches!(&entry.slot, Slot::Data(record, Fate::Committed)
                    if record.key.as_ref().is_some_and(|key| newest.get(key) == Some(&entry.offset)))
        });
    }
}
