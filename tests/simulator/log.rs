//! The log that a simulated lane is given: the memory log, or one that makes a mistake which the audit must find.

use std::collections::BTreeMap;
use std::time::Duration;

use needle::log::memory::{Broker, MemoryLog, MemoryReader, Settings};
use needle::log::{Batch, Bounds, Change, Input, Log, LogError, Output, Position, Reader, Remedy, Source, Stream};

use super::chaos::Chaos;
use super::lane_support::logs::Kept;

/// A mistake that a log, or the lane above it, could make.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mistake {
    #[default]
    None,
    /// Now and then an output is not written.
    Drop,
    /// Now and then one is written twice.
    Double,
    /// Now and then one comes after the next one.
    Reorder,
    /// Positions first, then outputs in a transaction of their own.
    CommitBeforeProduce,
    /// Outputs first, then positions in a transaction of their own.
    PositionsApart,
    /// What a fenced lane has said is written all the same.
    NoFencing,
    /// Leads stay as an aborted transaction has left them.
    UndoForgotten,
    /// After an abort the lane goes on where it was.
    SeekForgotten,
    /// What was undone is written all the same.
    AbortCommits,
    /// Facts without the last event before the committed position.
    RestoreOneTooFew,
    /// Facts with an event that is still to come.
    RestoreOneTooMany,
    /// Restores without decisions.
    DecisionsForgotten,
    /// Decisions are read up to the last record that is at hand, whatever a pending transaction may still bring.
    TailByLastRecord,
    /// Decisions are those of the snapshot, whatever was said after it.
    DecisionsOfSnapshot,
    /// A snapshot holds what came after the positions that it tells.
    SnapshotOfUncommitted,
    /// Entries are put whether or not there is one.
    PutWithoutIfAbsent,
    /// A commit that moves nothing is never asked for, so that a lane does not hear by it that it was replaced.
    ProofForgotten,
}

/// Every so many outputs a mistake is made.
const NOW_AND_THEN: usize = 40;

pub struct SimLog {
    log: MemoryLog,
    mistake: Mistake,
    chaos: Chaos,
    /// What only a mistake needs.
    broker: Broker,
    settings: Settings,
    outputs: usize,
    kept: Vec<Kept>,
    at: BTreeMap<Input, i64>,
}

impl SimLog {
    pub fn new(broker: &Broker, settings: &Settings, mistake: Mistake, chaos: &Chaos) -> Result<Self, LogError> {
        let log = MemoryLog::with_faults(broker, settings.clone(), chaos.clone())?;
        let (broker, settings, chaos) = (broker.clone(), settings.clone(), chaos.clone());
        let (kept, at) = Default::default();
        Ok(Self { log, mistake, chaos, broker, settings, outputs: 0, kept, at })
    }

    /// A lane that nobody fences: its outputs go out under a name of their own.
    fn unfenced(&mut self) -> Result<(), LogError> {
        let transactional_id = format!("unfenced-{}", self.settings.transactional_id);
        let mut log = MemoryLog::new(&self.broker, Settings { transactional_id, ..self.settings.clone() })?;
        log.begin()?;
        self.kept.drain(..).try_for_each(|kept| kept.send(&mut log))?;
        log.commit(&[])
    }

    /// The lane is told that an aborted transaction was committed, but gets its records again.
    fn unnoticed(&mut self) -> Result<(), LogError> {
        self.log.abort()?;
        for (input, offset) in &self.at {
            self.log.seek(*input, *offset)?;
        }
        Ok(())
    }

    fn commit_bent(&mut self, positions: &[(Input, Position)]) -> Result<(), LogError> {
        let moves = |(input, position): &(Input, Position)| self.at.get(input) != Some(&position.offset);
        match self.mistake {
            Mistake::ProofForgotten if !positions.iter().any(moves) => {
                // Whoever was fenced is not told of it.
                drop(self.log.abort());
                Ok(())
            }
            Mistake::PositionsApart => {
                self.log.commit(&[])?;
                self.log.begin()?;
                self.log.commit(positions)
            }
            Mistake::CommitBeforeProduce => {
                self.log.commit(positions)?;
                self.log.begin()?;
                let Self { log, kept, .. } = self;
                kept.drain(..).try_for_each(|kept| kept.send(log))?;
                self.log.commit(&[])
            }
            Mistake::Reorder => {
                let Self { log, kept, .. } = self;
                kept.drain(..).try_for_each(|kept| kept.send(log))?;
                log.commit(positions)
            }
            Mistake::NoFencing => {
                let fenced = |error: &LogError| error.remedy != Remedy::Retry && error.cause != "injected";
                match self.log.commit(positions) {
                    Err(error) if fenced(&error) => self.unfenced().and(Err(error)),
                    ended => ended,
                }
            }
            Mistake::UndoForgotten => match self.log.commit(positions) {
                Err(error) if error.remedy == Remedy::Abort => self.unnoticed(),
                ended => ended,
            },
            _ => self.log.commit(positions),
        }
    }
}

