//! Records that a poll fetched, copied together: the log may free its own memory at once, and nothing is allocated once the
//! buffers have grown.

use std::ops::Range;

use crate::wire::record::{Headers, Record};

/// Records in the order in which they came. Reused from poll to poll.
#[derive(Default)]
pub struct Batch {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    headers: Vec<(Range<usize>, Option<Range<usize>>)>,
    topics: Vec<String>,
}

struct Entry {
    topic: usize,
    partition: i32,
    offset: i64,
    at_ms: i64,
    key: Option<Range<usize>>,
    value: Option<Range<usize>>,
    headers: Range<usize>,
}

impl Batch {
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes of keys, values and headers.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Forgets the records and keeps the buffers.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.entries.clear();
        self.headers.clear();
    }

    /// Appends a copy of `record`; `topic` is the index of its topic among `topics.events`.
    pub fn push(&mut self, topic: usize, record: &Record<'_>) {
        if self.topics.len() <= topic {
            self.topics.resize_with(topic + 1, String::new);
        }
        if self.topics[topic] != record.topic {
            record.topic.clone_into(&mut self.topics[topic]);
        }
        let first = self.headers.len();
        for index in 0..record.headers.len() {
            let (name, value) = record.headers.get(index);
            let header = (self.copy(name), value.map(|value| self.copy(value)));
            self.headers.push(header);
        }
        let entry = Entry {
            topic,
            partition: record.partition,
            offset: record.offset,
            at_ms: record.at_ms,
            key: record.key.map(|key| self.copy(key)),
            value: record.value.map(|value| self.copy(value)),
            headers: first..self.headers.len(),
        };
        self.entries.push(entry);
    }

    /// Calls `visit` with the topic's index and each record, in order, until it fails.
    pub fn each<E>(&self, mut visit: impl FnMut(usize, &Record<'_>) -> Result<(), E>) -> Result<(), E> {
        for entry in &self.entries {
            let headers = EntryHeaders { batch: self, range: entry.headers.clone() };
            let bytes = |range: &Option<Range<usize>>| range.clone().map(|range| &self.bytes[range]);
            let record = Record {
                topic: &self.topics[entry.topic],
                partition: entry.partition,
                offset: entry.offset,
                at_ms: entry.at_ms,
                key: bytes(&entry.key),
                value: bytes(&entry.value),
                headers: &headers,
            };
            visit(entry.topic, &record)?;
        }
        Ok(())
    }

    fn copy(&mut self, bytes: &[u8]) -> Range<usize> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        start..self.bytes.len()
    }
}

struct EntryHeaders<'a> {
    batch: &'a Batch,
    range: Range<usize>,
}

impl Headers for EntryHeaders<'_> {
    fn len(&self) -> usize {
        self.range.len()
    }

    fn get(&self, index: usize) -> (&[u8], Option<&[u8]>) {
        let (name, value) = &self.batch.headers[self.range.start + index];
        (&self.batch.bytes[name.clone()], value.clone().map(|value| &self.batch.bytes[value]))
    }
}
