//! Snapshots in memory, written as a lane would have written them, and the rows that training reads from them.
#![allow(dead_code)]

pub mod called;
pub mod replayed;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::FutureExt;
use needle::commands::assembly::Assembly;
use needle::config::Config;
use needle::lead::facts::Facts;
use needle::lead::fold::Said;
use needle::lead::leads::Origin;
use needle::snapshot::entry::Entry;
use needle::snapshot::file::{About, Codec, Kind};
use needle::snapshot::head::{FileRef, Reach, SaidUpTo, TopicIdentity};
use needle::snapshot::places::Places;
use needle::snapshot::rows::{LeadRow, Rows};
use needle::touchpoint::{Channel, FormStep, Mark, Touchpoint};
use needle::training::dataset::{self, TenantRows, Wanted};
use needle::wire::event::EventType;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use xxhash_rust::xxh3::xxh3_64;

pub const HOUR_MS: i64 = 3_600_000;
pub const DAY_MS: i64 = 24 * HOUR_MS;
/// Midnight of a day in 2026, so that instants are ordinary ones.
pub const START_MS: i64 = 1_780_012_800_000;
pub const HORIZON_DAYS: i64 = 10;

pub const CONFIG: &str = r#"
scoring = { horizon_days = 10 }
themes = [{ name = "pricing", url = ["a"], high_intent = true }, { name = "docs", url = ["b"] }]
"#;

/// What happened to a lead, as the fold sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    pub lead: u8,
    pub at_ms: i64,
    pub mark: Mark,
    pub themes: u64,
}

pub fn page(lead: u8, at_ms: i64) -> Event {
    Event { lead, at_ms, mark: Mark::None, themes: 1 }
}

pub fn marked(lead: u8, at_ms: i64, mark: Mark) -> Event {
    Event { lead, at_ms, mark, themes: 0 }
}

pub fn name(lead: u8) -> String {
    format!("u{lead}")
}

/// As training has it.
pub fn hash(tenant: &str, lead: u8) -> u64 {
    xxh3_64(format!("{tenant}/{}", name(lead)).as_bytes())
}

pub fn assembly(toml: &str) -> Assembly {
    Assembly::new(Config::from_toml(toml).expect("a configuration")).expect("it fits together")
}

/// The log of one partition, and leads on their way into it.
pub struct Archive {
    pub assembly: Assembly,
    pub store: Arc<InMemory>,
    codec: Codec,
    partition: i32,
    number: u64,
    pub files: Vec<FileRef>,
    leads: BTreeMap<(String, String), Facts>,
    changed: BTreeSet<(String, String)>,
    events: u64,
}

impl Archive {
    pub fn new(toml: &str) -> Self {
        Self::beside(toml, Arc::default(), 0)
    }

    /// Another partition in a store.
    pub fn beside(toml: &str, store: Arc<InMemory>, partition: i32) -> Self {
        let assembly = assembly(toml);
        let codec = Codec::new(&assembly.config, assembly.schema.clone(), &["events".to_owned()]).expect("columns");
        let (leads, changed, files) = Default::default();
        Self { assembly, store, codec, partition, number: 0, files, leads, changed, events: 0 }
    }

    /// Folds an event of the tenant `default`.
    pub fn fold(&mut self, event: Event) {
        self.fold_of("default", event);
    }

    pub fn fold_of(&mut self, tenant: &str, event: Event) {
        let Event { lead, at_ms, mark, themes } = event;
        self.fold_named(tenant, &name(lead), at_ms, mark, themes, Said::default());
    }

    /// Of a lead of any name.
    pub fn fold_named(&mut self, tenant: &str, lead: &str, at_ms: i64, mark: Mark, themes: u64, said: Said) {
        self.events += 1;
        let id = xxh3_64(&self.events.to_le_bytes());
        let (kind, channel, form) = (EventType::Page, Channel::Direct, FormStep::None);
        let touchpoint = Touchpoint { at_ms, id, kind, channel, form, mark, themes };
        let key = (tenant.to_owned(), lead.to_owned());
        self.leads.entry(key.clone()).or_default().fold(touchpoint, said, &[]);
        self.changed.insert(key);
    }

    /// Writes what has changed, a file for each tenant.
    pub fn increment(&mut self) {
        let changed = std::mem::take(&mut self.changed);
        let tenants: BTreeSet<&String> = changed.iter().map(|(tenant, _)| tenant).collect();
        let new: Vec<FileRef> = tenants
            .into_iter()
            .map(|tenant| {
                let leads = changed.iter().filter(|(of, _)| of == tenant).cloned().collect();
                self.file(tenant, Kind::Increment, self.number + 1, leads)
            })
            .collect();
        let added = new.len();
        self.files.extend(new);
        self.entry(Kind::Increment, added);
    }

