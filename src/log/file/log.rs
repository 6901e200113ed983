//! [`Log`] on files: one partition, one owner, no way back.

use std::time::Duration;

use super::input::{Inputs, Progress};
use super::results::Results;
use crate::log::{
    Batch, Bounds, Change, Input, Log, LogError, Output, Position, Reader, Remedy, Source, Stream, interval_end_ms,
};

/// The only partition there is.
const ONLY: Input = Input { topic: 0, partition: 0 };
/// A batch is cut after so many bytes.
const MAX_BATCH_BYTES: usize = 16 << 20;

/// The log of `needle replay`.
///
/// Every line is a record of partition 0 of input topic 0, whatever topic, partition and offset the line names. A record is
/// delivered once, so `seek` goes nowhere; nothing here asks for an abort.
pub struct FileLog {
    inputs: Inputs,
    results: Results,
    progress: Box<dyn FnMut(Progress)>,
    assigned: bool,
    owned: bool,
    paused: bool,
    in_transaction: bool,
    cuts: Option<Cuts>,
}

/// Ends batches before the first record beyond each multiple of an interval, by the records' own time.
struct Cuts {
    every_ms: i64,
    /// The next one; `None` before the first record.
    next_ms: Option<i64>,
    /// A record that is read, and belongs to the next batch.
    held: bool,
}

impl Cuts {
    /// Whether the batch ends before a record of this time.
    fn fall_before(&mut self, at_ms: i64) -> bool {
        let next_ms = interval_end_ms(at_ms, self.every_ms);
        let falls = at_ms >= *self.next_ms.get_or_insert(next_ms);
        if falls {
            self.next_ms = Some(next_ms);
        }
        falls
    }
}

impl FileLog {
    /// `progress` is called after every poll that was allowed to read.
    pub fn new(inputs: Inputs, results: Results, progress: impl FnMut(Progress) + 'static) -> FileLog {
        FileLog {
            inputs,
            results,
            progress: Box::new(progress),
            assigned: false,
            owned: false,
            paused: true,
            in_transaction: false,
            cuts: None,
        }
    }

    /// The same log, whose batches end before the first record beyond each multiple of `every_ms` by the records' own time.
    pub fn cut_every(self, every_ms: i64) -> FileLog {
        FileLog { cuts: Some(Cuts { every_ms, next_ms: None, held: false }), ..self }
    }

    /// Whether every line has been handed over.
    pub fn is_done(&self) -> bool {
        self.inputs.progress().done && !self.cuts.as_ref().is_some_and(|cuts| cuts.held)
    }

    fn fill(&mut self, batch: &mut Batch, max: usize) -> Result<(), LogError> {
        while batch.len() < max && batch.bytes() < MAX_BATCH_BYTES && self.next(batch)? {
            batch.push(ONLY, &self.inputs.record().as_record());
        }
        Ok(())
    }

    /// Reads on to the record that comes next in `batch`; `false` where that ends.
    fn next(&mut self, batch: &Batch) -> Result<bool, LogError> {
        if self.cuts.as_mut().is_some_and(|cuts| std::mem::take(&mut cuts.held)) {
            return Ok(true);
        }
        // Do not let the lines that are here wait for one that somebody has yet to write.
        if !batch.is_empty() && self.inputs.might_wait() || !self.inputs.advance()? {
            return Ok(false);
        }
        let Some(cuts) = &mut self.cuts else { return Ok(true) };
        cuts.held = cuts.fall_before(self.inputs.record().at_ms) && !batch.is_empty();
        Ok(!cuts.held)
    }

    fn only(&self, doing: &'static str, input: Input) -> Result<(), LogError> {
        if input == ONLY && self.owned { Ok(()) } else { Err(misuse(doing, format!("{input:?} is not owned"))) }
    }

    fn in_transaction(&self, doing: &'static str) -> Result<(), LogError> {
        if self.in_transaction { Ok(()) } else { Err(misuse(doing, "no transaction has begun".to_owned())) }
    }
}

