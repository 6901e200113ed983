//! Every decision of a run: what happens when, what fails, what crashes.
//!
//! A decision is a hash of the seed and of a key that names it: the third commit of worker 2, the tenth turn of all. So it does not depend
//! on how many decisions came before it, and a fault that is taken out of a run leaves the other ones where they were, as far as they
//! still come about. That is what makes a failing run shrink.

use std::collections::{BTreeMap, BTreeSet};

use needle::log::memory::Call;

use super::lane_support::events::Random;

/// Names a decision: whose, about what, and how many of its kind came before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub who: usize,
    pub what: What,
    pub nth: u32,
}

/// What is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// What the world is like: sizes, members, time-outs.
    World,
    /// A turn of all: who moves, what comes in.
    Turn,
    /// Which partitions a poll serves.
    Serving,
    /// How many records a reader hands over.
    Reading,
    /// Whether the leads in memory are compared.
    Look,
    /// The clock jumps.
    Clock,
    /// Old records go.
    Retention,
    Compaction,
    /// The store is wiped, or an object in it is damaged.
    Disaster,
    /// A call to the store.
    Storing,
    /// Whether all is taken over by a newcomer at the end.
    Heir,
    /// A worker crashes, hangs, leaves, or is started twice.
    Life,
    /// When a crashed process is started again.
    Back,
    /// A call to the log.
    Call(Call),
}

impl What {
    fn code(self) -> u64 {
        match self {
            Self::World => 0,
            Self::Turn => 1,
            Self::Serving => 2,
            Self::Reading => 3,
            Self::Look => 4,
            Self::Clock => 5,
            Self::Retention => 6,
            Self::Compaction => 7,
            Self::Life => 8,
            Self::Back => 9,
            Self::Disaster => 10,
            Self::Storing => 11,
            Self::Heir => 12,
            Self::Call(call) => 64 + call as u64,
        }
    }
}

/// A kind of fault, as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Failed,
    ReplyLost,
    EndsLater,
    NeverEnds,
    MarkersScattered,
    CrashBeforeCall,
    CrashAfterCall,
    CrashAmidMarkers,
    SlowCall,
    NothingComes,
    Crash,
    Hangs,
    StartedTwice,
    Leaves,
    ClockStep,
    Compaction,
    Retention,
    RetentionUnsafe,
    StoreRefuses,
    StoreReplyLost,
    StoreLate,
    StoreSlow,
    CrashBeforeStoring,
    CrashAfterStoring,
    SnapshotsLost,
    ObjectDamaged,
}

/// A fault that struck.
#[derive(Clone, Debug)]
pub struct Strike {
    pub key: Key,
    pub kind: Kind,
    /// For people; only kept where it is asked for.
    pub detail: String,
}

pub struct Decisions {
    seed: u64,
    /// How rough the run is: faults come this many times as often, in hundredths.
    pub roughness: usize,
    /// Only these faults strike; `None`: all do.
    only: Option<BTreeSet<Key>>,
    /// No fault strikes any more.
    pub calm: bool,
    /// Details of faults are kept.
    pub telling: bool,
    seen: BTreeMap<(usize, What), u32>,
    pub struck: Vec<Strike>,
}

impl Decisions {
    pub fn new(seed: u64, only: Option<BTreeSet<Key>>, telling: bool) -> Self {
        let (seen, struck) = Default::default();
        Self { seed, roughness: 100, only, calm: false, telling, seen, struck }
    }

    /// What is decided next about `what`.
    pub fn next(&mut self, who: usize, what: What) -> Random {
        let key = self.key(who, what);
        self.random(key)
    }

    /// Whether a fault strikes here: of ten thousand occasions `rate`, in a run of common roughness. The caller says which with
    /// [`Decisions::tell`].
    pub fn strike(&mut self, who: usize, what: What, rate: usize) -> Option<(Key, Random)> {
        let key = self.key(who, what);
        if self.calm {
            return None;
        }
        let mut random = self.random(key);
        let strikes = random.below(1_000_000) < rate * self.roughness;
        (strikes && self.only.as_ref().is_none_or(|only| only.contains(&key))).then_some((key, random))
    }

    pub fn tell(&mut self, key: Key, kind: Kind, detail: impl FnOnce() -> String) {
        let detail = if self.telling { detail() } else { String::new() };
        self.struck.push(Strike { key, kind, detail });
    }

    fn key(&mut self, who: usize, what: What) -> Key {
        let seen = self.seen.entry((who, what)).or_default();
        *seen += 1;
        Key { who, what, nth: *seen - 1 }
    }

    fn random(&self, Key { who, what, nth }: Key) -> Random {
        let mut random = Random(self.seed);
        for part in [who as u64, what.code(), u64::from(nth)] {
            random = Random(random.next() ^ part.wrapping_mul(0xd6e8_feb8_6659_fd93));
        }
        random
    }
}

impl std::fmt::Display for Strike {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { key: Key { who, what, nth }, kind, detail } = self;
        write!(f, "{kind:?} of {who} at {what:?} #{nth} {detail}")
    }
}
