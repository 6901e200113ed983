//! How a partition stands with its snapshots, and the one that is on its way out.

use std::sync::Arc;

use super::Observer;
use super::shard::{InputState, Shard};
use super::snapshots::{Identities, LAST, Snapshots};
use crate::model::Served;
use crate::snapshot::head::Head;
use crate::snapshot::housekeeping::{House, Keeping};
use crate::snapshot::keeper::{Save, Saving};
use crate::snapshot::rows::Rows;

/// Leads that are copied in one slice: a fraction of a millisecond.
const SLICE: usize = 512;

/// How a partition stands with its snapshots.
#[derive(Default)]
pub struct Standing {
    /// The snapshot that the changed leads are relative to.
    pub head: Option<Arc<Head>>,
    /// The newest entry that is known.
    pub known: u64,
    pub due_ms: Option<i64>,
    /// Score changes below this are in the decisions.
    said: i64,
    /// The end of the score changes when it was last asked for.
    asked: Option<i64>,
    /// Whether a snapshot may tell that end.
    pub proof: Proof,
    /// When what is saved was current; at first, when the partition came here.
    pub saved_ms: Option<i64>,
    saving: Option<InFlight>,
    /// The log of snapshots is being put in order.
    house: Option<House>,
}

/// What stands behind the end of the score changes that a snapshot is to tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Proof {
    /// No snapshot is about to be taken.
    #[default]
    None,
    /// It was asked for; the next commit has to hold the partition's position, whether or not that has moved. After this snapshot
    /// the next one is due at `next_ms`.
    Wanted { next_ms: i64 },
    /// That commit has succeeded.
    Given { next_ms: i64 },
}

/// A snapshot on its way out.
struct InFlight {
    save: Save,
    models: Arc<Served>,
    began_ms: i64,
    leads: u64,
    /// Copied, but there was no room for it yet.
    waiting: Option<Rows>,
    copied: bool,
    closed: bool,
}

impl Standing {
    pub fn stand_at(&mut self, head: Option<Arc<Head>>, known: u64) {
        (self.head, self.known) = (head, known);
    }

    /// All score changes below `to` have been taken in.
    pub fn has_read(&mut self, to: i64) {
        self.said = self.said.max(to);
    }

    /// The end of the score changes was `end` just now. Who was replaced without knowing it may find another's there, and is not to say
    /// that they are in its decisions; only a commit shows that nobody else had the partition yet.
    pub fn ask(&mut self, end: i64) {
        self.asked = Some(end);
    }

    /// As [`Standing::ask`], for a snapshot that is about to be taken.
    pub fn ask_for_snapshot(&mut self, end: i64, next_ms: i64) {
        self.ask(end);
        self.proof = Proof::Wanted { next_ms };
    }

    /// A commit of the partition's position has succeeded.
    pub fn commit(&mut self) {
        if let Some(end) = self.asked.take() {
            self.said = self.said.max(end);
        }
        if let Proof::Wanted { next_ms } = self.proof {
            self.proof = Proof::Given { next_ms };
        }
    }

    /// Score changes below this are in the decisions; later ones may be.
    pub fn said(&self) -> i64 {
        self.said
    }

    /// The partition is here from now on.
    pub fn come(&mut self, now_ms: i64) {
        self.saved_ms.get_or_insert(now_ms);
    }

    /// Since when nothing has been saved, by the clock of the turns.
    pub fn age_ms(&self, now_ms: i64) -> i64 {
        self.saved_ms.map_or(0, |saved_ms| now_ms - saved_ms)
    }

    pub fn is_saving(&self) -> bool {
        self.saving.is_some()
    }
}

impl Shard {
    /// Whether a snapshot would hold anything new.
    pub fn has_moved(&self, streams: &Identities) -> bool {
        let reached = |input: &InputState| match &self.snapshots.head {
            None => input.from,
            Some(head) => {
                let reach = head.reach.iter().find(|reach| reach.topic == streams.events[input.topic]);
                reach.map_or(input.from, |reach| reach.to)
            }
        };
        self.changed() > 0 || self.inputs.iter().any(|input| reached(input) != input.committed)
    }

    /// Begins to copy what is committed now, and is served by `models`.
    pub fn start_saving(&mut self, save: Save, models: Arc<Served>, now_ms: i64) {
        self.begin_copy();
        let (leads, waiting, copied, closed) = (0, None, false, false);
        self.snapshots.saving = Some(InFlight { save, models, began_ms: now_ms, leads, waiting, copied, closed });
    }

