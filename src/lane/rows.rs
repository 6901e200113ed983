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
    /// Where its facts lie in the buffer of all rows; `None` while its lead still has them.
    facts: Option<Range<usize>>,
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
struct Seen([u64; Seen::WORDS]);

impl Seen {
    const WORDS: usize = 32;

    fn note(&mut self, hash: u64) {
        self.0[Self::word(hash)] |= 1 << (hash % 64);
    }

    /// Whether this hash may have been noted.
    fn holds(&self, hash: u64) -> bool {
        self.0[Self::word(hash)] & 1 << (hash % 64) != 0
    }

    fn word(hash: u64) -> usize {
        hash as usize / 64 % Self::WORDS
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
    /// Of rows whose lead has gone on.
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
        if self.topics.len() <= row.topic {
            self.topics.resize_with(row.topic + 1, String::new);
        }
        if self.topics[row.topic] != words.topic {
            words.topic.clone_into(&mut self.topics[row.topic]);
        }
        row.before = self.newest(row.hash, self.texts[row.texts.key.clone()].as_bytes());
        self.seen.note(row.hash);
        self.hashes.push(row.hash);
        self.rows.push(row);
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

    /// A row's features, to be written anew as of another instant.
    pub fn take_as_of(&mut self, index: usize, at_ms: i64) -> &mut [f64] {
        self.rows[index].as_of_ms = at_ms;
        &mut self.matrix[index * self.width..][..self.width]
    }

    pub fn features(&self, index: usize) -> &[f64] {
        &self.matrix[index * self.width..][..self.width]
    }

    /// As they are kept, with the row's event and without later ones. `leads` holds those of the newest row of each lead.
    pub fn facts<'a>(&'a self, index: usize, leads: &'a Leads) -> &'a [u8] {
        match &self.rows[index].facts {
            Some(place) => &self.facts[place.clone()],
            None => leads.get(self.rows[index].hash, self.key(index).as_bytes()).map_or(&[], |kept| kept.facts),
        }
    }

    /// The facts of a lead are about to be overwritten: a row that waits keeps them.
    pub fn keep_facts(&mut self, hash: u64, key: &[u8], facts: &[u8]) {
        let Some(newest) = self.newest(hash, key) else { return };
        if self.rows[newest].facts.is_none() {
            let start = self.facts.len();
            self.facts.extend_from_slice(facts);
            self.rows[newest].facts = Some(start..self.facts.len());
        }
    }

    /// Whether a row is of this lead.
    pub fn holds(&self, hash: u64, key: &[u8]) -> bool {
        self.newest(hash, key).is_some()
    }

    /// The nearest row before this one that is of the same lead.
    pub fn before(&self, index: usize) -> Option<usize> {
        self.rows[index].before
    }

    /// The last row of this lead.
    fn newest(&self, hash: u64, key: &[u8]) -> Option<usize> {
        if !self.seen.holds(hash) {
            return None;
        }
        let mut earlier = &self.hashes[..];
        while let Some(place) = earlier.iter().rposition(|other| *other == hash) {
            if self.key(place).as_bytes() == key {
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
