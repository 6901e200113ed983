//! Results are what was committed, one value a line, byte for byte; never less, never more.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use crate::file_support::*;
use needle::log::file::Results;
use needle::log::{Log, Remedy, Stream};

#[test]
fn an_aborted_transaction_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("new/out");
    let mut log = started(inputs(&[]), Results::create(&out, Box::new(letter)).unwrap());
    log.begin().unwrap();
    produce(&mut log, Stream::ScoreChanges, Some("{\"a\":1}")).unwrap();
    produce(&mut log, Stream::ScoreJumps, Some("{\"b\":2}")).unwrap();
    produce(&mut log, Stream::DeadLetters, Some("bad")).unwrap();
    produce(&mut log, Stream::ScoreChanges, None).unwrap();
    assert_eq!(results(&out), ["", "", ""], "nothing before the commit");
    log.commit(&[]).unwrap();
    log.begin().unwrap();
    produce(&mut log, Stream::ScoreChanges, Some("aborted")).unwrap();
    produce(&mut log, Stream::DeadLetters, Some("aborted")).unwrap();
    log.abort().unwrap();
    log.begin().unwrap();
    produce(&mut log, Stream::ScoreChanges, Some("{\"a\":3}")).unwrap();
    log.commit(&[]).unwrap();
    log.begin().unwrap();
    produce(&mut log, Stream::ScoreChanges, Some("left open")).unwrap();
    log.leave().unwrap();
    assert_eq!(results(&out), ["{\"a\":1}\n{\"a\":3}\n", "{\"b\":2}\n", "letter bad Some(7)\n"]);
}

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_stream_gets_the_score_changes_and_nothing_else() {
    let captured = Captured::default();
    let mut log = started(inputs(&[]), Results::stream(Box::new(captured.clone())));
    log.begin().unwrap();
    for stream in [Stream::ScoreJumps, Stream::ScoreChanges, Stream::DeadLetters] {
        produce(&mut log, stream, Some(&format!("{stream:?}"))).unwrap();
    }
    log.commit(&[]).unwrap();
    assert_eq!(*captured.0.lock().unwrap(), b"ScoreChanges\n");
}

struct Broken;

impl Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_broken_pipe_stops_the_replay() {
    let mut log = started(inputs(&[]), Results::stream(Box::new(Broken)));
    log.begin().unwrap();
    produce(&mut log, Stream::ScoreChanges, Some("value")).unwrap();
    let error = log.commit(&[]).unwrap_err();
    assert_eq!(error.remedy, Remedy::Crash);
    assert_eq!(error.to_string(), "writing results: standard output: broken pipe");
}
