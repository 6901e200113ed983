//! What the log hands over: one record of an input topic, borrowed from the log's own memory.

/// One record of an input topic.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    pub topic: &'a str,
    pub partition: i32,
    /// Where the record lies; the next one to read is `offset + 1` or later.
    pub offset: i64,
    /// The record's own time (Kafka's timestamp), milliseconds since 1970.
    pub at_ms: i64,
    pub key: Option<&'a [u8]>,
    /// `None` is a tombstone.
    pub value: Option<&'a [u8]>,
    pub headers: &'a dyn Headers,
}

/// Headers of a record, in order, names repeated where the producer repeated them.
///
/// A trait, so that a log can read them out of its own memory only when somebody asks.
pub trait Headers {
    fn len(&self) -> usize;
    /// Name and value of header `index`, which is below `len()`.
    fn get(&self, index: usize) -> (&[u8], Option<&[u8]>);

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Value of the last header of that name, as Kafka's own `lastHeader` has it.
    fn last(&self, name: &str) -> Option<&[u8]> {
        (0..self.len()).rev().map(|i| self.get(i)).find(|(n, _)| *n == name.as_bytes()).and_then(|(_, v)| v)
    }
}

/// A record without headers.
pub struct NoHeaders;

impl Headers for NoHeaders {
    fn len(&self) -> usize {
        0
    }
    fn get(&self, _: usize) -> (&[u8], Option<&[u8]>) {
        (b"", None)
    }
}

/// Headers that somebody owns: name, value.
pub type OwnedHeaders = Vec<(Vec<u8>, Option<Vec<u8>>)>;

impl Headers for OwnedHeaders {
    fn len(&self) -> usize {
        self.as_slice().len()
    }
    fn get(&self, index: usize) -> (&[u8], Option<&[u8]>) {
        let (name, value) = &self[index];
        (name, value.as_deref())
    }
}

/// A record that somebody owns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnedRecord {
    pub topic: String,
    pub partition: i32,
    pub offset: i64,
    /// Milliseconds since 1970; negative where nobody knows.
    pub at_ms: i64,
    pub key: Option<Vec<u8>>,
    pub value: Option<Vec<u8>>,
    pub headers: OwnedHeaders,
}

impl OwnedRecord {
    pub fn as_record(&self) -> Record<'_> {
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
