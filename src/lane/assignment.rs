//! Which partitions are the lane's: taking them over, finding out where they go on, giving them up.

use std::collections::BTreeMap;

use super::asking::{self, Asking, PATIENTLY};
use super::bringing_back::LOADS;
use super::loading::Loading;
use super::shard::{InputState, Shard, folded_from, swept};
use super::{Lane, LaneError, Observer, Phase};
use crate::log::{Change, Input, Log, LogError, Position, Remedy};

impl<L: Log> Lane<L> {
    pub(super) fn rebalance(
        &mut self,
        change: Change,
        now_ms: i64,
        observer: &mut impl Observer,
    ) -> Result<(), LaneError> {
        match change {
            Change::Assigned(inputs) => {
                tracing::info!(partitions = ?by_partition(&inputs).keys().collect::<Vec<_>>(), "partitions assigned");
                self.take_over(inputs, now_ms, observer)
            }
            Change::Revoked(inputs) => {
                self.commit_open(now_ms, observer)?;
                self.end_before_release()?;
                tracing::info!(partitions = ?by_partition(&inputs).keys().collect::<Vec<_>>(), "partitions given up");
                self.give_up(&inputs)
            }
            Change::Lost(inputs) => {
                if self.phase != Phase::Idle {
                    // Not `settle`: it would seek what is no longer here.
                    self.phase = Phase::Aborting;
                    self.abort(observer)?;
                }
                self.end_before_release()?;
                tracing::warn!(partitions = ?by_partition(&inputs).keys().collect::<Vec<_>>(), "partitions lost");
                self.give_up(&inputs)
            }
        }
    }

    /// Before partitions change hands nothing may be open; what cannot be ended now is ended by fencing. What is still to be sought
    /// of the partitions that stay is sought afterwards.
    fn end_before_release(&self) -> Result<(), LaneError> {
        match self.phase {
            Phase::Idle | Phase::Seeking => Ok(()),
            _ => Err(LaneError::Rejoin(LogError {
                remedy: Remedy::Rejoin,
                doing: "giving partitions up",
                cause: "the transaction could be neither committed nor aborted in time".to_owned(),
            })),
        }
    }

    /// Everything is taken paused. One question tells where the partitions go on that the lane had before, whose positions are its own last
    /// commit's in most cases; another one where the others do, on which a dead member may have left something pending. Where some position
    /// is not known yet, each partition is asked for by itself later, so that the others need not wait for it. What comes from snapshots
    /// is read from here on, while the log still takes the partitions over.
    fn take_over(&mut self, inputs: Vec<Input>, now_ms: i64, observer: &mut impl Observer) -> Result<(), LaneError> {
        let known = self.positions(&inputs);
        let mut left = Vec::new();
        for (partition, inputs) in by_partition(&inputs) {
            self.stopped.remove(&partition);
            let committed = inputs.iter().map(|input| Some((*input, known.get(input)?.clone()))).collect();
            match committed {
                Some(committed) if self.aside.contains_key(&partition) => left.push((partition, committed)),
                Some(committed) => self.come_back(partition, committed, now_ms, observer)?,
                None => self.asking.push(Asking::new(partition, inputs, now_ms)),
            }
        }
        let keeper = self.snapshots.as_ref().map(|snapshots| &snapshots.keeper);
        self.loads.iter_mut().take(LOADS).for_each(|loading| loading.begin(keeper));
        // In most cases this is where they go on; where it is not, `activate` seeks.
        let start = |input: &Input| known.get(input).and_then(|position| position.as_ref()).map_or(0, |p| p.offset);
        let starts: Vec<(Input, i64)> = inputs.iter().map(|input| (*input, start(input))).collect();
        self.log.own(&starts).map_err(unclear)?;
        self.delivered_from.extend(starts);
        for (partition, committed) in left {
            self.come_back(partition, committed, now_ms, observer)?;
        }
        self.forget_others();
        self.joined = true;
        Ok(())
    }

    /// Positions of the group, as far as they are told at once.
    fn positions(&mut self, inputs: &[Input]) -> BTreeMap<Input, Option<Position>> {
        let (had, new): (Vec<Input>, Vec<Input>) =
            inputs.iter().partition(|input| self.aside.contains_key(&input.partition));
        let wait = asking::wait(0, !had.is_empty() || self.is_busy());
        let mut known = BTreeMap::new();
        for (asked, wait) in [(had, PATIENTLY), (new, wait)] {
            if !asked.is_empty()
                && let Ok(told) = self.log.committed(&asked, wait)
            {
                known.extend(asked.into_iter().zip(told));
            }
        }
        known
    }

    /// Whether there are partitions that a question would hold up.
    fn is_busy(&self) -> bool {
        !(self.shards.is_empty() && self.loads.is_empty() && self.restores.is_empty())
    }

