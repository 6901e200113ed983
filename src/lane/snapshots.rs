//! The lane's side of snapshots: when one is due, what it holds, and what became of it.
//!
//! A copy is begun between two transactions, so that it holds what is committed and nothing else, and goes out in slices while the
//! lane goes on. Whoever writes the files is another thread; nothing here waits for it.

use super::saving::Proof;
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
        if matches!(self.phase, Phase::Idle | Phase::Open { .. }) && clock == Clock::Turns {
            let due = self.shards.values_mut().find_map(|shard| {
                let standing = &mut shard.snapshots;
                let spread = interval_ms * (i64::from(shard.partition) % SPREAD + 1) / SPREAD;
                let due_ms = *standing.due_ms.get_or_insert(now_ms + spread);
                (due_ms <= now_ms && !standing.is_saving()).then_some((shard.partition, standing.proof))
            });
            match due {
                Some((partition, Proof::None)) => self.ask_for_snapshot(partition, now_ms, now_ms + interval_ms)?,
                // Nothing has come since; what comes now goes into the same transaction.
                Some((_, Proof::Wanted { .. })) if self.phase == Phase::Idle => drop(self.open(now_ms)?),
                _ => {}
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
        let unsaved = unsaved.map(|shard| shard.partition).collect::<Vec<_>>();
        self.save_now(&unsaved, now_ms, LAST, observer)?;
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

    /// Asks where the score changes end, which a snapshot tells. A lane that was replaced without knowing might find its successor's
    /// there: only a commit after that shows that the partition still was its own.
    fn ask_for_snapshot(&mut self, partition: i32, now_ms: i64, next_ms: i64) -> Result<(), LaneError> {
        let streams = match self.identities() {
            Ok(streams) => streams,
            Err(error) => return self.ask_again(partition, error, now_ms),
        };
        let Some(shard) = self.shards.get_mut(&partition) else { return Ok(()) };
        if !shard.has_moved(&streams) {
            (shard.snapshots.due_ms, shard.snapshots.saved_ms) = (Some(next_ms), Some(now_ms));
            return Ok(());
        }
        match self.log.bounds(Stream::ScoreChanges, partition) {
            Ok(bounds) => shard.snapshots.ask_for_snapshot(bounds.high, next_ms),
            Err(error) => return self.ask_again(partition, error, now_ms),
        }
        Ok(())
    }

    /// A broker that does not answer must not hold the other partitions up turn by turn.
    fn ask_again(&mut self, partition: i32, error: LogError, now_ms: i64) -> Result<(), LaneError> {
        if let Some(shard) = self.shards.get_mut(&partition) {
            shard.snapshots.due_ms = Some(now_ms + ASK_AGAIN_MS);
        }
        match error.passes() {
            // Nothing that is open has to be undone for a question.
            true => tracing::debug!(partition, %error, "its snapshot is put off"),
            false => self.heal(error)?,
        }
        Ok(())
    }

    /// Takes a snapshot of partitions as they are committed. Nothing may be open; what could not be done now is done by the next call.
    fn save_now(
        &mut self,
        partitions: &[i32],
        now_ms: i64,
        next_ms: i64,
        observer: &mut impl Observer,
    ) -> Result<(), LaneError> {
        let proof = |lane: &Self, partition: &i32| lane.shards.get(partition).map(|shard| shard.snapshots.proof);
        for partition in partitions {
            if proof(self, partition) == Some(Proof::None) {
                self.ask_for_snapshot(*partition, now_ms, next_ms)?;
            }
        }
        let wanted = |partition: &i32| matches!(proof(self, partition), Some(Proof::Wanted { .. }));
        if partitions.iter().any(wanted) && self.phase == Phase::Idle && self.open(now_ms)? {
            self.commit_open(now_ms, observer)?;
        }
        Ok(())
    }

    /// Begins to copy the partitions of which a snapshot was asked for, as they are committed now. Belongs right after a commit:
    /// a busy lane is idle at no other time.
    pub(super) fn begin_snapshots(&mut self, now_ms: i64) -> Result<(), LaneError> {
        let given = |shard: &Shard| match shard.snapshots.proof {
            Proof::Given { next_ms } => Some((shard.partition, next_ms)),
            _ => None,
        };
        let given: Vec<(i32, i64)> = self.shards.values().filter_map(given).collect();
        given.into_iter().try_for_each(|(partition, next_ms)| self.begin_snapshot(partition, now_ms, next_ms))
    }

    fn begin_snapshot(&mut self, partition: i32, now_ms: i64, next_ms: i64) -> Result<(), LaneError> {
        let streams = self.identities();
        let (Some(shard), Some(snapshots)) = (self.shards.get_mut(&partition), &self.snapshots) else { return Ok(()) };
        (shard.snapshots.due_ms, shard.snapshots.proof) = (Some(next_ms), Proof::None);
        let streams = match streams {
            Ok(streams) => streams,
            Err(error) => return self.ask_again(partition, error, now_ms),
        };
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
            said: SaidUpTo { topic: streams.score_changes, to: shard.snapshots.said() },
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
            Phase::Idle => self.save_now(&[input.partition], now_ms, next_ms, observer),
            _ => Ok(()),
        }
    }
}
