//! The memory log, with polls cut smaller than the lane asks for, or with one of the mistakes that the tests must find.

use std::time::Duration;

use needle::log::memory::{MemoryLog, MemoryReader};
use needle::log::{Batch, Bounds, Change, Input, Log, LogError, Output, Position, Reader, Source, Stream};
use needle::wire::record::OwnedHeaders;

use super::events::Random;

/// A mistake that a log, or the lane above it, could make.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bend {
    #[default]
    None,
    /// After an abort it goes on where it was.
    ForgetsToSeek,
    /// What was undone is written all the same.
    CommitsWhatIsAborted,
    /// Outputs first, then positions in a transaction of their own.
    OutputsFirst,
    /// Positions first, then outputs in a transaction of their own.
    PositionsFirst,
    /// Facts without the last event before the committed position.
    RestoresOneTooFew,
    /// Facts with an event that is still to come.
    RestoresOneTooMany,
    /// Restores without decisions.
    ForgetsDecisions,
}

pub struct TestLog {
    log: MemoryLog,
    bend: Bend,
    cuts: Cuts,
    kept: Vec<Kept>,
}

/// How many records come at once: `1..=most`, at random.
#[derive(Clone)]
pub struct Cuts {
    pub random: u64,
    pub most: usize,
}

impl Cuts {
    fn next(&mut self) -> usize {
        let mut random = Random(self.random);
        self.random = random.next();
        1 + random.below(self.most)
    }
}

/// An output, kept for later.
#[derive(Clone)]
pub struct Kept {
    stream: Stream,
    partition: i32,
    key: Option<Vec<u8>>,
    value: Option<Vec<u8>>,
    headers: OwnedHeaders,
    caused_at_ms: Option<i64>,
}

impl Kept {
    pub fn of(output: &Output<'_>) -> Self {
        let headers = (0..output.headers.len()).map(|index| output.headers.get(index));
        Self {
            stream: output.stream,
            partition: output.partition,
            key: output.key.map(<[u8]>::to_vec),
            value: output.value.map(<[u8]>::to_vec),
            headers: headers.map(|(name, value)| (name.to_vec(), value.map(<[u8]>::to_vec))).collect(),
            caused_at_ms: output.caused_at_ms,
        }
    }

    pub fn send(&self, log: &mut MemoryLog) -> Result<(), LogError> {
        let Self { stream, partition, key, value, headers, caused_at_ms } = self;
        let (stream, partition, caused_at_ms) = (*stream, *partition, *caused_at_ms);
        log.produce(Output { stream, partition, key: key.as_deref(), value: value.as_deref(), headers, caused_at_ms })
    }
}

impl TestLog {
    pub fn new(log: MemoryLog, bend: Bend, cuts: Cuts) -> Self {
        Self { log, bend, cuts, kept: Vec::new() }
    }
}

impl Source for TestLog {
    type Reader = TestReader;

    fn committed(&mut self, inputs: &[Input], wait: Duration) -> Result<Vec<Option<Position>>, LogError> {
        self.log.committed(inputs, wait)
    }
    fn bounds(&mut self, stream: Stream, partition: i32) -> Result<Bounds, LogError> {
        self.log.bounds(stream, partition)
    }
    fn topic_id(&mut self, stream: Stream) -> Result<String, LogError> {
        self.log.topic_id(stream)
    }
    fn reader(&mut self, stream: Stream, partition: i32, from: i64, to: i64) -> Result<TestReader, LogError> {
        let (from, to) = match (self.bend, stream) {
            (Bend::RestoresOneTooFew, Stream::Events(_)) => (from, to - 1),
            (Bend::RestoresOneTooMany, Stream::Events(_)) => (from, to + 1),
            (Bend::ForgetsDecisions, Stream::ScoreChanges) => (to, to),
            _ => (from, to),
        };
        Ok(TestReader { reader: self.log.reader(stream, partition, from, to)?, cuts: self.cuts.clone() })
    }
}

impl Log for TestLog {
    fn poll(&mut self, batch: &mut Batch, max: usize, wait: Duration) -> Result<Option<Change>, LogError> {
        self.log.poll(batch, max.min(self.cuts.next()), wait)
    }
    fn own(&mut self, starts: &[(Input, i64)]) -> Result<(), LogError> {
        self.log.own(starts)
    }
    fn resume(&mut self, input: Input) -> Result<(), LogError> {
        self.log.resume(input)
    }
    fn pause(&mut self, input: Input) -> Result<(), LogError> {
        self.log.pause(input)
    }
    fn release(&mut self, inputs: &[Input]) -> Result<(), LogError> {
        self.log.release(inputs)
    }
    fn seek(&mut self, input: Input, offset: i64) -> Result<(), LogError> {
        if self.bend == Bend::ForgetsToSeek { Ok(()) } else { self.log.seek(input, offset) }
    }
    fn end(&self, input: Input) -> Option<i64> {
        self.log.end(input)
    }
    fn begin(&mut self) -> Result<(), LogError> {
        self.log.begin()
    }
    fn produce(&mut self, output: Output<'_>) -> Result<(), LogError> {
        if self.bend != Bend::PositionsFirst {
            return self.log.produce(output);
        }
        self.kept.push(Kept::of(&output));
        Ok(())
    }
    fn commit(&mut self, positions: &[(Input, Position)]) -> Result<(), LogError> {
        match self.bend {
            Bend::OutputsFirst => {
                self.log.commit(&[])?;
                self.log.begin()?;
                self.log.commit(positions)
            }
            Bend::PositionsFirst => {
                self.log.commit(positions)?;
                self.log.begin()?;
                let Self { log, kept, .. } = self;
                kept.drain(..).try_for_each(|kept| kept.send(log))?;
                self.log.commit(&[])
            }
            _ => self.log.commit(positions),
        }
    }
    fn abort(&mut self) -> Result<(), LogError> {
        self.kept.clear();
        if self.bend == Bend::CommitsWhatIsAborted { self.log.commit(&[]) } else { self.log.abort() }
    }
    fn leave(&mut self) -> Result<(), LogError> {
        self.log.leave()
    }
}

pub struct TestReader {
    reader: MemoryReader,
    cuts: Cuts,
}

impl Reader for TestReader {
    fn poll(&mut self, batch: &mut Batch, max: usize, wait: Duration) -> Result<bool, LogError> {
        self.reader.poll(batch, max.min(self.cuts.next()), wait)
    }
    fn position(&self) -> i64 {
        self.reader.position()
    }
}
