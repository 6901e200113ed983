//! The first part of bringing a partition back: its leads as the newest usable snapshot holds them.
//!
//! Another thread reads them and takes them in; the lane has no more to do with it than to look whether that is done. Dropping it
//! cancels it.

use std::sync::Arc;

use super::error::{RestoreError, StepError};
use super::shard::{Shard, folded_from};
use super::snapshots::Identities;
use crate::lead::leads::Leads;
use crate::lead::leads::bulk::Bulk;
use crate::log::{Input, Position};
use crate::snapshot::head::Head;
use crate::snapshot::keeper::{self, Found, Keeper, Load, Wanted, WantedInput};

/// Leads that are laid out for, whatever is said to come: whoever says so is a file.
const MOST_EXPECTED: u64 = 1 << 22;

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
    Running(Load<Bulk>),
    Done(Box<Loaded>),
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

    /// Has it read from here on; without a keeper there is nothing to read.
    pub fn begin(&mut self, keeper: Option<&Keeper>) {
        if let Phase::Wanted = self.phase {
            self.phase = match keeper {
                Some(keeper) => Phase::Running(keeper.load(self.wanted(), expecting)),
                None => self.done(Leads::default(), None, 0),
            };
        }
    }

    /// Looks at what has come. Returns whether anything has.
    pub fn go_on(&mut self, keeper: Option<&Keeper>) -> Result<bool, RestoreError> {
        self.begin(keeper);
        let partition = self.partition;
        let Phase::Running(load) = &mut self.phase else { return Ok(true) };
        match load.poll() {
            keeper::Loading::Waits => return Ok(false),
            keeper::Loading::Over(reason) => {
                tracing::warn!(partition, %reason, "a snapshot is passed over");
            }
            keeper::Loading::Struggling(error) => {
                tracing::warn!(partition, error, "the snapshots cannot be read; trying on");
            }
            keeper::Loading::Done(Found { sink, head, known }) => {
                let leads = sink.into_leads();
                if let Some(head) = &head {
                    let leads = leads.len();
                    tracing::info!(partition, snapshot = head.number, leads, "loaded from a snapshot");
                }
                self.phase = self.done(leads, head, known);
            }
            keeper::Loading::Full(full) => return Err(StepError::from(full).into()),
            keeper::Loading::Lost => return Err(RestoreError::Lost),
        }
        Ok(true)
    }

    fn done(&self, leads: Leads, head: Option<Arc<Head>>, known: u64) -> Phase {
        Phase::Done(Box::new(Loaded { shard: Shard::holding(self.partition, leads), head, known }))
    }

    /// `None` before it is done.
    pub fn loaded(&self) -> Option<&Loaded> {
        if let Phase::Done(loaded) = &self.phase { Some(loaded) } else { None }
    }

    /// `None` before it is done.
    pub fn finish(self) -> Option<Loaded> {
        if let Phase::Done(loaded) = self.phase { Some(*loaded) } else { None }
    }

    /// Rows so far: of a lead that has changed again and again, several.
    pub fn rows(&self) -> u64 {
        match &self.phase {
            Phase::Wanted => 0,
            Phase::Running(load) => load.taken(),
            Phase::Done(loaded) => loaded.shard.leads().len() as u64,
        }
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

fn expecting(leads: u64) -> Bulk {
    Bulk::with_room(leads.min(MOST_EXPECTED) as usize)
}
