//! Several files as one stream of records.

use std::cell::Cell;
use std::fmt::Display;
use std::rc::Rc;

use super::lines::{Line, Lines, extension};
use crate::log::{LogError, Remedy};
use crate::wire::record::OwnedRecord;

/// A longer line stops the replay: it would be no record of any Kafka topic.
pub const MAX_LINE_BYTES: usize = 64 << 20;
/// A buffer that a rare large line has grown beyond this is not kept.
const MAX_KEPT_BYTES: usize = 1 << 20;

/// What a line means. A line that is no sensible event is a record as well: the dead letters want it whole.
pub trait LineReader {
    /// Replaces all of `record` by what line `number` (from 0, of the file) says. `line` is not blank and has no end.
    fn read(&mut self, file: &str, number: u64, line: &[u8], record: &mut OwnedRecord);
}

impl<F: FnMut(&str, u64, &[u8], &mut OwnedRecord)> LineReader for F {
    fn read(&mut self, file: &str, number: u64, line: &[u8], record: &mut OwnedRecord) {
        self(file, number, line, record);
    }
}

/// How far a replay is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read of the files as they lie there.
    pub bytes: u64,
    /// Of so many; `None` where a pipe is among the inputs.
    pub total_bytes: Option<u64>,
    /// Every line has been handed over.
    pub done: bool,
}

/// The input files, read one after the other.
pub struct Inputs {
    files: Vec<Source>,
    reader: Box<dyn LineReader>,
    max_line_bytes: usize,
    /// Index of the file that is being read.
    current: usize,
    lines: Option<Lines>,
    next_number: u64,
    line: Vec<u8>,
    record: OwnedRecord,
    read_bytes: Rc<Cell<u64>>,
}

struct Source {
    name: String,
    /// `None`: a pipe.
    bytes: Option<u64>,
}

impl Inputs {
    /// The files in the order given (`-` is standard input, `.gz` and `.zst` are unpacked). Nothing is read yet, but a
    /// file that is not there, cannot be opened or cannot be unpacked by this build is found out now.
    pub fn new(files: &[String], reader: Box<dyn LineReader>) -> Result<Inputs, LogError> {
        let files = files.iter().map(|name| Source::check(name)).collect::<Result<_, _>>()?;
        Ok(Inputs {
            files,
            reader,
            max_line_bytes: MAX_LINE_BYTES,
            current: 0,
            lines: None,
            next_number: 0,
            line: Vec::new(),
            record: OwnedRecord::default(),
            read_bytes: Rc::default(),
        })
    }

    /// The same with another bound than [`MAX_LINE_BYTES`].
    pub fn with_max_line_bytes(self, max_line_bytes: usize) -> Inputs {
        Inputs { max_line_bytes, ..self }
    }

    pub fn progress(&self) -> Progress {
        let total_bytes = self.files.iter().map(|file| file.bytes).sum();
        Progress { bytes: self.read_bytes.get(), total_bytes, done: self.current == self.files.len() }
    }

    /// Reads on to the next line that is not blank. Returns whether there was one; it is [`Inputs::record`] then.
    pub(super) fn advance(&mut self) -> Result<bool, LogError> {
        while let Some(file) = self.files.get(self.current) {
            let number = self.next_number;
            let failed = |cause: &dyn Display| failed(&file.name, &format!("line {}: {cause}", number + 1));
            let lines = match &mut self.lines {
                Some(lines) => lines,
                none => {
                    let opened = Lines::open(&file.name, self.read_bytes.clone());
                    none.insert(opened.map_err(|cause| self::failed(&file.name, &cause))?)
                }
            };
            if self.line.capacity() > MAX_KEPT_BYTES {
                self.line = Vec::new();
            }
            match lines.next(&mut self.line, self.max_line_bytes).map_err(|cause| failed(&cause))? {
                Line::End => {
                    (self.lines, self.next_number) = (None, 0);
                    self.current += 1;
                }
                Line::TooLong => return Err(failed(&format!("longer than {} bytes", self.max_line_bytes))),
                Line::Whole => {
                    self.next_number += 1;
                    if !self.line.trim_ascii().is_empty() {
                        self.read_record(number);
                        return Ok(true);
                    }
                }
            }
        }
        Ok(false)
    }

    fn read_record(&mut self, number: u64) {
        if self.record.value.as_ref().is_some_and(|value| value.capacity() > MAX_KEPT_BYTES) {
            self.record.value = None;
        }
        self.reader.read(&self.files[self.current].name, number, &self.line, &mut self.record);
    }

    /// The record that `advance` has read.
    pub(super) fn record(&self) -> &OwnedRecord {
        &self.record
    }

    /// Whether reading on could mean waiting for somebody to write into a pipe.
    pub(super) fn might_wait(&self) -> bool {
        let is_pipe = self.files.get(self.current).is_some_and(|file| file.bytes.is_none());
        is_pipe && self.lines.as_ref().is_some_and(Lines::is_drained)
    }
}

impl Source {
    fn check(name: &str) -> Result<Source, LogError> {
        if cfg!(not(feature = "zstd")) && extension(name) == Some("zst") {
            return Err(failed(name, &"this build cannot read .zst: it lacks the feature `zstd`"));
        }
        if name == "-" {
            return Ok(Source { name: name.to_owned(), bytes: None });
        }
        let meta = std::fs::metadata(name).map_err(|cause| failed(name, &cause))?;
        if meta.is_dir() {
            return Err(failed(name, &"it is a directory"));
        }
        let bytes = if meta.is_file() {
            // Opened to see that it can be; a pipe is opened once only.
            std::fs::File::open(name).map_err(|cause| failed(name, &cause))?;
            Some(meta.len())
        } else {
            None
        };
        Ok(Source { name: name.to_owned(), bytes })
    }
}

fn failed(name: &str, cause: &dyn Display) -> LogError {
    let name = if name == "-" { "standard input" } else { name };
    LogError { remedy: Remedy::Crash, doing: "reading events", cause: format!("{name}: {cause}") }
}
