//! The lane's side of sweeps: a slice of one partition's leads in a turn, after the events.
//!
//! Events come first: a slice follows on what was polled, never the other way round, and is so small that an event which comes
//! meanwhile waits for a millisecond or two. Where more is waiting already, a slice is smaller, and time is not looked at: what comes
//! in is older than now. While other partitions are loaded a slice is smaller, too, so that the processor is theirs.

use super::shard::Shard;
use super::step::SLICE;
use super::sweep::Sweeping;
use super::{Lane, LaneError, Phase};
use crate::decision::Occasion;
use crate::log::Log;

/// Places that are looked at in one slice.
const PLACES: usize = 2048;
/// The same while events or partitions are waiting.
const FEWER_PLACES: usize = 256;
/// Leads that are rescored in one slice then.
const SMALLER_SLICE: usize = 16;

impl<L: Log> Lane<L> {
    /// The same lane, that rescores leads to whom nothing happens: after other models are served, and as time passes, which then is
    /// what the turns are given, in milliseconds since 1970.
    pub fn sweeping(self, sweeping: Option<Sweeping>) -> Self {
        Self { sweeping, ..self }
    }

    /// Whether leads wait for their turn, so that the log should not be waited for.
    pub(super) fn is_sweeping(&self) -> bool {
        self.sweeping.is_some() && self.shards.values().any(|shard| shard.sweeps.running().is_some())
    }

    /// Every lead is due: other models are served.
    pub(super) fn sweep_all(&mut self) {
        if self.sweeping.is_some() {
            self.shards.values_mut().for_each(|shard| shard.sweeps.models_have_changed());
        }
    }

    /// A slice for one of the partitions.
    pub(super) fn sweep(&mut self, now_ms: i64) -> Result<(), LaneError> {
        let Some(sweeping) = self.sweeping else { return Ok(()) };
        let every_ms = sweeping.every_ms.unwrap_or(i64::MAX);
        if let Some(every_ms) = sweeping.every_ms {
            self.shards.values_mut().for_each(|s| s.sweeps.begin_if_due(s.partition, now_ms, every_ms));
        }
        let (rows, places) = match self.backlog || !self.loads.is_empty() {
            true => (SMALLER_SLICE, FEWER_PLACES),
            false => (SLICE, PLACES),
        };
        let is_wanted = |shard: &Shard| {
            let sweep = shard.sweeps.running().filter(|sweep| sweep.occasion == Occasion::Model || !self.backlog);
            sweep.map(|sweep| (shard.partition, sweep))
        };
        let Some((partition, sweep)) = self.shards.values().find_map(is_wanted) else { return Ok(()) };
        let Self { shards, step, outbox, tally, .. } = self;
        let Some(shard) = shards.get_mut(&partition) else { return Ok(()) };
        let rest = step.sweep(sweep, every_ms, (rows, places), shard, outbox, tally)?;
        shard.sweeps.go_on(rest);
        if outbox.is_empty() {
            if self.phase == Phase::Idle {
                shard.sweeps.settle();
            }
            return Ok(());
        }
        shard.sweeps.has_said();
        if self.phase == Phase::Idle && !self.open(now_ms)? {
            return Ok(());
        }
        if let Err(error) = self.write() {
            self.phase = Phase::Aborting;
            return self.heal(error);
        }
        tracing::trace!(partition, "swept");
        Ok(())
    }
}
