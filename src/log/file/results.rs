//! The files that a replay writes.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::log::{LogError, Output, Remedy, Stream};

/// Names in the results' directory: score changes, score jumps, dead letters.
pub const RESULT_FILES: [&str; 3] = ["score-changes.jsonl", "score-jumps.jsonl", "dead-letters.jsonl"];

/// How a dead letter is written down: appends one line, without its end.
pub trait DeadLetterFormat {
    fn write(&mut self, letter: &Output<'_>, into: &mut Vec<u8>);
}

impl<F: FnMut(&Output<'_>, &mut Vec<u8>)> DeadLetterFormat for F {
    fn write(&mut self, letter: &Output<'_>, into: &mut Vec<u8>) {
        self(letter, into);
    }
}

/// Where results go. What is produced waits in memory until the transaction ends.
pub struct Results {
    changes: Sink,
    jumps: Sink,
    dead_letters: Sink,
    format: Box<dyn DeadLetterFormat>,
}

struct Sink {
    target: Target,
    pending: Vec<u8>,
}

enum Target {
    /// With the length up to the last commit.
    File(PathBuf, File, u64),
    Stream(Box<dyn Write>),
    Nowhere,
}

impl Results {
    /// New files in `dir`, which is created where absent. Refuses to write over existing ones.
    pub fn create(dir: &Path, format: Box<dyn DeadLetterFormat>) -> Result<Results, LogError> {
        let paths = RESULT_FILES.map(|name| dir.join(name));
        if let Some(path) = paths.iter().find(|path| path.symlink_metadata().is_ok()) {
            return Err(failed(
                "creating results",
                path,
                &"it exists already, and is not written over: name another directory, or move it away",
            ));
        }
        std::fs::create_dir_all(dir).map_err(|cause| failed("creating results", dir, &cause))?;
        let [changes, jumps, dead_letters] = paths;
        Ok(Results {
            changes: Sink::create(changes)?,
            jumps: Sink::create(jumps)?,
            dead_letters: Sink::create(dead_letters)?,
            format,
        })
    }

    /// Score changes go to `stream` (standard output); jumps and dead letters nowhere.
    pub fn stream(stream: Box<dyn Write>) -> Results {
        Results {
            changes: Sink::new(Target::Stream(stream)),
            jumps: Sink::new(Target::Nowhere),
            dead_letters: Sink::new(Target::Nowhere),
            format: Box::new(|_: &Output<'_>, _: &mut Vec<u8>| {}),
        }
    }

    fn sinks(&mut self) -> [&mut Sink; 3] {
        [&mut self.changes, &mut self.jumps, &mut self.dead_letters]
    }

    /// Adds a line to what the transaction will write. A tombstone takes a value out of a compacted topic; in a file of
    /// values it has no line.
    pub(super) fn produce(&mut self, output: &Output<'_>) -> Result<(), LogError> {
        match output.stream {
            Stream::ScoreChanges => self.changes.line(output.value),
            Stream::ScoreJumps => self.jumps.line(output.value),
            Stream::DeadLetters => {
                if !matches!(self.dead_letters.target, Target::Nowhere) {
                    self.format.write(output, &mut self.dead_letters.pending);
                    self.dead_letters.pending.push(b'\n');
                }
            }
            Stream::Events(_) => {
                let cause = "a replay has no events to write to".to_owned();
                return Err(LogError { remedy: Remedy::Crash, doing: "producing a record", cause });
            }
        }
        Ok(())
    }

    /// Writes what is pending. Where that fails, every file is cut back to its last commit.
    pub(super) fn commit(&mut self) -> Result<(), LogError> {
        let mut written = Ok(());
        for sink in self.sinks() {
            written = written.and_then(|()| sink.write());
        }
        if let Err(error) = written {
            return Err(self.undo(error));
        }
        self.sinks().into_iter().for_each(Sink::keep);
        Ok(())
    }

    fn undo(&mut self, mut error: LogError) -> LogError {
        for sink in self.sinks() {
            if let Err(undoing) = sink.cut_back() {
                error.cause = format!("{}; and the part of a transaction stays in it: {undoing}", error.cause);
            }
        }
        error
    }

    pub(super) fn abort(&mut self) {
        self.sinks().into_iter().for_each(|sink| sink.pending.clear());
    }

    /// All that is committed is on the disk when this returns.
    pub(super) fn sync(&mut self) -> Result<(), LogError> {
        self.sinks().into_iter().try_for_each(|sink| sink.sync())
    }
}

impl Sink {
    fn new(target: Target) -> Sink {
        Sink { target, pending: Vec::new() }
    }

