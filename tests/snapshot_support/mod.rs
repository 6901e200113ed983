//! Leads for files of snapshots, and what to read of them. Each test uses its part.
#![allow(dead_code)]

use std::collections::BTreeMap;

use bytes::Bytes;
use needle::commands::assembly::Assembly;
use needle::config::Config;
use needle::lead::leads::Origin;
use needle::snapshot::file::{About, Codec, Kind, Unreadable, WriteError};
use needle::snapshot::head::{Reach, SaidUpTo, TopicIdentity};
use needle::snapshot::rows::{LeadRow, Rows};
use proptest::prelude::*;

use crate::lead_support::{self, Happened, fold};

/// Traits of the kinds that `lead_support` has, in its order, and its themes, as far as a lead of it can have them.
pub const LISTS: &str = r#"
themes = [
  { name = "pricing", url = ["a"], high_intent = true }, { name = "demo", url = ["b"] }, { name = "docs", url = ["c"] },
]
traits = [
  { name = "employees", path = ["/a"], kind = "number" }, { name = "industry", path = ["/b"], kind = "category" },
  { name = "newsletter", path = ["/c"], kind = "flag" }, { name = "title", path = ["/d"], kind = "title" },
]
topics = { events = ["events", "more"] }
"#;

/// A configuration, and the codec of its files.
pub struct Side {
    pub assembly: Assembly,
    pub codec: Codec,
}

impl Side {
    pub fn new(toml: &str) -> Self {
        let assembly = Assembly::new(Config::from_toml(toml).expect("a configuration")).expect("it fits together");
        let Assembly { config, schema, .. } = &assembly;
        let codec = Codec::new(config, schema.clone(), &config.topics.events).expect("columns");
        Self { assembly, codec }
    }

    /// A file, scored by the shipped model.
    pub fn encode(&self, about: &About, tenant: &str, rows: &Rows) -> Result<Bytes, WriteError> {
        self.codec.encode(about, tenant, rows, &self.assembly.model)
    }
}

pub fn topic(name: &str) -> TopicIdentity {
    TopicIdentity { name: name.to_owned(), id: format!("id-of-{name}") }
}

pub fn about() -> About {
    let reach =
        vec![Reach { topic: topic("events"), from: 0, to: 900 }, Reach { topic: topic("more"), from: 5, to: 1 << 40 }];
    let said = SaidUpTo { topic: topic("score-changes"), to: 77 };
    About { partition: 3, kind: Kind::Increment, number: 42, reach, said }
}

/// A row that owns its bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Owned {
    pub key: String,
    pub facts: Vec<u8>,
    pub decisions: Vec<u8>,
    pub origin: Origin,
}

impl From<LeadRow<'_>> for Owned {
    fn from(row: LeadRow<'_>) -> Self {
        let key = String::from_utf8(row.key.to_vec()).expect("text");
        Self { key, facts: row.facts.to_vec(), decisions: row.decisions.to_vec(), origin: row.origin }
    }
}

/// A lead as a plain set of events.
#[derive(Clone, Debug)]
pub struct Plain {
    pub events: Vec<Happened>,
    pub decisions: Vec<u8>,
    pub origin: Origin,
}

impl Plain {
    pub fn row(&self, tenant: &str, lead: &str) -> Owned {
        let facts = lead_support::bytes(&fold(&self.events));
        Owned { key: format!("{tenant}/{lead}"), facts, decisions: self.decisions.clone(), origin: self.origin }
    }
}

pub fn rows<'a>(owned: impl IntoIterator<Item = &'a Owned>) -> Rows {
    let mut rows = Rows::default();
    for Owned { key, facts, decisions, origin } in owned {
        rows.push(LeadRow { key: key.as_bytes(), facts, decisions, origin: *origin });
    }
    rows
}

pub fn read(codec: &Codec, file: Bytes) -> Result<Vec<Owned>, Unreadable> {
    let mut owned = Vec::new();
    codec.decode(file, &mut |row| owned.push(row.into()))?;
    Ok(owned)
}

/// Leads by name; names are not all of one length, and not all ASCII.
pub fn leads(
    count: impl Into<proptest::collection::SizeRange>,
    most_events: usize,
) -> impl Strategy<Value = BTreeMap<String, Plain>> {
    let name = prop_oneof![2 => "[a-z]{1,4}", 1 => "\\PC{1,20}"];
    proptest::collection::btree_map(name, plain(most_events), count)
}

pub fn plain(most_events: usize) -> impl Strategy<Value = Plain> {
    let events = prop_oneof![3 => lead_support::events(1..8), 1 => lead_support::events(1..=most_events)];
    // Nothing said; or a score, when, and no lows.
    let decisions = prop_oneof![Just(vec![]), (0..=100u8, 0..128u8).prop_map(|(score, at)| vec![1, score, at, 0])];
    let origin = (0..2u16, 0..1i64 << 48).prop_map(|(topic, offset)| Origin { topic, offset });
    (events, decisions, origin).prop_map(|(events, decisions, origin)| Plain { events, decisions, origin })
}
