//! The first part of bringing a partition back: its leads as the newest usable snapshot holds them.
//!
//! The rows come from another thread, as they are read; taking them in never waits. Dropping it cancels it.

use std::sync::Arc;

use super::error::StepError;
use super::restore::RestoreError;
use super::shard::{Shard, folded_from};
use super::snapshots::Identities;
use crate::log::{Input, Position};
use crate::snapshot::head::Head;
use crate::snapshot::keeper::{self, Keeper, Load, Wanted, WantedInput};

pub struct Loading {
    pub partition: i32,
    pub committed: Vec<(Input, Option<Position>)>,
    pub streams: Identities,
    /// Not before this is it gone on with.
    pub due_ms: i64,
    phase: Phase,
}

enum Phase {
    /// Waits for its turn.
    Wanted,
    Running(Load, Shard),
    Done(Loaded),
}

/// A partition as a snapshot holds it; empty where there is none.
pub struct Loaded {
    pub shard: Shard,
    pub head: Option<Arc<Head>>,
    /// The newest entry that there is.
    pub known: u64,
}

impl Loading {
    pub fn new(partition: i32, committed: Vec<(Input, Option<Position>)>, streams: Identities) -> Self {
        Self { partition, committed, streams, due_ms: i64::MIN, phase: Phase::Wanted }
    }

    /// Takes in what has come. Returns whether anything has.
    pub fn go_on(&mut self, keeper: Option<&Keeper>) -> Result<bool, RestoreError> {
        let partition = self.partition;
        let empty = || Shard::new(partition, Vec::new());
        let (load, shard) = match &mut self.phase {
            Phase::Wanted => {
                self.phase = match keeper {
                    Some(keeper) => Phase::Running(keeper.load(self.wanted()), empty()),
                    None => Phase::Done(Loaded { shard: empty(), head: None, known: 0 }),
                };
                return Ok(true);
            }
            Phase::Running(load, shard) => (load, shard),
            Phase::Done(_) => return Ok(true),
        };
        match load.poll() {
            keeper::Loading::Waits => return Ok(false),
            keeper::Loading::Begins(leads) => shard.expect(leads),
            keeper::Loading::Rows(rows) => {
                shard.write_all_from_snapshot(&rows).map_err(StepError::from)?;
                load.give_back(rows);
            }
            keeper::Loading::Over(reason) => {
                tracing::warn!(partition, %reason, "a snapshot is passed over");
                *shard = empty();
            }
            keeper::Loading::Struggling(error) => {
                tracing::warn!(partition, error, "the snapshots cannot be read; trying on");
            }
            keeper::Loading::Done(head, known) => {
                if let Some(head) = &head {
                    let leads = shard.leads().len();
                    tracing::info!(partition, snapshot = head.number, leads, "loaded from a snapshot");
                }
                let shard = std::mem::replace(shard, empty());
                self.phase = Phase::Done(Loaded { shard, head, known });
            }
            keeper::Loading::Lost => return Err(RestoreError::Lost),
        }
        Ok(true)
    }

    /// `None` before it is done.
    pub fn loaded(&self) -> Option<&Loaded> {
        if let Phase::Done(loaded) = &self.phase { Some(loaded) } else { None }
    }

    /// `None` before it is done.
    pub fn finish(self) -> Option<Loaded> {
        if let Phase::Done(loaded) = self.phase { Some(loaded) } else { None }
    }

    /// Leads so far.
    pub fn leads(&self) -> u64 {
        let shard = match &self.phase {
            Phase::Wanted => return 0,
            Phase::Running(_, shard) | Phase::Done(Loaded { shard, .. }) => shard,
        };
        shard.leads().len() as u64
    }

    fn wanted(&self) -> Wanted {
        let input = |(input, position): &(Input, Option<Position>)| WantedInput {
            topic: self.streams.events[input.topic].clone(),
            committed: position.as_ref().map_or(0, |position| position.offset),
            from: position.as_ref().and_then(folded_from),
        };
        let inputs = self.committed.iter().map(input).collect();
        Wanted { partition: self.partition, inputs, score_changes: self.streams.score_changes.clone() }
    }
}