impl Source for SimLog {
    type Reader = SimReader;

    fn committed(&mut self, inputs: &[Input], wait: Duration) -> Result<Vec<Option<Position>>, LogError> {
        self.log.committed(inputs, wait)
    }
    fn bounds(&mut self, stream: Stream, partition: i32) -> Result<Bounds, LogError> {
        self.log.bounds(stream, partition)
    }
    fn topic_id(&mut self, stream: Stream) -> Result<String, LogError> {
        self.log.topic_id(stream)
    }
    fn reader(&mut self, stream: Stream, partition: i32, from: i64, to: i64) -> Result<SimReader, LogError> {
        let (from, to) = match (self.mistake, stream) {
            (Mistake::RestoreOneTooFew, Stream::Events(_)) => (from, to - 1),
            (Mistake::RestoreOneTooMany, Stream::Events(_)) => (from, to + 1),
            (Mistake::DecisionsForgotten, Stream::ScoreChanges) => (to, to),
            (Mistake::DecisionsOfSnapshot, Stream::ScoreChanges) if from > 0 => (to, to),
            _ => (from, to),
        };
        let short = self.mistake == Mistake::TailByLastRecord && stream == Stream::ScoreChanges;
        Ok(SimReader { reader: self.log.reader(stream, partition, from, to)?, chaos: self.chaos.clone(), short })
    }
}

impl Log for SimLog {
    fn poll(&mut self, batch: &mut Batch, max: usize, wait: Duration) -> Result<Option<Change>, LogError> {
        self.log.poll(batch, max, wait)
    }
    fn own(&mut self, starts: &[(Input, i64)]) -> Result<(), LogError> {
        self.at.extend(starts.iter().copied());
        self.log.own(starts)
    }
    fn resume(&mut self, input: Input) -> Result<(), LogError> {
        self.log.resume(input)
    }
    fn pause(&mut self, input: Input) -> Result<(), LogError> {
        self.log.pause(input)
    }
    fn release(&mut self, inputs: &[Input]) -> Result<(), LogError> {
        self.at.retain(|input, _| !inputs.contains(input));
        self.log.release(inputs)
    }
    fn seek(&mut self, input: Input, offset: i64) -> Result<(), LogError> {
        self.at.insert(input, offset);
        if self.mistake == Mistake::SeekForgotten { Ok(()) } else { self.log.seek(input, offset) }
    }
    fn end(&self, input: Input) -> Option<i64> {
        self.log.end(input)
    }
    fn begin(&mut self) -> Result<(), LogError> {
        self.kept.clear();
        self.log.begin()
    }
    fn produce(&mut self, output: Output<'_>) -> Result<(), LogError> {
        self.outputs += 1;
        let strange = self.outputs.is_multiple_of(NOW_AND_THEN);
        match self.mistake {
            Mistake::Drop if strange => Ok(()),
            Mistake::Double if strange => self.log.produce(output).and_then(|()| self.log.produce(output)),
            Mistake::Reorder if strange => {
                self.kept.push(Kept::of(&output));
                Ok(())
            }
            Mistake::Reorder => {
                self.log.produce(output)?;
                let Self { log, kept, .. } = self;
                kept.drain(..).try_for_each(|kept| kept.send(log))
            }
            Mistake::CommitBeforeProduce => {
                self.kept.push(Kept::of(&output));
                Ok(())
            }
            Mistake::NoFencing => {
                self.kept.push(Kept::of(&output));
                self.log.produce(output)
            }
            _ => self.log.produce(output),
        }
    }
    fn commit(&mut self, positions: &[(Input, Position)]) -> Result<(), LogError> {
        self.commit_bent(positions)?;
        self.at.extend(positions.iter().map(|(input, position)| (*input, position.offset)));
        Ok(())
    }
    fn abort(&mut self) -> Result<(), LogError> {
        self.kept.clear();
        if self.mistake == Mistake::AbortCommits { self.log.commit(&[]) } else { self.log.abort() }
    }
    fn leave(&mut self) -> Result<(), LogError> {
        self.log.leave()
    }
}

pub struct SimReader {
    reader: MemoryReader,
    chaos: Chaos,
    short: bool,
}

impl Reader for SimReader {
    fn poll(&mut self, batch: &mut Batch, max: usize, wait: Duration) -> Result<bool, LogError> {
        let max = max.min(self.chaos.reading());
        let done = self.reader.poll(batch, max, wait)?;
        Ok(done || (self.short && max > 0 && batch.is_empty()))
    }
    fn position(&self) -> i64 {
        self.reader.position()
    }
}
