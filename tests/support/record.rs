//! Records as tests write and read them: owned, comparable.

/// Header names and values, in order.
pub type HeaderList = Vec<(String, Option<Vec<u8>>)>;

/// A record to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The record's own time, milliseconds since 1970.
    pub at_ms: i64,
    pub key: Option<Vec<u8>>,
    /// `None` is a tombstone.
    pub value: Option<Vec<u8>>,
    pub headers: HeaderList,
}

impl Draft {
    pub fn new(at_ms: i64, key: &str, value: impl Into<Vec<u8>>) -> Self {
        Self { at_ms, key: Some(key.into()), value: Some(value.into()), headers: Vec::new() }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), Some(value.into())));
        self
    }
}

/// A record as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub topic: String,
    pub partition: i32,
    pub offset: i64,
    pub at_ms: i64,
    pub key: Option<Vec<u8>>,
    pub value: Option<Vec<u8>>,
    pub headers: HeaderList,
}

impl Record {
    /// Value of the last header of that name, as text.
    pub fn header(&self, name: &str) -> Option<String> {
        let found = self.headers.iter().rev().find(|(n, _)| n == name)?;
        found.1.as_deref().map(lossy)
    }

    pub fn text(&self) -> String {
        self.value.as_deref().map_or_else(|| "(none)".into(), lossy)
    }
}

/// A committed position of a group, with the note that was committed beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    pub offset: i64,
    pub note: String,
}

pub fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
