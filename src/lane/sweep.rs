//! How far the sweeps over one partition's leads have come: what is being rescored, and what still has to be.
//!
//! A sweep goes over the leads in slices, between the events. Where it is, is part of the open transaction: an abort takes it back, and
//! what it says again has the same bytes. Nothing of it is kept: whoever takes the partition over begins anew, and what has been said
//! already is passed over, because a lead's decisions tell which model has said them, and when.

use crate::decision::{Glance, Occasion};
use crate::lead::leads::Place;

/// A lead whose score has stood for so long is looked at once in this fraction of that time.
const OF_STANDING: i64 = 50;

/// When leads to whom nothing happens are rescored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sweeping {
    /// How often time's effect on the scores is looked at; `None`: never.
    pub every_ms: Option<i64>,
}

/// One pass over a partition's leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sweep {
    pub occasion: Occasion,
    /// Leads are rescored as of then, or as of their newest instant where that is later.
    pub as_of_ms: i64,
    pub place: Place,
}

impl Sweep {
    /// Those whose score another model has said, each as of its own newest instant: when a lead's turn comes makes no difference.
    fn of_model() -> Self {
        Self { occasion: Occasion::Model, as_of_ms: 0, place: Place::default() }
    }

    /// Those whose last score time may have overtaken by now.
    fn of_time(now_ms: i64) -> Self {
        Self { occasion: Occasion::Time, as_of_ms: now_ms, place: Place::default() }
    }

    /// Whether a lead has its turn in this pass. `fingerprint` is that of the model that serves it now.
    pub fn concerns(&self, said: Option<Glance>, fingerprint: u32, hash: u64, every_ms: i64) -> bool {
        let Some(Glance { said, model }) = said else { return true };
        match self.occasion {
            Occasion::Model => model != Some(fingerprint),
            Occasion::Time => is_due(self.as_of_ms - said.at_ms, self.as_of_ms, hash, every_ms),
        }
    }
}

/// Whether a score that has stood for `stood_ms` is looked at in the pass of `now_ms`. One that has stood for less than the interval is
/// not, and one that has stood for long only now and then, each lead in a pass of its own: what changes slowly need not be
/// looked at often. A fall is noticed at the latest after an interval and a fiftieth of the time for which the score has stood.
fn is_due(stood_ms: i64, now_ms: i64, hash: u64, every_ms: i64) -> bool {
    let every_ms = every_ms.max(1);
    if stood_ms < every_ms {
        return false;
    }
    // A power of two: who has a turn in every eighth pass has one in every fourth, so that nobody waits for longer where the number grows.
    let passes = 1_u64 << (stood_ms / OF_STANDING / every_ms).max(1).ilog2();
    (hash >> 32).wrapping_add((now_ms / every_ms) as u64).is_multiple_of(passes)
}

/// A partition's sweeps.
#[derive(Default)]
pub struct Sweeps {
    running: Option<Sweep>,
    /// As of the last commit.
    committed: Option<Sweep>,
    /// When time is looked at next, by the clock of the turns.
    due_ms: Option<i64>,
    /// Whether the open transaction holds what a sweep has said.
    said: bool,
    /// Transactions that did, since the partition's beginning. The committed position's note tells it: a position that has not moved
    /// does not show that nothing was said.
    pub count: u64,
}

impl Sweeps {
    /// Other models are served; nothing is open.
    pub fn models_have_changed(&mut self) {
        self.running = Some(Sweep::of_model());
        self.committed = self.running;
    }

    /// Begins to look at time where that is due. The first pass comes within an interval, each partition's at a time of its own.
    pub fn begin_if_due(&mut self, partition: i32, now_ms: i64, every_ms: i64) {
        let spread_ms = every_ms / 16 * (i64::from(partition) % 16 + 1);
        let due_ms = *self.due_ms.get_or_insert(now_ms + spread_ms.max(1));
        // Not before it is committed that the last one is done: an abort would begin with this one in its place.
        if self.running.is_none() && self.committed.is_none() && due_ms <= now_ms {
            self.running = Some(Sweep::of_time(now_ms));
            self.committed = self.running;
            self.due_ms = Some(now_ms + every_ms);
        }
    }

    pub fn running(&self) -> Option<Sweep> {
        self.running
    }

    /// Whether leads are being rescored by other models than before.
    pub fn is_of_model(&self) -> bool {
        self.running.is_some_and(|sweep| sweep.occasion == Occasion::Model)
    }

    /// A slice is done; `None`: it was the last one.
    pub fn go_on(&mut self, rest: Option<Sweep>) {
        self.running = rest;
    }

    /// What was done is not to be taken back: nothing is open.
    pub fn settle(&mut self) {
        self.committed = self.running;
    }

    /// Something was said that no event has caused.
    pub fn has_said(&mut self) {
        self.said = true;
    }

    /// Whether the open transaction has to hold the partition's position, though it has not moved: only that shows that the partition
    /// still is the lane's own.
    pub fn needs_position(&self) -> bool {
        self.said
    }

    /// What the note beside a position that is committed now has to tell.
    pub fn counted(&self) -> u64 {
        self.count + u64::from(self.said)
    }

    pub fn commit(&mut self) {
        self.count = self.counted();
        self.said = false;
        self.committed = self.running;
    }

    pub fn roll_back(&mut self) {
        self.said = false;
        self.running = self.committed;
    }
}
