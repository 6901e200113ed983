//! The lane's side of snapshots: when one is due, what it holds, and what became of it.
//!
//! A copy is begun between two transactions, so that it holds what is committed and nothing else, and goes out in slices while the
//! lane goes on. Whoever writes the files is another thread; nothing here waits for it.

use std::sync::Arc;

use super::shard::{InputState, Shard};
use super::{Lane, LaneError, Observer, Phase};
use crate::log::{Log, LogError, Stream};
use crate::snapshot::head::{Head, Reach, SaidUpTo, TopicIdentity};
use crate::snapshot::housekeeping::{House, Keeping};
use crate::snapshot::keeper::{Keeper, Save, SaveHead, Saving};
use crate::snapshot::rows::Rows;

/// Leads that are copied in one slice: a fraction of a millisecond.
const SLICE: usize = 512;
/// First snapshots of a lane's partitions are spread over the interval, one after the other.
const SPREAD: i64 = 16;
/// How long until brokers that did not answer are asked again.
const ASK_AGAIN_MS: i64 = 5_000;
/// No snapshot is due after this one.
const LAST: i64 = i64::MAX;

/// What a lane keeps snapshots with.
#[derive(Clone)]
pub struct Snapshots {
    pub keeper: Keeper,
    pub interval_ms: i64,
    pub clock: Clock,
    /// How long increments are kept for training.
    pub history_days: u32,
}

/// By whose time a snapshot is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// That of the turns.
    Turns,
    /// That of the records: at each multiple of the interval, before the first record beyond it.
    Records,
}

/// Which topics the log reads and writes, by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identities {
    /// By index of the input topic.
    pub events: Vec<TopicIdentity>,
    pub score_changes: TopicIdentity,
}

/// How a partition stands with its snapshots.
#[derive(Default)]
pub struct Standing {
    /// The snapshot that the changed leads are relative to.
    head: Option<Arc<Head>>,
    /// The newest entry that is known.
    known: u64,
    due_ms: Option<i64>,
    /// When what is saved was current; at first, when the partition came here.
    saved_ms: Option<i64>,
    saving: Option<InFlight>,
    /// The log of snapshots is being put in order.
    house: Option<House>,
}

struct InFlight {
    save: Save,
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
    fn has_moved(&self, streams: &Identities) -> bool {
        let reached = |input: &InputState| match &self.snapshots.head {
            None => input.from,
            Some(head) => {
                let reach = head.reach.iter().find(|reach| reach.topic == streams.events[input.topic]);
                reach.map_or(input.from, |reach| reach.to)
            }
        };
        self.changed() > 0 || self.inputs.iter().any(|input| reached(input) != input.committed)
    }

    /// Gives up what is being copied; a later snapshot holds it.
    pub fn drop_copy(&mut self) {
        if self.snapshots.saving.take().is_some() {
            self.copy_is_lost();
        }
    }
}

impl<L: Log> Lane<L> {
    /// A slice of what there is to do for snapshots; belongs before each turn. Returns whether one is being
    /// copied, so that the log should not be waited for.
    pub fn keep(&mut self, now_ms: i64, observer: &mut impl Observer) -> Result<bool, LaneError> {
        let Some(Snapshots { interval_ms, clock, .. }) = self.snapshots else { return Ok(false) };
        if self.phase == Phase::Idle && clock == Clock::Turns {
            let due = self.shards.values_mut().find_map(|shard| {
                let standing = &mut shard.snapshots;
                let spread = interval_ms * (i64::from(shard.partition) % SPREAD + 1) / SPREAD;
                let due_ms = *standing.due_ms.get_or_insert(now_ms + spread);
                (due_ms <= now_ms && standing.saving.is_none()).then_some(shard.partition)
            });
            if let Some(partition) = due {
                self.begin_snapshot(partition, now_ms, now_ms + interval_ms)?;
            }
        }
        Ok(self.go_on_saving(observer))
    }

    /// Saves every partition as it is committed. Returns whether all is saved; until then it is to be called again, and nothing else.
    pub fn save_all(&mut self, now_ms: i64, observer: &mut impl Observer) -> Result<bool, LaneError> {
        if self.snapshots.is_none() {
            return Ok(true);
        }
        if let Phase::Open { .. } = self.phase {
            self.phase = Phase::Committing;
        }
        self.settle(now_ms, observer)?;
        if self.phase != Phase::Idle {
            return Ok(false);
        }
        let unsaved = self.shards.values().filter(|shard| !shard.snapshots.is_saving() && shard.snapshots.due_ms != Some(LAST));
        for partition in unsaved.map(|shard| shard.partition).collect::<Vec<_>>() {
            self.begin_snapshot(partition, now_ms, LAST)?;
        }
        self.go_on_saving(observer);
        Ok(!self.is_saving())
    }