    fn create(path: PathBuf) -> Result<Sink, LogError> {
        let file = OpenOptions::new().append(true).create_new(true).open(&path);
        let file = file.map_err(|cause| failed("creating results", &path, &cause))?;
        Ok(Sink::new(Target::File(path, file, 0)))
    }

    fn line(&mut self, value: Option<&[u8]>) {
        if let Some(value) = value
            && !matches!(self.target, Target::Nowhere)
        {
            self.pending.extend_from_slice(value);
            self.pending.push(b'\n');
        }
    }

    fn write(&mut self) -> Result<(), LogError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        match &mut self.target {
            Target::File(path, file, _) => {
                file.write_all(&self.pending).map_err(|cause| failed("writing results", path, &cause))
            }
            Target::Stream(stream) => {
                let written = stream.write_all(&self.pending).and_then(|()| stream.flush());
                written.map_err(|cause| failed("writing results", Path::new("standard output"), &cause))
            }
            Target::Nowhere => Ok(()),
        }
    }

    /// What is written is committed.
    fn keep(&mut self) {
        if let Target::File(_, _, committed) = &mut self.target {
            *committed += self.pending.len() as u64;
        }
        self.pending.clear();
    }

    fn cut_back(&mut self) -> io::Result<()> {
        self.pending.clear();
        match &mut self.target {
            Target::File(_, file, committed) => file.set_len(*committed),
            Target::Stream(_) | Target::Nowhere => Ok(()),
        }
    }

    fn sync(&mut self) -> Result<(), LogError> {
        match &self.target {
            Target::File(path, file, _) => file.sync_all().map_err(|cause| failed("writing results", path, &cause)),
            Target::Stream(_) | Target::Nowhere => Ok(()),
        }
    }
}

fn failed(doing: &'static str, path: &Path, cause: &dyn std::fmt::Display) -> LogError {
    LogError { remedy: Remedy::Crash, doing, cause: format!("{}: {cause}", path.display()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::record::NoHeaders;

    /// A transaction that fits into one file and not into another leaves no part of itself in either.
    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_leaves_committed_results_intact() {
        let dir = tempfile::tempdir().unwrap();
        let mut results = Results::create(dir.path(), Box::new(|_: &Output<'_>, _: &mut Vec<u8>| {})).unwrap();
        let say = |results: &mut Results, stream, value: &[u8]| {
            let (key, headers, caused_at_ms) = (None, &NoHeaders, None);
            results.produce(&Output { stream, partition: 0, key, value: Some(value), headers, caused_at_ms }).unwrap();
        };
        say(&mut results, Stream::ScoreChanges, b"first");
        results.commit().unwrap();
        let full = OpenOptions::new().append(true).open("/dev/full").unwrap();
        results.jumps = Sink::new(Target::File("/dev/full".into(), full, 0));
        say(&mut results, Stream::ScoreChanges, b"second");
        say(&mut results, Stream::ScoreJumps, b"second");
        let error = results.commit().unwrap_err();
        assert_eq!(error.remedy, Remedy::Crash);
        assert!(error.cause.contains("/dev/full: No space left on device"), "{error}");
        assert_eq!(std::fs::read(dir.path().join(RESULT_FILES[0])).unwrap(), b"first\n");
    }
}
