//! The lane's side of snapshots: when one is due, what it holds, and what became of it.
//!
//! A copy is begun between two transactions, so that it holds what is committed and nothing else, and goes out in slices while the
//! lane goes on. Whoever writes the files is another thread; nothing here waits for it.

use super::shard::{InputState, Shard};
use super::{Lane, LaneError, Observer, Phase};
use crate::config::Topics;
use crate::log::{Log, LogError, Stream, interval_end_ms};
use crate::snapshot::head::{Reach, SaidUpTo, TopicIdentity};
use crate::snapshot::keeper::{Keeper, SaveHead};

/// First snapshots of a lane's partitions are spread over the interval, one after the other.
const SPREAD: i64 = 16;
/// How long until brokers that did not answer are asked again.
const ASK_AGAIN_MS: i64 = 5_000;
/// No snapshot is due after this one.
pub(super) const LAST: i64 = i64::MAX;

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

impl Identities {
    /// `id` asks for the id of a topic.
    pub fn ask(topics: &Topics, mut id: impl FnMut(Stream) -> Result<String, LogError>) -> Result<Self, LogError> {
        let mut identity = |stream, name: &String| Ok(TopicIdentity { name: name.clone(), id: id(stream)? });
        let events = topics.events.iter().enumerate().map(|(topic, name)| identity(Stream::Events(topic), name));
        let events = events.collect::<Result<_, _>>()?;
        Ok(Self { events, score_changes: identity(Stream::ScoreChanges, &topics.score_changes)? })
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
                (due_ms <= now_ms && !standing.is_saving()).then_some(shard.partition)
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
        self.commit_open(now_ms, observer)?;
        if self.phase != Phase::Idle {
            return Ok(false);
        }
        let unsaved =
            self.shards.values().filter(|shard| !shard.snapshots.is_saving() && shard.snapshots.due_ms != Some(LAST));
        for partition in unsaved.map(|shard| shard.partition).collect::<Vec<_>>() {
            self.begin_snapshot(partition, now_ms, LAST)?;
        }
        self.go_on_saving(observer);
        let saved = |shard: &Shard| !shard.snapshots.is_saving() && shard.snapshots.due_ms == Some(LAST);
        Ok(self.shards.values().all(saved))
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
        Identities::ask(step.topics(), |stream| log.topic_id(stream))
    }

    /// Begins to copy a partition as it is now committed; nothing may be open.
    pub(super) fn begin_snapshot(&mut self, partition: i32, now_ms: i64, next_ms: i64) -> Result<(), LaneError> {
        let asked = self.identities().and_then(|streams| {
            let end = self.log.bounds(Stream::ScoreChanges, partition)?.high;
            Ok((streams, end))
        });
        let (streams, end) = match asked {
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
        let said = shard.snapshots.said();
        shard.snapshots.ask(end);
        if !shard.has_moved(&streams) {
            shard.snapshots.saved_ms = Some(now_ms);
            return Ok(());
        }
        let reach = |input: &InputState| Reach {
            topic: streams.events[input.topic].clone(),
            from: input.from,
            to: input.committed,
        };
        let models = self.step.models().clone();
        let save = snapshots.keeper.save(SaveHead {
            partition,
            parent: shard.snapshots.head.clone(),
            known: shard.snapshots.known,
            reach: shard.inputs.iter().map(reach).collect(),
            said: SaidUpTo { topic: streams.score_changes, to: said },
            models: models.clone(),
        });
        shard.start_saving(save, models, now_ms);
        Ok(())
    }

    /// A slice of copying for each partition, and what became of what was copied. Returns whether one is still being copied.
    fn go_on_saving(&mut self, observer: &mut impl Observer) -> bool {
        let Some(snapshots) = &self.snapshots else { return false };
        let slices = self.shards.values_mut().map(|shard| shard.go_on_saving(snapshots, observer));
        slices.fold(false, |copying, this| copying | this)
    }

    /// By the records' clock: saves what is committed before the batch brings a record beyond the time at which that is due.
    pub(super) fn save_before_batch(&mut self, now_ms: i64, observer: &mut impl Observer) -> Result<(), LaneError> {
        let Some(Snapshots { interval_ms, clock: Clock::Records, .. }) = self.snapshots else { return Ok(()) };
        let Some((input, at_ms)) = self.batch.first() else { return Ok(()) };
        let next_ms = interval_end_ms(at_ms, interval_ms);
        let Some(shard) = self.shards.get_mut(&input.partition) else { return Ok(()) };
        let due_ms = *shard.snapshots.due_ms.get_or_insert(next_ms);
        if at_ms < due_ms {
            return Ok(());
        }
        self.commit_open(now_ms, observer)?;
        match self.phase {
            Phase::Idle => self.begin_snapshot(input.partition, now_ms, next_ms),
            _ => Ok(()),
        }
    }
}
