//! Leads on their way between a lane and a snapshot: packed, in any order.

use std::ops::Range;

use crate::lead::leads::{Kept, Origin};

/// One lead as it was at a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeadRow<'a> {
    /// `tenant/lead`.
    pub key: &'a [u8],
    /// Canonical form, `lead::codec`.
    pub facts: &'a [u8],
    /// Canonical form, `decision::encoding`; empty where nothing was said.
    pub decisions: &'a [u8],
    /// The last record that was folded into it.
    pub origin: Origin,
}

impl<'a> LeadRow<'a> {
    /// As it is kept among leads, with a mark.
    pub fn kept(self, mark: u32) -> Kept<'a> {
        let Self { key, facts, decisions, origin } = self;
        Kept { key, facts, decisions, origin, mark }
    }
}

/// Rows whose bytes lie together.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    start: usize,
    key: usize,
    facts: usize,
    decisions: usize,
    origin: Origin,
}

impl Entry {
    fn key(&self) -> Range<usize> {
        self.start..self.start + self.key
    }
}

impl Rows {
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes of keys, facts and decisions.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    pub fn push(&mut self, row: LeadRow<'_>) {
        let LeadRow { key, facts, decisions, origin } = row;
        let start = self.bytes.len();
        for part in [key, facts, decisions] {
            self.bytes.extend_from_slice(part);
        }
        let (key, facts, decisions) = (key.len(), facts.len(), decisions.len());
        self.entries.push(Entry { start, key, facts, decisions, origin });
    }

    /// In order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = LeadRow<'_>> {
        self.entries.iter().map(|entry| self.row(entry))
    }

    /// The row at a place.
    pub fn get(&self, place: usize) -> Option<LeadRow<'_>> {
        self.entries.get(place).map(|entry| self.row(entry))
    }

    /// Appends all of `other`.
    pub fn append(&mut self, other: &Rows) {
        let shift = self.bytes.len();
        self.bytes.extend_from_slice(&other.bytes);
        self.entries.extend(other.entries.iter().map(|entry| Entry { start: entry.start + shift, ..entry.clone() }));
    }

    /// Sorts by key; of several rows of one lead, which are equal, one stays.
    pub fn sort(&mut self) {
        let Self { bytes, entries } = self;
        entries.sort_by(|a, b| bytes[a.key()].cmp(&bytes[b.key()]));
        entries.dedup_by(|a, b| bytes[a.key()] == bytes[b.key()]);
    }

    /// Forgets the rows and keeps the buffers.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.entries.clear();
    }

    fn row(&self, entry: &Entry) -> LeadRow<'_> {
        let (key, rest) = self.bytes[entry.start..].split_at(entry.key);
        let (facts, rest) = rest.split_at(entry.facts);
        LeadRow { key, facts, decisions: &rest[..entry.decisions], origin: entry.origin }
    }
}
