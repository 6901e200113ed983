//! Records that a poll fetched, copied together: the log may free its own memory at once, and nothing is allocated once the
//! buffers have grown.

use std::ops::Range;

use super::Input;
use crate::wire::record::{Headers, Record};

/// The end of the interval that an instant lies in, of those that begin at the multiples of `interval_ms`.
pub fn interval_end_ms(at_ms: i64, interval_ms: i64) -> i64 {
    (at_ms.div_euclid(interval_ms) + 1) * interval_ms
}

/// Records in the order in which they came. Reused from poll to poll.
#[derive(Default)]
pub struct Batch {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    headers: Vec<(Range<usize>, Option<Range<usize>>)>,
    /// Names of topics; few, and kept from batch to batch.
    names: Vec<String>,
}

struct Entry {
    input: Input,
    name: usize,
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

    /// Where the first record came from, and its time.
    pub fn first(&self) -> Option<(Input, i64)> {
        self.entries.first().map(|entry| (entry.input, entry.at_ms))
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

    /// Appends a copy of `record`, which came by `input`.
    pub fn push(&mut self, input: Input, record: &Record<'_>) {
        let name = self.name(record.topic);
        let first = self.headers.len();
        for index in 0..record.headers.len() {
            let (name, value) = record.headers.get(index);
            let header = (self.copy(name), value.map(|value| self.copy(value)));
            self.headers.push(header);
        }
        let entry = Entry {
            input,
            name,
            partition: record.partition,
            offset: record.offset,
            at_ms: record.at_ms,
            key: record.key.map(|key| self.copy(key)),
            value: record.value.map(|value| self.copy(value)),
            headers: first..self.headers.len(),
        };
        self.entries.push(entry);
    }

    /// Calls `visit` with each record and the input that it came by, in order, until it fails.
    pub fn each<E>(&self, mut visit: impl FnMut(Input, &Record<'_>) -> Result<(), E>) -> Result<(), E> {
        for entry in &self.entries {
            let headers = EntryHeaders { batch: self, range: entry.headers.clone() };
            let bytes = |range: &Option<Range<usize>>| range.clone().map(|range| &self.bytes[range]);
            let record = Record {
                topic: &self.names[entry.name],
                partition: entry.partition,
                offset: entry.offset,
                at_ms: entry.at_ms,
                key: bytes(&entry.key),
                value: bytes(&entry.value),
                headers: &headers,
            };
            visit(entry.input, &record)?;
        }
        Ok(())
    }

    fn name(&mut self, topic: &str) -> usize {
        match self.names.iter().rposition(|name| name == topic) {
            Some(known) => known,
            None => {
                // A stream of ever new names must not grow this for ever.
                if self.entries.is_empty() {
                    self.names.clear();
                }
                self.names.push(topic.to_owned());
                self.names.len() - 1
            }
        }
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
