//! Events that wait for their score: a matrix of features, a row each, and what will be said of them beside it.

use std::ops::Range;

use crate::wire::event::{Event, EventType};
use crate::wire::record::Record;

/// One event that waits for its score.
pub struct Row {
    pub hash: u64,
    pub kind: EventType,
    pub at_ms: i64,
    pub as_of_ms: i64,
    pub record_at_ms: i64,
    pub topic: usize,
    pub partition: i32,
    pub offset: i64,
    pub item: Option<u32>,
    texts: Texts,
}

/// Where a row's texts lie in the buffer of all rows.
#[derive(Default)]
struct Texts {
    key: Range<usize>,
    tenant: usize,
    id: Range<usize>,
    name: Option<Range<usize>>,
}

impl Row {
    pub fn of(
        record: &Record<'_>,
        topic: usize,
        item: Option<u32>,
        hash: u64,
        as_of_ms: i64,
        event: &Event<'_>,
    ) -> Self {
        let (kind, at_ms) = (event.kind, event.at_ms);
        let (partition, offset) = (record.partition, record.offset);
        let texts = Texts::default();
        Self { hash, kind, at_ms, as_of_ms, record_at_ms: record.at_ms, topic, partition, offset, item, texts }
    }
}

/// Rows in the order of their events.
pub struct Rows {
    width: usize,
    rows: Vec<Row>,
    hashes: Vec<u64>,
    matrix: Vec<f64>,
    texts: String,
    /// Name of each input topic, as its records give it.
    topics: Vec<String>,
}

impl Rows {
    /// Without rows; each will have `width` features.
    pub fn new(width: usize) -> Self {
        let (rows, hashes, matrix) = (Vec::new(), Vec::new(), Vec::new());
        Self { width, rows, hashes, matrix, texts: String::new(), topics: Vec::new() }
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Features in a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// All features, row after row.
    pub fn matrix(&self) -> &[f64] {
        &self.matrix
    }

    /// Appends a row and returns its features, to be written.
    pub fn push(&mut self, mut row: Row, topic: &str, event: &Event<'_>) -> &mut [f64] {
        let mut keep = |parts: [&str; 3]| {
            let start = self.texts.len();
            parts.iter().for_each(|part| self.texts.push_str(part));
            start..self.texts.len()
        };
        row.texts = Texts {
            key: keep([event.tenant, "/", event.lead]),
            tenant: event.tenant.len(),
            id: keep([event.id, "", ""]),
            name: event.name.map(|name| keep([name, "", ""])),
        };
        if self.topics.len() <= row.topic {
            self.topics.resize_with(row.topic + 1, String::new);
        }
        if self.topics[row.topic] != topic {
            topic.clone_into(&mut self.topics[row.topic]);
        }
        self.hashes.push(row.hash);
        self.rows.push(row);
        let start = self.matrix.len();
        self.matrix.resize(start + self.width, 0.0);
        &mut self.matrix[start..]
    }

    pub fn clear(&mut self) {
        self.rows.clear();
        self.hashes.clear();
        self.matrix.clear();
        self.texts.clear();
    }

    pub fn row(&self, index: usize) -> &Row {
        &self.rows[index]
    }

    /// The instant as of which a row was scored is this one at the earliest.
    pub fn as_of_at_least(&mut self, index: usize, at_ms: i64) -> i64 {
        let row = &mut self.rows[index];
        row.as_of_ms = row.as_of_ms.max(at_ms);
        row.as_of_ms
    }

    pub fn features(&self, index: usize) -> &[f64] {
        &self.matrix[index * self.width..][..self.width]
    }

    /// The nearest row before this one that is of the same lead.
    pub fn before(&self, index: usize) -> Option<usize> {
        let (earlier, hash) = (&self.hashes[..index], self.hashes[index]);
        let mut end = index;
        while let Some(place) = earlier[..end].iter().rposition(|other| *other == hash) {
            if self.key(place) == self.key(index) {
                return Some(place);
            }
            end = place;
        }
        None
    }

    /// `tenant/lead`
    pub fn key(&self, index: usize) -> &str {
        &self.texts[self.rows[index].texts.key.clone()]
    }

    pub fn tenant(&self, index: usize) -> &str {
        &self.key(index)[..self.rows[index].texts.tenant]
    }

    pub fn lead(&self, index: usize) -> &str {
        &self.key(index)[self.rows[index].texts.tenant + 1..]
    }

    /// Of the event.
    pub fn id(&self, index: usize) -> &str {
        &self.texts[self.rows[index].texts.id.clone()]
    }

    /// Of the event.
    pub fn name(&self, index: usize) -> Option<&str> {
        self.rows[index].texts.name.clone().map(|name| &self.texts[name])
    }

    /// Of the record that the event came in.
    pub fn topic(&self, index: usize) -> &str {
        &self.topics[self.rows[index].topic]
    }
}
