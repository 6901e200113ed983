//! What a step wants written: effects, not yet facts. All bytes lie in one buffer that is reused.

use std::ops::Range;

use crate::log::{Output, Stream};
use crate::wire::record::Headers;

#[derive(Default)]
pub struct Outbox {
    bytes: Vec<u8>,
    headers: Vec<(Name, Option<Range<usize>>)>,
    entries: Vec<Entry>,
}

enum Name {
    Ours(&'static str),
    Theirs(Range<usize>),
}

struct Entry {
    stream: Stream,
    partition: i32,
    key: Option<Range<usize>>,
    value: Option<Range<usize>>,
    headers: Range<usize>,
    caused_at_ms: i64,
}

impl Outbox {
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    pub fn clear(&mut self) {
        self.bytes.clear();
        self.headers.clear();
        self.entries.clear();
    }

    /// Begins a record; what is written until [`Draft::send`] belongs to it.
    pub fn draft(&mut self, stream: Stream, partition: i32, caused_at_ms: i64) -> Draft<'_> {
        let headers = self.headers.len();
        Draft {
            outbox: self,
            entry: Entry { stream, partition, key: None, value: None, headers: headers..headers, caused_at_ms },
        }
    }

    /// Calls `visit` with each record, in the order in which they were sent, until it fails.
    pub fn each<E>(&self, mut visit: impl FnMut(Output<'_>) -> Result<(), E>) -> Result<(), E> {
        for entry in &self.entries {
            let headers = EntryHeaders { outbox: self, range: entry.headers.clone() };
            visit(Output {
                stream: entry.stream,
                partition: entry.partition,
                key: self.slice(&entry.key),
                value: self.slice(&entry.value),
                headers: &headers,
                caused_at_ms: Some(entry.caused_at_ms),
            })?;
        }
        Ok(())
    }

    fn slice(&self, range: &Option<Range<usize>>) -> Option<&[u8]> {
        range.clone().map(|range| &self.bytes[range])
    }
}

/// A record that is being written.
pub struct Draft<'a> {
    outbox: &'a mut Outbox,
    entry: Entry,
}

impl Draft<'_> {
    pub fn key(&mut self, key: Option<&[u8]>) -> &mut Self {
        self.entry.key = key.map(|key| self.write(|bytes| bytes.extend_from_slice(key)));
        self
    }

    pub fn value(&mut self, value: Option<&[u8]>) -> &mut Self {
        self.entry.value = value.map(|value| self.write(|bytes| bytes.extend_from_slice(value)));
        self
    }

    /// The value as `write` appends it.
    pub fn value_with(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> &mut Self {
        self.entry.value = Some(self.write(write));
        self
    }

    pub fn header(&mut self, name: &'static str, value: &[u8]) -> &mut Self {
        self.header_with(name, |bytes| bytes.extend_from_slice(value))
    }

    pub fn header_with(&mut self, name: &'static str, write: impl FnOnce(&mut Vec<u8>)) -> &mut Self {
        let value = self.write(write);
        self.outbox.headers.push((Name::Ours(name), Some(value)));
        self
    }

    /// Somebody else's header, untouched.
    pub fn foreign_header(&mut self, name: &[u8], value: Option<&[u8]>) -> &mut Self {
        let name = self.write(|bytes| bytes.extend_from_slice(name));
        let value = value.map(|value| self.write(|bytes| bytes.extend_from_slice(value)));
        self.outbox.headers.push((Name::Theirs(name), value));
        self
    }

    pub fn send(self) {
        let Self { outbox, mut entry } = self;
        entry.headers.end = outbox.headers.len();
        outbox.entries.push(entry);
    }

    fn write(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Range<usize> {
        let start = self.outbox.bytes.len();
        write(&mut self.outbox.bytes);
        start..self.outbox.bytes.len()
    }
}

struct EntryHeaders<'a> {
    outbox: &'a Outbox,
    range: Range<usize>,
}

impl Headers for EntryHeaders<'_> {
    fn len(&self) -> usize {
        self.range.len()
    }

    fn get(&self, index: usize) -> (&[u8], Option<&[u8]>) {
        let (name, value) = &self.outbox.headers[self.range.start + index];
        let name = match name {
            Name::Ours(name) => name.as_bytes(),
            Name::Theirs(range) => &self.outbox.bytes[range.clone()],
        };
        (name, self.outbox.slice(value))
    }
}
