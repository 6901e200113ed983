//! `needle replay` from outside: its exit codes, and what it says where.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

fn replay(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_needle"));
    command.current_dir(dir).arg("replay").args(args).env_remove("RUST_LOG").stdin(Stdio::null());
    command
}

/// Exit code, standard error.
fn told(dir: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output = replay(dir, args).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_failure_is_told_once_and_with_a_way_on() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("torn.gz"), b"no gzip").unwrap();
    fs::write(dir.path().join("none.jsonl"), b"").unwrap();
    let (code, error) = told(dir.path(), &["--events", "torn.gz"]);
    assert_eq!((code, error.matches("torn.gz").count()), (Some(1), 1), "{error}");
    assert_eq!(told(dir.path(), &["--events", "none.jsonl", "--out", "scores"]).0, Some(0));
    let (code, error) = told(dir.path(), &["--events", "none.jsonl", "--out", "scores"]);
    assert_eq!((code, error.contains("scores/score-changes.jsonl: it exists already")), (Some(1), true), "{error}");
    assert!(error.contains("name another directory"), "{error}");
}

#[test]
fn a_reader_that_has_had_enough_is_no_failure() {
    let dir = tempfile::tempdir().unwrap();
    // More than a pipe holds.
    let events: String = (0..2_000).map(|n| format!("{{\"type\":\"page\",\"userId\":\"u{n}\"}}\n")).collect();
    fs::write(dir.path().join("events.jsonl"), events).unwrap();
    let log = File::create(dir.path().join("log")).unwrap();
    let mut command = replay(dir.path(), &["--events", "events.jsonl"]);
    let mut needle = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(needle.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.contains("\"lead\":\"u0\""), "{first}");
    let status = needle.wait().unwrap();
    assert_eq!((status.code(), fs::read_to_string(dir.path().join("log")).unwrap()), (Some(0), String::new()));
}

#[test]
fn a_record_that_is_none_is_told_as_what_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let line = "{\"topic\":\"events\",\"partition\":0,\"offset\":1,\"headers\":[\"odd\"],\"payload\":\"{}\"}\n";
    fs::write(dir.path().join("kcat.jsonl"), line.repeat(3)).unwrap();
    let (code, log) = told(dir.path(), &["--events", "kcat.jsonl", "--out", "scores"]);
    assert_eq!((code, log.matches("a name without a value").count()), (Some(0), 1), "{log}");
    assert!(log.contains("line=1") && log.contains("dead_letters=3"), "{log}");
}