    /// A slice of copying, and what became of what was copied. Returns whether it is still being copied.
    pub fn go_on_saving(&mut self, snapshots: &Snapshots, observer: &mut impl Observer) -> bool {
        let mut copying = false;
        if let Some(mut saving) = self.snapshots.saving.take() {
            copy(self, &mut saving);
            copying = !saving.closed;
            self.snapshots.saving = news(self, saving, snapshots, observer);
        }
        let house = self.snapshots.house.take();
        self.snapshots.house = house.and_then(|house| in_order(self.partition, house));
        copying
    }

    /// Gives up what is being copied; a later snapshot holds it.
    pub fn drop_copy(&mut self) {
        if self.snapshots.saving.take().is_some() {
            self.copy_is_lost();
        }
    }
}

/// Hands a slice over, as far as there is room; after the last one there is no more.
fn copy(shard: &mut Shard, saving: &mut InFlight) {
    let rows = match saving.waiting.take() {
        Some(rows) => rows,
        None if saving.copied => {
            if !std::mem::replace(&mut saving.closed, true) {
                saving.save.close();
            }
            return;
        }
        None => {
            let mut rows = Rows::default();
            saving.copied = shard.copy(SLICE, &mut rows);
            saving.leads += rows.len() as u64;
            rows
        }
    };
    if !rows.is_empty() {
        saving.waiting = saving.save.offer(rows).err();
    }
}

/// What became of it; gives it back while it lasts.
fn news(
    shard: &mut Shard,
    mut saving: InFlight,
    snapshots: &Snapshots,
    observer: &mut impl Observer,
) -> Option<InFlight> {
    let partition = shard.partition;
    match saving.save.poll() {
        Saving::Waits => return Some(saving),
        Saving::Struggling(error) => {
            tracing::warn!(partition, error, "the snapshot cannot be written yet; trying on");
            observer.snapshot_delayed(partition);
            return Some(saving);
        }
        Saving::Done(head, known) => {
            tracing::debug!(partition, snapshot = head.number, leads = saving.leads, "saved");
            shard.snapshots.stand_at(Some(head), known);
            shard.snapshots.saved_ms = Some(saving.began_ms);
            shard.copy_is_kept();
            observer.snapshot_saved(partition, saving.leads);
            let standing = &mut shard.snapshots;
            if standing.house.is_none() && standing.due_ms != Some(LAST) {
                standing.house = Some(snapshots.keeper.keep_house(partition, snapshots.history_days, saving.models));
            }
        }
        Saving::Overtaken(known) => {
            tracing::info!(
                partition,
                snapshot = known,
                "another writer's snapshot reaches further than this one would"
            );
            shard.snapshots.known = known;
            shard.copy_is_lost();
        }
        Saving::Broken(known) => {
            tracing::warn!(partition, "the snapshots that this one was to follow are gone: every lead is saved anew");
            shard.snapshots.stand_at(None, known);
            shard.copy_is_lost();
            shard.all_has_changed();
        }
        Saving::Unwritable(why) => {
            tracing::error!(partition, why, "the snapshot cannot be written; the next one is tried");
            observer.snapshot_delayed(partition);
            shard.copy_is_lost();
        }
        Saving::Lost => {
            tracing::error!(
                partition,
                "whoever writes the snapshots has ended unexpectedly; the next one holds what this one would have"
            );
            observer.snapshot_delayed(partition);
            shard.copy_is_lost();
        }
    }
    None
}

/// What became of putting the log in order; gives it back while it lasts.
fn in_order(partition: i32, mut house: House) -> Option<House> {
    match house.poll() {
        Keeping::Waits => return Some(house),
        Keeping::Struggling(error) => {
            tracing::warn!(partition, error, "the snapshots cannot be put in order yet; trying on");
            return Some(house);
        }
        Keeping::Done(kept) => {
            if let Some(base) = &kept.base {
                tracing::info!(partition, snapshot = base.number, files = base.files.len(), "snapshots are merged");
            }
            if let Some(trouble) = kept.trouble {
                tracing::warn!(partition, trouble, "the snapshots are not in order");
            }
        }
        Keeping::Lost => tracing::error!(partition, "whoever puts the snapshots in order has ended unexpectedly"),
    }
    None
}