    /// By the records' clock nothing may come before the last snapshot is written: what a snapshot holds would depend on the disk.
    pub fn waits_for_snapshots(&self) -> bool {
        self.snapshots.as_ref().is_some_and(|snapshots| snapshots.clock == Clock::Records) && self.is_saving()
    }

    fn is_saving(&self) -> bool {
        self.shards.values().any(|shard| shard.snapshots.is_saving())
    }

    /// Asks the log which topics it is on.
    pub(super) fn identities(&mut self) -> Result<Identities, LogError> {
        let Self { log, step, .. } = self;
        let topics = step.topics();
        let mut identity = |stream, name: &str| Ok(TopicIdentity { name: name.to_owned(), id: log.topic_id(stream)? });
        let events = topics.events.iter().enumerate().map(|(topic, name)| identity(Stream::Events(topic), name));
        let events = events.collect::<Result<_, _>>()?;
        Ok(Identities { events, score_changes: identity(Stream::ScoreChanges, &topics.score_changes)? })
    }

    /// Begins to copy a partition as it is now committed; nothing may be open.
    pub(super) fn begin_snapshot(&mut self, partition: i32, now_ms: i64, next_ms: i64) -> Result<(), LaneError> {
        // What was committed lies below this end, whatever lies there beside it.
        let asked = self.identities().and_then(|streams| {
            let said = self.log.bounds(Stream::ScoreChanges, partition)?.high;
            Ok((streams, said))
        });
        let (streams, said) = match asked {
            Ok(known) => known,
            Err(error) => {
                // A broker that does not answer must not hold the other partitions up turn by turn.
                if let Some(shard) = self.shards.get_mut(&partition) {
                    shard.snapshots.due_ms = Some(now_ms + ASK_AGAIN_MS);
                }
                return self.heal(error);
            }
        };
        let (Some(shard), Some(snapshots)) = (self.shards.get_mut(&partition), &self.snapshots) else { return Ok(()) };
        shard.snapshots.due_ms = Some(next_ms);
        if !shard.has_moved(&streams) {
            shard.snapshots.saved_ms = Some(now_ms);
            return Ok(());
        }
        let reach = |input: &InputState| Reach {
            topic: streams.events[input.topic].clone(),
            from: input.from,
            to: input.committed,
        };
        let save = snapshots.keeper.save(SaveHead {
            partition,
            parent: shard.snapshots.head.clone(),
            known: shard.snapshots.known,
            reach: shard.inputs.iter().map(reach).collect(),
            said: SaidUpTo { topic: streams.score_changes, to: said },
        });
        shard.begin_copy();
        let (began_ms, leads, waiting) = (now_ms, 0, None);
        shard.snapshots.saving = Some(InFlight { save, began_ms, leads, waiting, copied: false, closed: false });
        Ok(())
    }

    /// A slice of copying for each partition, and what became of what was copied. Returns whether one is still being copied.
    fn go_on_saving(&mut self, observer: &mut impl Observer) -> bool {
        let Some(snapshots) = &self.snapshots else { return false };
        let mut copying = false;
        for shard in self.shards.values_mut() {
            if let Some(mut saving) = shard.snapshots.saving.take() {
                copy(shard, &mut saving);
                copying |= !saving.closed;
                shard.snapshots.saving = news(shard, saving, snapshots, observer);
            }
            shard.snapshots.house = shard.snapshots.house.take().and_then(|house| in_order(shard.partition, house));
        }
        copying
    }

    /// By the records' clock: saves what is committed before the batch brings a record beyond the time at which that is due.
    pub(super) fn save_before_batch(&mut self, now_ms: i64, observer: &mut impl Observer) -> Result<(), LaneError> {
        let Some(Snapshots { interval_ms, clock: Clock::Records, .. }) = self.snapshots else { return Ok(()) };
        let Some((input, at_ms)) = self.batch.first() else { return Ok(()) };
        let next_ms = (at_ms.div_euclid(interval_ms) + 1) * interval_ms;
        let Some(shard) = self.shards.get_mut(&input.partition) else { return Ok(()) };
        let due_ms = *shard.snapshots.due_ms.get_or_insert(next_ms);
        if at_ms < due_ms {
            return Ok(());
        }
        if let Phase::Open { .. } = self.phase {
            self.phase = Phase::Committing;
            self.settle(now_ms, observer)?;
        }
        match self.phase {
            Phase::Idle => self.begin_snapshot(input.partition, now_ms, next_ms),
            _ => Ok(()),
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
                standing.house = Some(snapshots.keeper.keep_house(partition, snapshots.history_days));
            }
        }
        Saving::Overtaken(known) => {
            tracing::info!(partition, snapshot = known, "another writer's snapshot reaches further than this one would");
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
            tracing::error!(partition, "whoever writes the snapshots has ended unexpectedly; the next one holds what this one would have");
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
