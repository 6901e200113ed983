//! Keepers over a store in memory, stepped in one thread, in time that only the test moves.
#![allow(dead_code)]

pub mod clockwork;
pub mod interleave;
pub mod shelf;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::{FutureExt, StreamExt, TryStreamExt};
use needle::lead::arena::Full;
use needle::lead::leads::Origin;
use needle::model::day_zero::{self, Subjects};
use needle::model::{Model, Served};
use needle::snapshot::entry::Entry;
use needle::snapshot::head::{Head, Reach, SaidUpTo, TopicIdentity};
use needle::snapshot::housekeeping::{House, Keeping, Kept};
use needle::snapshot::keeper::{Found, Keeper, Load, Loading, Save, SaveHead, Saving, Wanted, WantedInput};
use needle::snapshot::passed_over::PassedOver;
use needle::snapshot::places::Places;
use needle::snapshot::plain::Plain;
use needle::snapshot::rows::{LeadRow, Rows};
use needle::snapshot::sink::Sink;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use xxhash_rust::xxh3::xxh3_64;

use clockwork::Clockwork;
use shelf::Shelf;

pub const PARTITION: i32 = 3;
pub const HISTORY_DAYS: u32 = 10;

/// What a key holds: facts, decisions, and where they come from.
pub type Leads = BTreeMap<String, (String, String, i64)>;

/// A clock, and what is in the store.
pub struct World {
    pub clockwork: Arc<Clockwork>,
    pub memory: Arc<InMemory>,
}

impl World {
    pub fn new() -> Self {
        Self { clockwork: Arc::default(), memory: Arc::default() }
    }

    /// A keeper of its own, whose calls go through the shelf.
    pub fn keeper(&self) -> (Keeper, Shelf) {
        let shelf = Shelf::new(self.memory.clone());
        (Keeper::new(Arc::new(shelf.clone()), Arc::new(Plain), self.clockwork.clone(), "needle"), shelf)
    }

    /// Saves in one go.
    pub fn saved(&self, save: SaveHead, leads: &[(&str, &str)]) -> Arc<Head> {
        let mut handle = self.keeper().0.save(save);
        handle.offer(rows(leads)).expect("room for the first rows");
        handle.close();
        match self.end_of_save(&mut handle).0 {
            Saving::Done(head, _) => head,
            other => panic!("not saved: {other:?}"),
        }
    }

    /// Steps until the save ends, and returns what else it said, too.
    pub fn end_of_save(&self, save: &mut Save) -> (Saving, Vec<String>) {
        let mut troubles = Vec::new();
        loop {
            self.clockwork.run();
            match save.poll() {
                Saving::Waits => assert!(self.clockwork.skip(), "a save that waits for nothing"),
                Saving::Struggling(trouble) => troubles.push(trouble),
                end => {
                    self.clockwork.run();
                    return (end, troubles);
                }
            }
        }
    }

    /// Loads in one go, through a keeper of its own.
    pub fn loaded(&self, wanted: Wanted) -> Loaded {
        self.end_of_load(self.keeper().0.load(wanted, Taken::expecting))
    }

    pub fn end_of_load(&self, mut load: Load<Taken>) -> Loaded {
        let mut loaded = Loaded::default();
        loop {
            self.clockwork.run();
            match load.poll() {
                Loading::Waits => assert!(self.clockwork.skip(), "a load that waits for nothing"),
                Loading::Over(over) => loaded.over.push(over),
                Loading::Struggling(trouble) => loaded.troubles.push(trouble),
                Loading::Done(found) => return loaded.with(found),
                other => panic!("{other:?}"),
            }
        }
    }

    /// Keeps house in one go, and returns what troubles it said, too.
    pub fn end_of_house(&self, mut house: House) -> (Kept, Vec<String>) {
        let mut troubles = Vec::new();
        loop {
            self.clockwork.run();
            match house.poll() {
                Keeping::Waits => assert!(self.clockwork.skip(), "keeping house waits for nothing"),
                Keeping::Struggling(trouble) => troubles.push(trouble),
                Keeping::Done(kept) => return (kept, troubles),
                Keeping::Lost => panic!("keeping house is lost"),
            }
        }
    }

    /// Keeps house in one go, through a keeper of its own.
    pub fn kept(&self) -> Kept {
        self.end_of_house(self.keeper().0.keep_house(PARTITION, HISTORY_DAYS, models())).0
    }

    /// All paths in the store.
    pub fn paths(&self) -> Vec<String> {
        let listed = self.memory.list(None).map_ok(|object| object.location.to_string()).try_collect();
        block_on(listed).expect("a listing")
    }

    /// Paths of data files.
    pub fn files(&self) -> Vec<String> {
        self.paths().into_iter().filter(|path| path.starts_with("leads/")).collect()
    }

    pub fn read(&self, path: &str) -> Vec<u8> {
        let read = async { self.memory.get(&Path::from(path)).await?.bytes().await };
        block_on(read).expect("an object").to_vec()
    }

    pub fn write(&self, path: &str, bytes: Vec<u8>) {
        block_on(self.memory.put(&Path::from(path), bytes.into())).expect("written");
    }

    pub fn delete(&self, path: &str) {
        block_on(self.memory.delete(&Path::from(path))).expect("deleted");
    }

