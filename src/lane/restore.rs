//! The second part of bringing a partition back: from where a snapshot stands, else from the beginning, its facts by folding its input
//! up to the committed position, its decisions from its score changes.
//!
//! A restore is a state machine that is given a slice of time now and then, so that the lane's other partitions go on. Dropping it
//! cancels it.
//!
//! The decisions that belong to the committed position lie below the end that the score changes had when the position was asked for:
//! whoever committed it had produced them before. Their transaction may still wait for its marker there, so the reader waits
//! until the last stable offset has passed that end.

use std::time::Duration;

use super::error::RestoreError;
use super::loading::Loaded;
use super::shard::{InputState, Shard, folded_from, swept};
use super::snapshots::Identities;
use super::step::Step;
use crate::log::{Batch, Bounds, Input, LogError, Position, Reader, Source, Stream};

/// Records folded in one slice: a few milliseconds of work.
const SLICE: usize = 1000;
/// How long nothing may come before another partition has its turn: at first, and at most. It doubles each time, so that a log which
/// takes longer to answer is waited for in the end.
const PATIENCE_MS: i64 = 500;
const MOST_PATIENCE_MS: i64 = 30_000;

pub struct Restore<R> {
    shard: Shard,
    /// What is still to be read; the last one first.
    plan: Vec<Leg>,
    said: Option<(i64, i64)>,
    reading: Option<(Leg, R)>,
    read: u64,
    unknown: u64,
    /// Not before this is it gone on with.
    due_ms: i64,
    /// Since when nothing has come, and how long that may last.
    waits_since_ms: Option<i64>,
    patience_ms: i64,
}

/// `[from, to)` of one stream; `from` moves as records are folded.
struct Leg {
    stream: Stream,
    from: i64,
    to: i64,
}

/// What a slice has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slice {
    Moved,
    /// Nothing has come; a transaction that is pending may have to end first.
    Waits,
    /// Nothing has come for so long that another one may have its turn.
    GivesWay,
    /// What it waits for is not there any more: it must be planned anew.
    CutShort,
    /// The partition is back.
    Done,
}

/// The way back.
pub struct Plan {
    inputs: Vec<InputState>,
    legs: Vec<Leg>,
    /// Transactions that held what sweeps have said.
    swept: u64,
    /// Score changes that the snapshot has taken in, and their end.
    said: Option<(i64, i64)>,
}

impl<R: Reader> Restore<R> {
    /// Plans the way from what was loaded to `committed`, asking the log what is there. `topics` and `score_changes` are the identities
    /// of what is read.
    pub fn plan<S: Source<Reader = R>>(
        log: &mut S,
        loaded: &Loaded,
        committed: &[(Input, Option<Position>)],
        streams: &Identities,
    ) -> Result<Plan, RestoreError> {
        let partition = loaded.shard.partition;
        let head = loaded.head.as_deref();
        let mut inputs = Vec::new();
        let mut legs = Vec::new();
        for (input, position) in committed {
            let topic = input.topic;
            let Bounds { low, high } = log.bounds(Stream::Events(topic), partition)?;
            let reach = head.and_then(|head| head.reach.iter().find(|reach| reach.topic == streams.events[topic]));
            let Some(position) = position else {
                inputs.push(InputState { topic, from: low, committed: low, next: low });
                continue;
            };
            // A position that somebody has set by hand says nothing of a beginning: what is left is what there is.
            let begin = || folded_from(position).unwrap_or(low);
            let (from, next) = reach.map_or_else(|| (begin(), begin()), |reach| (reach.from, reach.to));
            if low > next && next < position.offset {
                return Err(RestoreError::Deleted {
                    partition,
                    stream: "an input topic",
                    needed: next,
                    oldest: low,
                    remedy: "Bring back the snapshots that reach further, or keep the input for longer. To begin anew and lose what it held: \
                             reset the group's positions on this partition to the earliest.",
                });
            }
            if high < position.offset {
                return Err(RestoreError::BeyondEnd { partition, position: position.offset, end: high });
            }
            inputs.push(InputState { topic, from, committed: next, next });
            legs.push(Leg { stream: Stream::Events(topic), from: next, to: position.offset });
        }
        let mut taken_in = None;
        if committed.iter().any(|(_, position)| position.is_some()) {
            let bounds = log.bounds(Stream::ScoreChanges, partition)?;
            let said = head.map(|head| &head.said).filter(|said| said.topic == streams.score_changes);
            let from = said.map_or(0, |said| said.to);
            if bounds.low > from {
                return Err(RestoreError::Deleted {
                    partition,
                    stream: "the score changes",
                    needed: from,
                    oldest: bounds.low,
                    remedy: "They must be kept by compaction alone: set the topic's cleanup.policy to compact.",
                });
            }
            taken_in = Some((from, bounds.high));
            legs.insert(0, Leg { stream: Stream::ScoreChanges, from, to: bounds.high });
        }
        legs.retain(|leg| leg.from < leg.to);
        let swept = committed.iter().filter_map(|(_, position)| position.as_ref().map(swept)).max().unwrap_or(0);
        Ok(Plan { inputs, legs, swept, said: taken_in })
    }