    fn give_up(&mut self, inputs: &[Input]) -> Result<(), LaneError> {
        for partition in by_partition(inputs).into_keys() {
            self.asking.retain(|asking| asking.partition != partition);
            self.loads.retain(|loading| loading.partition != partition);
            self.restores.retain(|restore| restore.partition() != partition);
            self.stopped.remove(&partition);
            self.beyond_end.remove(&partition);
            self.delivered_from.retain(|input, _| input.partition != partition);
            if let Some(mut shard) = self.shards.remove(&partition) {
                shard.drop_copy();
                self.aside.insert(partition, shard);
            }
        }
        self.log.release(inputs).map_err(unclear)
    }

    /// Finds out where a partition goes on, and plans its way there. Returns whether another one is due.
    pub(super) fn ask(&mut self, now_ms: i64, observer: &mut impl Observer) -> Result<bool, LaneError> {
        let Some(at) = asking::next(&self.asking, now_ms) else { return Ok(false) };
        let mut asking = self.asking.swap_remove(at);
        match self.log.committed(&asking.inputs, asking.wait(self.is_busy())) {
            Ok(positions) => {
                let committed = asking.inputs.into_iter().zip(positions).collect();
                self.come_back(asking.partition, committed, now_ms, observer)?;
                self.forget_others();
            }
            Err(error) if error.passes() => {
                tracing::debug!(partition = asking.partition, %error, "its position is not known yet");
                asking.put_off(now_ms);
                self.asking.push(asking);
            }
            Err(error) => self.heal(error)?,
        }
        Ok(asking::next(&self.asking, now_ms).is_some())
    }

    /// Takes a partition up where it was left, if the group has it there, else begins to restore it.
    fn come_back(
        &mut self,
        partition: i32,
        committed: Vec<(Input, Option<Position>)>,
        now_ms: i64,
        observer: &mut impl Observer,
    ) -> Result<(), LaneError> {
        if let Some(shard) = self.aside.remove(&partition).filter(|shard| stands_at(shard, &committed)) {
            tracing::info!(partition, "taken up again where it was left");
            return self.activate(shard, now_ms);
        }
        match self.identities() {
            Ok(streams) => {
                observer.restoring(partition);
                self.loads.push(Loading::new(partition, committed, streams));
                Ok(())
            }
            Err(error) if error.passes() => {
                tracing::debug!(partition, %error, "the ids of its topics are not known yet");
                let inputs = committed.into_iter().map(|(input, _)| input).collect();
                self.asking.push(Asking::later(partition, inputs, now_ms));
                Ok(())
            }
            Err(error) => self.heal(error),
        }
    }

    /// What nobody asks for any more belongs to another lane by now.
    fn forget_others(&mut self) {
        if self.asking.is_empty() {
            self.aside.clear();
        }
    }

    /// From here on the partition's records are worked on.
    pub(super) fn activate(&mut self, mut shard: Shard, now_ms: i64) -> Result<(), LaneError> {
        let partition = shard.partition;
        let inputs = shard.inputs.iter().map(|state| (Input { topic: state.topic, partition }, state.next));
        let inputs: Vec<(Input, i64)> = inputs.collect();
        for (input, next) in &inputs {
            // Once resumed it moves: whoever comes here again seeks.
            let there = self.delivered_from.remove(input) == Some(*next);
            let sought = if there { Ok(()) } else { self.log.seek(*input, *next) };
            match sought.and_then(|()| self.log.resume(*input)) {
                Ok(()) => {}
                Err(error) if error.remedy == Remedy::Retry => {
                    self.aside.insert(partition, shard);
                    let inputs = inputs.into_iter().map(|(input, _)| input).collect();
                    self.asking.push(Asking::later(partition, inputs, now_ms));
                    return Ok(());
                }
                Err(error) => return Err(unclear(error)),
            }
        }
        shard.snapshots.come(now_ms);
        if self.sweeping.is_some() {
            // What was last said, other models may have said.
            shard.sweeps.models_have_changed();
        }
        self.shards.insert(partition, shard);
        Ok(())
    }
}

/// After this it is not clear what the log owns and delivers: a new one is.
fn unclear(error: LogError) -> LaneError {
    if error.remedy == Remedy::Crash { LaneError::Crash(error) } else { LaneError::Rejoin(error) }
}

/// Whether the group's positions are where this shard was at its last commit: then nobody has moved them since, nor said anything of
/// its leads without moving them.
fn stands_at(shard: &Shard, committed: &[(Input, Option<Position>)]) -> bool {
    shard.inputs.len() == committed.len()
        && committed.iter().all(|(input, position)| {
            let state = shard.inputs.iter().find(|state| state.topic == input.topic);
            // The beginning too: a position that was set by hand carries none.
            let here = |state: &InputState, position: &Position| {
                position.offset == state.committed
                    && folded_from(position) == Some(state.from)
                    && swept(position) == shard.sweeps.count
            };
            state.is_some_and(|state| position.as_ref().is_some_and(|position| here(state, position)))
        })
}

fn by_partition(inputs: &[Input]) -> BTreeMap<i32, Vec<Input>> {
    let mut partitions: BTreeMap<i32, Vec<Input>> = BTreeMap::new();
    for input in inputs {
        partitions.entry(input.partition).or_default().push(*input);
    }
    partitions
}