    pub fn entry(&self, number: u64) -> Entry {
        Entry::from_json(&self.read(&entry_path(number)), number).expect("an entry")
    }

    /// The entry, with something else in it, as if it had been written so.
    pub fn rewrite(&self, number: u64, change: impl FnOnce(&mut Entry)) {
        let mut entry = self.entry(number);
        change(&mut entry);
        self.write(&entry_path(number), entry.to_json().expect("JSON"));
    }

    /// Every entry, in order; each one's files must be there, whole.
    pub fn true_entries(&self) -> Vec<Entry> {
        self.true_entries_from(0)
    }

    /// As `true_entries`, without those before a number.
    pub fn true_entries_from(&self, number: u64) -> Vec<Entry> {
        let paths = self.paths();
        let numbers = paths.iter().filter_map(|path| path.strip_suffix(".json")?.rsplit('/').next()?.parse().ok());
        let entries: Vec<_> = numbers.filter(|n| *n >= number).map(|number| self.entry(number)).collect();
        for file in entries.iter().flat_map(|entry| &entry.files) {
            assert!(paths.contains(&file.path), "{} is named and not there", file.path);
            let bytes = self.read(&file.path);
            assert_eq!((bytes.len() as u64, format!("{:016x}", xxh3_64(&bytes))), (file.bytes, file.xxh3.clone()));
        }
        entries
    }

    /// Data files that no entry names.
    pub fn strays(&self) -> Vec<String> {
        let named: Vec<_> =
            self.true_entries().into_iter().flat_map(|entry| entry.files).map(|file| file.path).collect();
        self.files().into_iter().filter(|path| !named.contains(path)).collect()
    }

    pub fn delete_all(&self) {
        let all = self.memory.list(None).map_ok(|object| object.location).boxed();
        block_on(self.memory.delete_stream(all).try_collect::<Vec<_>>()).expect("deleted");
    }
}

/// What a load came to.
#[derive(Default, Debug)]
pub struct Loaded {
    pub leads: Leads,
    pub over: Vec<PassedOver>,
    pub troubles: Vec<String>,
    pub head: Option<Arc<Head>>,
    pub known: u64,
}

/// Leads that a load has taken in.
#[derive(Default, Debug)]
pub struct Taken {
    pub leads: Leads,
    ended: bool,
}

impl Taken {
    pub fn expecting(_: u64) -> Self {
        Self::default()
    }
}

impl Sink for Taken {
    fn take(&mut self, row: LeadRow<'_>) -> Result<(), Full> {
        let [key, facts, decisions] =
            [row.key, row.facts, row.decisions].map(|part| String::from_utf8(part.to_vec()).expect("text"));
        self.leads.insert(key, (facts, decisions, row.origin.offset));
        Ok(())
    }

    fn end(&mut self) {
        self.ended = true;
    }
}

impl Loaded {
    pub fn with(self, found: Found<Taken>) -> Self {
        assert_eq!(found.sink.ended, found.head.is_some(), "a sink is told that those were all");
        Self { leads: found.sink.leads, head: found.head, known: found.known, ..self }
    }

    pub fn number(&self) -> Option<u64> {
        self.head.as_ref().map(|head| head.number)
    }
}

/// What the memory answers, which it does at once.
fn block_on<T>(answer: impl Future<Output = T>) -> T {
    answer.now_or_never().expect("memory does not wait")
}

pub fn entry_path(number: u64) -> String {
    Places::new("needle", PARTITION).entry(number).to_string()
}

pub fn topic(name: &str) -> TopicIdentity {
    TopicIdentity { name: name.into(), id: format!("{name}-id") }
}

pub fn reach(to: i64) -> Vec<Reach> {
    vec![Reach { topic: topic("events"), from: 0, to }]
}

pub fn save(parent: Option<Arc<Head>>, known: u64, to: i64) -> SaveHead {
    let said = SaidUpTo { topic: topic("score-changes"), to: to / 2 };
    SaveHead { partition: PARTITION, parent, known, reach: reach(to), said, models: models() }
}

/// Rows that are laid down as they are need none.
pub fn models() -> Arc<Served> {
    let model = day_zero::model(&[], Subjects::default(), 0.01).expect("a model of no features");
    Arc::new(Served::one(Arc::new(Model::Linear(model))))
}

/// Whatever is committed up to an offset.
pub fn wanted(committed: i64) -> Wanted {
    let inputs = vec![WantedInput { topic: topic("events"), committed, from: Some(0) }];
    Wanted { partition: PARTITION, inputs, score_changes: topic("score-changes") }
}

/// Keys and facts; decisions and origin follow from the facts' length.
pub fn rows(leads: &[(&str, &str)]) -> Rows {
    let mut rows = Rows::default();
    for (key, facts) in leads {
        let decisions = if facts.len() % 2 == 0 { "said" } else { "" };
        let origin = Origin { topic: 0, offset: facts.len() as i64 };
        rows.push(LeadRow { key: key.as_bytes(), facts: facts.as_bytes(), decisions: decisions.as_bytes(), origin });
    }
    rows
}

pub fn leads(all: &[(&str, &str)]) -> Leads {
    let mut taken = Taken::default();
    rows(all).iter().for_each(|row| taken.take(row).expect("room"));
    taken.leads
}
