//! Bringing a partition back: its facts by folding its input up to the committed position, its decisions from its score changes.
//!
//! A restore is a state machine that is given a slice of time now and then, so that the lane's other partitions go on. Dropping it
//! cancels it.
//!
//! The decisions that belong to the committed position lie below the end that the score changes had when the position was asked for:
//! whoever committed it had produced them before. Their transaction may still wait for its marker there, so the reader waits
//! until the last stable offset has passed that end.

use std::time::Duration;

use super::shard::{InputState, Shard, folded_from};
use super::step::{Step, StepError};
use crate::log::{Batch, Input, Log, LogError, Position, Reader, Stream};

/// Records folded in one slice: a few milliseconds of work.
const SLICE: usize = 1000;

pub struct Restore<R> {
    shard: Shard,
    /// What is still to be read; the last one first.
    plan: Vec<Leg>,
    reading: Option<(Leg, R)>,
    read: u64,
    unknown: u64,
}

/// `[from, to)` of one stream.
struct Leg {
    stream: Stream,
    from: i64,
    to: i64,
}

/// Why a partition cannot be brought back.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Step(#[from] StepError),
    #[error(
        "retention has deleted what partition {partition} of {stream} is restored from: offset {needed} is needed, the oldest is {oldest}. \
         {remedy}"
    )]
    Deleted { partition: i32, stream: &'static str, needed: i64, oldest: i64, remedy: &'static str },
}

impl<R: Reader> Restore<R> {
    /// Plans the way back to `committed`, asking the log what is there.
    pub fn plan<L: Log<Reader = R>>(
        log: &mut L,
        partition: i32,
        committed: &[(Input, Option<Position>)],
    ) -> Result<Self, RestoreError> {
        let mut inputs = Vec::new();
        let mut plan = Vec::new();
        for (input, position) in committed {
            let low = log.bounds(Stream::Events(input.topic), partition)?.low;
            let Some(position) = position else {
                inputs.push(InputState { topic: input.topic, from: low, committed: low, next: low });
                continue;
            };
            // A position that somebody has set by hand says nothing of a beginning: what is left is what there is.
            let from = folded_from(position).unwrap_or(low);
            if low > from && from < position.offset {
                return Err(RestoreError::Deleted {
                    partition,
                    stream: "an input topic",
                    needed: from,
                    oldest: low,
                    remedy: "Keep the input for longer, or begin anew: reset the group's positions on this partition to the earliest.",
                });
            }
            inputs.push(InputState { topic: input.topic, from, committed: from, next: from });
            plan.push(Leg { stream: Stream::Events(input.topic), from, to: position.offset });
        }
        if !plan.is_empty() {
            let bounds = log.bounds(Stream::ScoreChanges, partition)?;
            if bounds.low > 0 {
                return Err(RestoreError::Deleted {
                    partition,
                    stream: "the score changes",
                    needed: 0,
                    oldest: bounds.low,
                    remedy: "They must be kept by compaction alone: set the topic's cleanup.policy to compact.",
                });
            }
            plan.insert(0, Leg { stream: Stream::ScoreChanges, from: 0, to: bounds.high });
        }
        plan.retain(|leg| leg.from < leg.to);
        Ok(Self { shard: Shard::new(partition, inputs), plan, reading: None, read: 0, unknown: 0 })
    }

    pub fn partition(&self) -> i32 {
        self.shard.partition
    }

    pub fn inputs(&self) -> Vec<Input> {
        let partition = self.shard.partition;
        self.shard.inputs.iter().map(|input| Input { topic: input.topic, partition }).collect()
    }

    /// Records read so far, and records that are still to be read.
    pub fn progress(&self) -> (u64, u64) {
        let left = |leg: &Leg, at: i64| (leg.to - at).max(0) as u64;
        let planned: u64 = self.plan.iter().map(|leg| left(leg, leg.from)).sum();
        (self.read, planned + self.reading.as_ref().map_or(0, |(leg, reader)| left(leg, reader.position())))
    }

    /// Goes on for a slice. Returns whether the partition is back.
    pub fn go_on<L: Log<Reader = R>>(
        &mut self,
        log: &mut L,
        step: &mut Step,
        batch: &mut Batch,
    ) -> Result<bool, RestoreError> {
        let (leg, mut reader) = match self.reading.take() {
            Some(reading) => reading,
            None => match self.plan.pop() {
                Some(leg) => {
                    let reader = log.reader(leg.stream, self.shard.partition, leg.from, leg.to)?;
                    (leg, reader)
                }
                None => return Ok(true),
            },
        };
        let done = reader.poll(batch, SLICE, Duration::from_millis(1))?;
        self.read += batch.len() as u64;
        batch.each(|_, record| match leg.stream {
            Stream::Events(topic) => step.restore_facts(topic, record, &mut self.shard),
            _ => step.restore_decisions(record, &mut self.shard).map(|known| self.unknown += u64::from(!known)),
        })?;
        if !done {
            self.reading = Some((leg, reader));
        } else if let Stream::Events(topic) = leg.stream {
            self.shard.advance(topic, leg.to);
        }
        Ok(done && self.plan.is_empty())
    }

    /// The partition as it was at its committed position.
    pub fn finish(mut self) -> Shard {
        if self.unknown > 0 {
            tracing::warn!(
                partition = self.shard.partition,
                score_changes = self.unknown,
                "score changes of leads that the input no longer makes: were limits, tenancy or blocked ids changed?"
            );
        }
        self.shard.commit();
        self.shard
    }
}
