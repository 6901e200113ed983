//! Leads that wait for their score: a matrix of features, a row each, and what will be said of them beside it.

use std::ops::Range;

use crate::lead::leads::{Leads, Origin};
use crate::wire::change::Cause;
use crate::wire::event::{Event, EventType};
use crate::wire::record::Record;

/// One lead that waits for its score.
pub struct Row {
    pub hash: u64,
    pub cause: Cause,
    /// What the lead did, and when; `None` where a sweep is the cause.
    pub event: Option<(EventType, i64)>,
    /// Its features are of this instant.
    pub as_of_ms: i64,
    pub record_at_ms: i64,
    pub topic: usize,
    pub partition: i32,
    pub offset: i64,
    pub item: Option<u32>,
    texts: Texts,
    /// Where its facts lie in the buffer of all rows.
    facts: Range<usize>,
    /// The nearest row before it that is of the same lead.
    before: Option<usize>,
}

/// What a row has beside numbers.
pub struct Words<'a> {
    pub tenant: &'a str,
    pub lead: &'a str,
    /// Of the event; empty without one.
    pub id: &'a str,
    pub name: Option<&'a str>,
    /// The input topic's name.
    pub topic: &'a str,
    /// The lead's, as they are kept.
    pub facts: &'a [u8],
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
        let (cause, event) = (Cause::Event, Some((event.kind, event.at_ms)));
        let (partition, offset) = (record.partition, record.offset);
        let (texts, facts, before) = Default::default();
        let record_at_ms = record.at_ms;
        Self { hash, cause, event, as_of_ms, record_at_ms, topic, partition, offset, item, texts, facts, before }
    }

    /// Of a lead to whom nothing happened; the record at `origin` was folded into it last.
    pub fn swept(key: &[u8], cause: Cause, as_of_ms: i64, origin: Origin, partition: i32) -> Self {
        let (hash, topic, offset) = (Leads::hash(key), usize::from(origin.topic), origin.offset);
        let (event, item, record_at_ms) = (None, None, as_of_ms);
        let (texts, facts, before) = Default::default();
        Self { hash, cause, event, as_of_ms, record_at_ms, topic, partition, offset, item, texts, facts, before }
    }
}

/// Bits of hashes that there are: most leads come once in a while, and need not be looked for among all others.
#[derive(Default)]
struct Seen([u64; 32]);

impl Seen {
    /// Whether this hash may have been noted before.
    fn note(&mut self, hash: u64) -> bool {
        let (word, bit) = (hash as usize / 64 % self.0.len(), 1 << (hash % 64));
        let seen = self.0[word] & bit != 0;
        self.0[word] |= bit;
        seen
    }
}

/// Rows in the order in which they are decided on.
pub struct Rows {
    width: usize,
    rows: Vec<Row>,
    hashes: Vec<u64>,
    seen: Seen,
    matrix: Vec<f64>,
    texts: String,
    facts: Vec<u8>,
    /// Name of each input topic, as its records give it.
    topics: Vec<String>,
}

impl Rows {
    /// Without rows; each will have `width` features.
    pub fn new(width: usize) -> Self {
        let (rows, hashes, seen, matrix, texts, facts, topics) = Default::default();
        Self { width, rows, hashes, seen, matrix, texts, facts, topics }
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
    pub fn push(&mut self, mut row: Row, words: &Words<'_>) -> &mut [f64] {
        let mut keep = |parts: [&str; 3]| {
            let start = self.texts.len();
            parts.iter().for_each(|part| self.texts.push_str(part));
            start..self.texts.len()
        };
        row.texts = Texts {
            key: keep([words.tenant, "/", words.lead]),
            tenant: words.tenant.len(),
            id: keep([words.id, "", ""]),
            name: words.name.map(|name| keep([name, "", ""])),
        };
        let start = self.facts.len();
        self.facts.extend_from_slice(words.facts);
        row.facts = start..self.facts.len();
        if self.topics.len() <= row.topic {
            self.topics.resize_with(row.topic + 1, String::new);
        }
        if self.topics[row.topic] != words.topic {
            words.topic.clone_into(&mut self.topics[row.topic]);
        }
        let (hash, index) = (row.hash, self.rows.len());
        self.rows.push(row);
        if self.seen.note(hash) {
            self.rows[index].before = self.nearest(index);
        }
        self.hashes.push(hash);
        let start = self.matrix.len();
        self.matrix.resize(start + self.width, 0.0);
        &mut self.matrix[start..]
    }

    pub fn clear(&mut self) {
        self.rows.clear();
        self.hashes.clear();
        self.seen = Seen::default();
        self.matrix.clear();
        self.texts.clear();
        self.facts.clear();
    }

    pub fn row(&self, index: usize) -> &Row {
        &self.rows[index]
    }

    /// A row's features, and its facts as they are kept, to write the former anew as of another instant.
    pub fn take_as_of(&mut self, index: usize, at_ms: i64) -> (&mut [f64], &[u8]) {
        let row = &mut self.rows[index];
        row.as_of_ms = at_ms;
        (&mut self.matrix[index * self.width..][..self.width], &self.facts[row.facts.clone()])
    }

    pub fn features(&self, index: usize) -> &[f64] {
        &self.matrix[index * self.width..][..self.width]
    }

    /// As they are kept, with the row's event and without later ones.
    pub fn facts(&self, index: usize) -> &[u8] {
        &self.facts[self.rows[index].facts.clone()]
    }

    /// Whether a row is of this lead.
    pub fn holds(&self, hash: u64, key: &[u8]) -> bool {
        (0..self.len()).any(|index| self.hashes[index] == hash && self.key(index).as_bytes() == key)
    }

    /// The nearest row before this one that is of the same lead.
    pub fn before(&self, index: usize) -> Option<usize> {
        self.rows[index].before
    }

    fn nearest(&self, index: usize) -> Option<usize> {
        let (hash, key) = (self.rows[index].hash, self.key(index));
        let mut earlier = &self.hashes[..index];
        while let Some(place) = earlier.iter().rposition(|other| *other == hash) {
            if self.key(place) == key {
                return Some(place);
            }
            earlier = &earlier[..place];
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

    /// Of the record that was folded last.
    pub fn topic(&self, index: usize) -> &str {
        &self.topics[self.rows[index].topic]
    }
}
