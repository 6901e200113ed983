//! The lane's transaction: records in, outputs out, positions beside them, all or nothing.

use std::time::Duration;

use super::{BACKLOG_COMMIT_INTERVAL_MS, Lane, LaneError, Observer, POLL_RECORDS, Phase, TRANSACTION_BYTES};
use crate::log::{Input, Log, LogError, Position};

impl<L: Log> Lane<L> {
    /// Works on the batch that was polled.
    pub(super) fn work(&mut self, now_ms: i64, observer: &mut impl Observer) -> Result<(), LaneError> {
        self.backlog = self.batch.len() == POLL_RECORDS;
        if !self.batch.is_empty() {
            self.save_before_batch(now_ms, observer)?;
            if self.phase == Phase::Idle && !self.open(now_ms)? {
                return Ok(());
            }
            self.fold()?;
            if let Err(error) = self.write() {
                self.phase = Phase::Aborting;
                return self.heal(error);
            }
            tracing::trace!(records = self.batch.len(), "outputs produced");
        }
        if matches!(self.phase, Phase::Idle | Phase::Open { .. }) {
            self.sweep(now_ms)?;
        }
        if self.is_due(now_ms) {
            self.phase = Phase::Committing;
            self.settle(now_ms, observer)?;
        }
        Ok(())
    }

    /// Begins a transaction. Returns whether that went well.
    pub(super) fn open(&mut self, now_ms: i64) -> Result<bool, LaneError> {
        if let Err(error) = self.log.begin() {
            // Nothing is written yet; but what was polled is not polled again by itself.
            self.phase = Phase::Aborting;
            return self.heal(error).map(|()| false);
        }
        self.phase = Phase::Open { since_ms: now_ms };
        tracing::trace!("transaction begun");
        Ok(true)
    }

    /// The whole batch through the step, shard by shard as its records come.
    fn fold(&mut self) -> Result<(), LaneError> {
        let Self { batch, shards, step, outbox, tally, delivered_from, .. } = self;
        let mut open = None;
        batch.each(|input, record| {
            if let Some(before) = open.filter(|before| *before != input.partition) {
                finish(shards.get_mut(&before), |shard| step.finish(shard, outbox, tally))?;
            }
            open = Some(input.partition);
            if !shards.contains_key(&input.partition) {
                // Passed over, so that whoever takes the partition up has to seek.
                delivered_from.remove(&input);
            }
            finish(shards.get_mut(&input.partition), |shard| step.record(input.topic, record, shard, outbox, tally))
        })?;
        let last = open.and_then(|partition| shards.get_mut(&partition));
        Ok(finish(last, |shard| step.finish(shard, outbox, tally))?)
    }

    /// The step's effects into the log.
    pub(super) fn write(&mut self) -> Result<(), LogError> {
        let Self { outbox, log, written, .. } = self;
        outbox.each(|output| log.produce(output))?;
        *written += outbox.bytes();
        outbox.clear();
        Ok(())
    }

    /// How long the log may be waited for, so that a commit is not late.
    pub(super) fn until_commit(&self, now_ms: i64) -> Duration {
        match self.phase {
            Phase::Open { since_ms } => {
                Duration::from_millis((since_ms + self.commit_interval_ms - now_ms).max(0).unsigned_abs())
            }
            _ => Duration::MAX,
        }
    }

    fn is_due(&self, now_ms: i64) -> bool {
        let Phase::Open { since_ms } = self.phase else { return false };
        let interval_ms = if self.backlog {
            self.commit_interval_ms.max(BACKLOG_COMMIT_INTERVAL_MS)
        } else {
            self.commit_interval_ms
        };
        now_ms - since_ms >= interval_ms || self.written >= TRANSACTION_BYTES
    }

    /// Commits what is open, as far as that goes now.
    pub(super) fn commit_open(&mut self, now_ms: i64, observer: &mut impl Observer) -> Result<(), LaneError> {
        if let Phase::Open { .. } = self.phase {
            self.phase = Phase::Committing;
        }
        self.settle(now_ms, observer)
    }

    /// Ends what is ending: commits, aborts, seeks. Where the log asks to be called again, the phase stays, and the next turn does.
    pub(super) fn settle(&mut self, now_ms: i64, observer: &mut impl Observer) -> Result<(), LaneError> {
        if self.phase == Phase::Committing {
            self.commit(observer)?;
        }
        if self.phase == Phase::Aborting {
            self.abort(observer)?;
        }
        if self.phase == Phase::Seeking {
            self.seek_back()?;
        }
        if self.is_due(now_ms) && !self.backlog {
            self.phase = Phase::Committing;
            self.commit(observer)?;
        }
        if self.phase == Phase::Idle { self.begin_snapshots(now_ms) } else { Ok(()) }
    }

    fn commit(&mut self, observer: &mut impl Observer) -> Result<(), LaneError> {
        let inputs = self.shards.values().flat_map(|shard| shard.inputs.iter().map(move |input| (shard, input)));
        let positions = inputs.filter(|(shard, input)| shard.commits(input)).map(|(shard, input)| {
            let at = Input { topic: input.topic, partition: shard.partition };
            (at, input.position(shard.sweeps.counted()))
        });
        let positions: Vec<(Input, Position)> = positions.collect();
        match self.log.commit(&positions) {
            Ok(()) => {
                tracing::trace!("transaction committed");
                self.shards.values_mut().for_each(|shard| shard.commit());
                observer.committed(&self.tally);
                self.tally.clear();
                self.written = 0;
                self.become_idle();
                Ok(())
            }
            Err(error) => self.heal(error),
        }
    }

    /// Undoes what is open, in the log and in memory.
    pub(super) fn abort(&mut self, observer: &mut impl Observer) -> Result<(), LaneError> {
        match self.log.abort() {
            Ok(()) => {
                tracing::trace!("transaction aborted");
                self.roll_back()?;
                self.phase = Phase::Seeking;
                observer.aborted();
                Ok(())
            }
            Err(error) => self.heal(error),
        }
    }

    /// Takes the leads back to the last commit.
    pub(super) fn roll_back(&mut self) -> Result<(), LaneError> {
        for shard in self.shards.values_mut() {
            shard.roll_back().map_err(super::StepError::from)?;
        }
        self.step.forget();
        self.outbox.clear();
        self.tally.clear();
        self.written = 0;
        Ok(())
    }

    /// Asks for the records after the last commit again.
    fn seek_back(&mut self) -> Result<(), LaneError> {
        for shard in self.shards.values() {
            for input in &shard.inputs {
                let at = Input { topic: input.topic, partition: shard.partition };
                if let Err(error) = self.log.seek(at, input.committed) {
                    return self.heal(error);
                }
            }
        }
        self.become_idle();
        Ok(())
    }
}

/// Records of a partition that is not ours (any more) are passed over: its new owner reads them.
fn finish<T: Default, S, E>(shard: Option<&mut S>, work: impl FnOnce(&mut S) -> Result<T, E>) -> Result<T, E> {
    shard.map_or_else(|| Ok(T::default()), work)
}