/// The lane has called what may not be called now: a mistake in the program.
fn misuse(doing: &'static str, cause: String) -> LogError {
    LogError { remedy: Remedy::Crash, doing, cause }
}

impl Source for FileLog {
    type Reader = FileReader;

    fn committed(&mut self, inputs: &[Input], _: Duration) -> Result<Vec<Option<Position>>, LogError> {
        Ok(vec![None; inputs.len()])
    }

    fn bounds(&mut self, _: Stream, _: i32) -> Result<Bounds, LogError> {
        Ok(Bounds { low: 0, high: 0 })
    }

    fn topic_id(&mut self, _: Stream) -> Result<String, LogError> {
        Ok(String::new())
    }

    fn reader(&mut self, _: Stream, _: i32, _: i64, to: i64) -> Result<FileReader, LogError> {
        Ok(FileReader { to })
    }
}

impl Log for FileLog {
    fn poll(&mut self, batch: &mut Batch, max: usize, _: Duration) -> Result<Option<Change>, LogError> {
        batch.clear();
        if !self.assigned {
            self.assigned = true;
            return Ok(Some(Change::Assigned(vec![ONLY])));
        }
        if self.owned && !self.paused {
            self.fill(batch, max)?;
            let done = self.is_done();
            (self.progress)(Progress { done, ..self.inputs.progress() });
        }
        Ok(None)
    }

    fn own(&mut self, starts: &[(Input, i64)]) -> Result<(), LogError> {
        let doing = "taking partitions over";
        match starts {
            [] => Ok(()),
            [(ONLY, 0)] if self.assigned => {
                (self.owned, self.paused) = (true, true);
                Ok(())
            }
            _ => Err(misuse(doing, format!("files have one partition and one beginning, not {starts:?}"))),
        }
    }

    fn resume(&mut self, input: Input) -> Result<(), LogError> {
        self.only("resuming a partition", input)?;
        self.paused = false;
        Ok(())
    }

    fn pause(&mut self, input: Input) -> Result<(), LogError> {
        self.only("pausing a partition", input)?;
        self.paused = true;
        Ok(())
    }

    fn release(&mut self, inputs: &[Input]) -> Result<(), LogError> {
        self.owned &= !inputs.contains(&ONLY);
        Ok(())
    }

    fn seek(&mut self, _: Input, _: i64) -> Result<(), LogError> {
        Err(misuse("seeking", "files are read once, from front to back".to_owned()))
    }

    fn end(&self, _: Input) -> Option<i64> {
        None
    }

    fn begin(&mut self) -> Result<(), LogError> {
        if self.in_transaction {
            return Err(misuse("beginning a transaction", "one is open already".to_owned()));
        }
        self.in_transaction = true;
        Ok(())
    }

    fn produce(&mut self, output: Output<'_>) -> Result<(), LogError> {
        self.in_transaction("producing a record")?;
        self.results.produce(&output)
    }

    fn commit(&mut self, _: &[(Input, Position)]) -> Result<(), LogError> {
        self.in_transaction("committing a transaction")?;
        self.results.commit()?;
        self.in_transaction = false;
        Ok(())
    }

    fn abort(&mut self) -> Result<(), LogError> {
        self.results.abort();
        self.in_transaction = false;
        Ok(())
    }

    /// Drops what is not committed, and sees to it that the rest is on the disk.
    fn leave(&mut self) -> Result<(), LogError> {
        self.abort()?;
        self.results.sync()
    }
}

/// A reader that is at its bound: no file remembers anything.
pub struct FileReader {
    to: i64,
}

impl Reader for FileReader {
    fn poll(&mut self, batch: &mut Batch, _: usize, _: Duration) -> Result<bool, LogError> {
        batch.clear();
        Ok(true)
    }

    fn position(&self) -> i64 {
        self.to
    }
}
