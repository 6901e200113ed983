//! Partitions on their way back: from snapshots, then from the log, and what stops one.

use super::asking::{AGAIN_MS, Asking};
use super::error::RestoreError;
use super::loading::Loading;
use super::restore::{Restore, Slice};
use super::{Lane, LaneError, Observer};
use crate::log::{Log, Remedy};

/// Partitions that are loaded from snapshots at once.
pub const LOADS: usize = 4;
/// How long a committed position may lie beyond the end of its input. A leader that was deposed without knowing ends early until it learns
/// of it, and so might one whose high watermark lags; what the brokers have lost does not come back.
const BEYOND_END_MS: i64 = 30_000;

impl<L: Log> Lane<L> {
    /// Goes on with what has to be brought back. Returns whether something could be done for it.
    pub(super) fn bring_back(&mut self, now_ms: i64, observer: &mut impl Observer) -> Result<bool, LaneError> {
        let asked = self.ask(now_ms, observer)?;
        let loaded = self.load_on(now_ms, observer)?;
        let read = self.read_on(now_ms, observer)?;
        Ok(asked || loaded || read)
    }

    /// A slice for each of the partitions that come from snapshots, as far as they may at once.
    fn load_on(&mut self, now_ms: i64, observer: &mut impl Observer) -> Result<bool, LaneError> {
        let mut moved = false;
        for mut loading in std::mem::take(&mut self.loads) {
            if self.loads.len() >= LOADS || now_ms < loading.due_ms {
                self.loads.push(loading);
                continue;
            }
            match loading.go_on(self.snapshots.as_ref().map(|snapshots| &snapshots.keeper)) {
                Ok(some) => {
                    moved |= some;
                    match loading.loaded() {
                        Some(_) => self.plan(loading, now_ms, observer)?,
                        None => self.loads.push(loading),
                    }
                }
                Err(error) => self.restore_failed(loading.partition, error, observer)?,
            }
        }
        Ok(moved)
    }

    /// From a snapshot's state on, what is left is to be read.
    fn plan(&mut self, mut loading: Loading, now_ms: i64, observer: &mut impl Observer) -> Result<(), LaneError> {
        let partition = loading.partition;
        let Some(loaded) = loading.loaded() else { return Ok(()) };
        match Restore::plan(&mut self.log, loaded, &loading.committed, &loading.streams) {
            Ok(plan) => {
                let Some(loaded) = loading.finish() else { return Ok(()) };
                if self.beyond_end.remove(&partition).is_some() {
                    tracing::warn!(partition, "the input has reached the committed position; it is restored");
                }
                let restore = Restore::new(loaded, plan);
                // The shortest way first: the longest must not keep the others from their work.
                let left = restore.progress().1;
                let at = self.restores.iter().position(|other| other.progress().1 > left);
                self.restores.insert(at.unwrap_or(self.restores.len()), restore);
                Ok(())
            }
            Err(RestoreError::Log(error)) if error.passes() => {
                tracing::debug!(partition, %error, "what it is restored from is not known yet");
                loading.due_ms = now_ms + AGAIN_MS;
                self.loads.push(loading);
                Ok(())
            }
            Err(error @ RestoreError::BeyondEnd { .. }) if self.may_yet_end_later(partition, &error, now_ms) => {
                let inputs = loading.committed.iter().map(|(input, _)| *input).collect();
                self.asking.push(Asking::later(partition, inputs, now_ms));
                Ok(())
            }
            Err(error) => self.restore_failed(partition, error, observer),
        }
    }

    /// A slice for one of the partitions that come from the log.
    fn read_on(&mut self, now_ms: i64, observer: &mut impl Observer) -> Result<bool, LaneError> {
        let Some(at) = self.restores.iter().position(|restore| restore.is_due(now_ms)) else { return Ok(false) };
        let mut restore = self.restores.remove(at);
        // One reader at a time: it may be a whole client.
        self.restores.iter_mut().for_each(Restore::pause);
        match restore.go_on(&mut self.log, &mut self.step, &mut self.batch, now_ms) {
            Ok(Slice::Moved | Slice::Waits) => self.restores.insert(at, restore),
            Ok(Slice::GivesWay) => self.restores.push(restore),
            Ok(Slice::CutShort) => self.asking.push(Asking::new(restore.partition(), restore.inputs(), now_ms)),
            Ok(Slice::Done) => {
                let (records, _) = restore.progress();
                let shard = restore.finish();
                observer.restored(shard.partition, records);
                self.activate(shard, now_ms)?;
            }
            Err(RestoreError::Log(error)) if error.passes() => {
                tracing::debug!(partition = restore.partition(), %error, "read on later");
                restore.put_off(now_ms + AGAIN_MS);
                self.restores.push(restore);
            }
            Err(error) => self.restore_failed(restore.partition(), error, observer)?,
        }
        Ok(true)
    }

    fn restore_failed(
        &mut self,
        partition: i32,
        error: RestoreError,
        observer: &mut impl Observer,
    ) -> Result<(), LaneError> {
        match error {
            RestoreError::Log(error) if matches!(error.remedy, Remedy::Rejoin | Remedy::Displaced) => {
                Err(LaneError::Rejoin(error))
            }
            RestoreError::Step(error) => Err(error.into()),
            error => {
                tracing::error!(partition, %error, "the partition is stopped");
                observer.stopped(partition, &error.to_string());
                self.stopped.insert(partition, error.to_string());
                Ok(())
            }
        }
    }

    /// Whether an input that ends before the committed position may be asked once more: each time anew for both.
    fn may_yet_end_later(&mut self, partition: i32, error: &RestoreError, now_ms: i64) -> bool {
        let since_ms = *self.beyond_end.entry(partition).or_insert_with(|| {
            tracing::warn!(partition, %error, "waiting for the brokers to say otherwise");
            now_ms
        });
        now_ms - since_ms < BEYOND_END_MS
    }
}