    /// Writes all leads anew, as whoever keeps house would have merged them of the newest entry.
    pub fn base(&mut self) {
        let tenants: BTreeSet<String> = self.leads.keys().map(|(tenant, _)| tenant.clone()).collect();
        let leads: BTreeSet<_> = self.leads.keys().cloned().collect();
        let of = |tenant: &String| leads.iter().filter(|(of, _)| of == tenant).cloned().collect();
        self.files = tenants.iter().map(|t| self.file(t, Kind::Base, self.number + 1, of(t))).collect();
        let added = self.files.len();
        self.entry(Kind::Base, added);
    }

    fn file(&self, tenant: &str, kind: Kind, number: u64, leads: BTreeSet<(String, String)>) -> FileRef {
        let mut rows = Rows::default();
        for key in &leads {
            let mut facts = Vec::new();
            self.leads[key].encode(&mut facts);
            let (key, origin) = (format!("{}/{}", key.0, key.1), Origin { topic: 0, offset: 0 });
            rows.push(LeadRow { key: key.as_bytes(), facts: &facts, decisions: &[], origin });
        }
        rows.sort();
        let about = About { partition: self.partition, kind, number, reach: self.reach(), said: said() };
        let bytes = self.codec.encode(&about, tenant, &rows, &self.assembly.model).expect("a file");
        let writer = format!("{number:016x}");
        let path = Places::new("needle", self.partition).file(tenant, kind, number, &writer, 0, "parquet");
        let (size, xxh3) = (bytes.len() as u64, format!("{:016x}", xxh3_64(&bytes)));
        self.put(&path, bytes.to_vec());
        FileRef { path: path.to_string(), tenant: tenant.to_owned(), rows: rows.len() as u64, bytes: size, xxh3 }
    }

    fn reach(&self) -> Vec<Reach> {
        vec![Reach { topic: topic("events"), from: 0, to: self.events as i64 }]
    }

    fn entry(&mut self, kind: Kind, added: usize) {
        self.number += 1;
        let entry = Entry {
            format: needle::snapshot::entry::FORMAT,
            number: self.number,
            kind,
            application: "needle".to_owned(),
            partition: self.partition,
            reach: self.reach(),
            said: said(),
            files: self.files.clone(),
            added,
            leads: None,
            written_at: "2026-11-28T00:00:00Z".to_owned(),
            writer: format!("{:016x}", self.number),
            needle: "0.1.0".to_owned(),
        };
        let path = Places::new("needle", self.partition).entry(self.number);
        self.put(&path, entry.to_json().expect("JSON"));
    }

    pub fn put(&self, path: &Path, bytes: Vec<u8>) {
        self.store.put(path, bytes.into()).now_or_never().expect("at once").expect("written");
    }

    pub fn bytes(&self, path: &Path) -> Vec<u8> {
        let found = self.store.get(path).now_or_never().expect("at once").expect("an object");
        found.bytes().now_or_never().expect("at once").expect("bytes").to_vec()
    }

    pub fn delete(&self, path: &Path) {
        self.store.delete(path).now_or_never().expect("at once").expect("deleted");
    }

    /// Takes away an entry, as whoever keeps house would.
    pub fn delete_entry(&self, number: u64) {
        self.delete(&Places::new("needle", self.partition).entry(number));
    }

    pub fn read(&self) -> TenantRows {
        let mut all = self.read_as(&wanted());
        assert_eq!(all.len(), 1, "one tenant");
        all.remove(0)
    }

    pub fn read_as(&self, wanted: &Wanted) -> Vec<TenantRows> {
        read(self.store.clone(), &self.assembly, wanted)
    }
}

pub fn read(store: Arc<dyn ObjectStore>, assembly: &Assembly, wanted: &Wanted) -> Vec<TenantRows> {
    dataset::read(store, &assembly.config, &assembly.schema, wanted, &mut |_| {}).expect("rows")
}

/// All rows.
pub fn wanted() -> Wanted {
    Wanted { max_rows: 1 << 40, seed: 7, tenant: None, at_ms: None }
}

/// An archive of events in the order in which they came, with an increment after each of the given numbers of events.
pub fn archive(toml: &str, events: &[Event], cuts: &BTreeSet<usize>) -> Archive {
    let mut archive = Archive::new(toml);
    for (at, event) in events.iter().enumerate() {
        archive.fold(*event);
        if cuts.contains(&(at + 1)) {
            archive.increment();
        }
    }
    archive.increment();
    archive
}

fn topic(name: &str) -> TopicIdentity {
    TopicIdentity { name: name.to_owned(), id: String::new() }
}

fn said() -> SaidUpTo {
    SaidUpTo { topic: topic("score-changes"), to: 0 }
}