    pub fn new(loaded: Loaded, plan: Plan) -> Self {
        let Loaded { mut shard, head, known } = loaded;
        (shard.inputs, shard.sweeps.count) = (plan.inputs, plan.swept);
        shard.snapshots.stand_at(head, known);

        Self {
            shard,
            plan: plan.legs,
            said: plan.said,
            reading: None,
            read: 0,
            unknown: 0,
            due_ms: i64::MIN,
            waits_since_ms: None,
            patience_ms: PATIENCE_MS,
        }
    }

    pub fn partition(&self) -> i32 {
        self.shard.partition
    }

    /// What was asked for.
    pub fn inputs(&self) -> Vec<Input> {
        let input = |state: &InputState| Input { topic: state.topic, partition: self.shard.partition };
        self.shard.inputs.iter().map(input).collect()
    }

    /// Records read so far, and records that are still to be read.
    pub fn progress(&self) -> (u64, u64) {
        let left = |leg: &Leg, at: i64| (leg.to - at).max(0) as u64;
        let planned: u64 = self.plan.iter().map(|leg| left(leg, leg.from)).sum();
        (self.read, planned + self.reading.as_ref().map_or(0, |(leg, reader)| left(leg, reader.position())))
    }

    pub fn is_due(&self, now_ms: i64) -> bool {
        self.due_ms <= now_ms
    }

    /// Closes the reader; it is opened again where it was.
    pub fn pause(&mut self) {
        self.plan.extend(self.reading.take().map(|(leg, _)| leg));
    }

    pub fn put_off(&mut self, until_ms: i64) {
        self.pause();
        self.due_ms = until_ms;
    }

    /// Whether it has waited for so long that another one may have its turn.
    fn gives_way(&mut self, now_ms: i64) -> bool {
        let since_ms = *self.waits_since_ms.get_or_insert(now_ms);
        let late = now_ms - since_ms >= self.patience_ms;
        if late {
            self.pause();
            self.waits_since_ms = None;
            self.patience_ms = (2 * self.patience_ms).min(MOST_PATIENCE_MS);
        }
        late
    }

    /// Whether what is read next ends before it should: brokers can lose records.
    fn is_cut_short<S: Source<Reader = R>>(&self, log: &mut S) -> Result<bool, LogError> {
        let Some(leg) = self.plan.last() else { return Ok(false) };
        Ok(log.bounds(leg.stream, self.shard.partition)?.high < leg.to)
    }

    /// Goes on for a slice. After an error it can be gone on with: nothing of what failed has been folded.
    pub fn go_on<S: Source<Reader = R>>(
        &mut self,
        log: &mut S,
        step: &mut Step,
        batch: &mut Batch,
        now_ms: i64,
    ) -> Result<Slice, RestoreError> {
        let Some((mut leg, mut reader)) = self.open(log)? else { return Ok(Slice::Done) };
        let done = match reader.poll(batch, SLICE, Duration::from_millis(1)) {
            Ok(done) => done,
            Err(error) => {
                self.plan.push(leg);
                return Err(error.into());
            }
        };
        self.read += batch.len() as u64;
        batch.each(|_, record| match leg.stream {
            Stream::Events(topic) => step.restore_facts(topic, record, &mut self.shard),
            _ => step.restore_decisions(record, &mut self.shard).map(|known| self.unknown += u64::from(!known)),
        })?;
        let moved = done || reader.position() > leg.from;
        leg.from = reader.position();
        if moved {
            (self.waits_since_ms, self.patience_ms) = (None, PATIENCE_MS);
        }
        if !done {
            self.reading = Some((leg, reader));
        } else if let Stream::Events(topic) = leg.stream {
            self.shard.advance(topic, leg.to);
        }
        Ok(match moved {
            _ if done && self.plan.is_empty() => Slice::Done,
            true => Slice::Moved,
            false if !self.gives_way(now_ms) => Slice::Waits,
            false if self.is_cut_short(log)? => Slice::CutShort,
            false => Slice::GivesWay,
        })
    }

    /// What is being read, else what is next. `None`: nothing is left.
    fn open<S: Source<Reader = R>>(&mut self, log: &mut S) -> Result<Option<(Leg, R)>, LogError> {
        if let Some(reading) = self.reading.take() {
            return Ok(Some(reading));
        }
        let Some(leg) = self.plan.last() else { return Ok(None) };
        let reader = log.reader(leg.stream, self.shard.partition, leg.from, leg.to)?;
        Ok(self.plan.pop().map(|leg| (leg, reader)))
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
        // Not before: this is no commit to the log.
        if let Some((said, end)) = self.said {
            self.shard.snapshots.has_read(said);
            self.shard.snapshots.ask(end);
        }
        self.shard
    }
}
