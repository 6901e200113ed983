//! `needle replay` leaves snapshots where somebody has said where: at each multiple of the interval by the events' own time, and at the
//! end. They hold what the events lead to up to there, in however many pieces the file was read, and nothing is written over.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

const HOUR_MS: i64 = 3_600_000;

/// 600 events of 50 leads, one every ten minutes.
fn events() -> String {
    let event = |n: i64| {
        let at_ms = 1_780_000_000_000 + n * HOUR_MS / 6;
        format!(
            "{{\"type\":\"page\",\"messageId\":\"m{n}\",\"userId\":\"u{}\",\"timestamp\":{at_ms},\"receivedAt\":{at_ms}}}\n",
            n * n % 50
        )
    };
    (0..600).map(event).collect()
}

fn replay(dir: &Path, args: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_needle"));
    command.current_dir(dir).args(["replay", "--events", "events.jsonl"]).args(args).stdin(Stdio::null());
    let output = command.output().expect("needle starts");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Of each increment, in order: the position that it reaches, the rows of the files that no entry before it names.
fn increments(snapshots: &Path) -> Vec<(i64, u64)> {
    let log = snapshots.join("log/needle/partition=0/000000000");
    let entry = |file: fs::DirEntry| -> serde_json::Value {
        serde_json::from_slice(&fs::read(file.path()).expect("an entry")).expect("JSON")
    };
    let mut entries: Vec<_> = fs::read_dir(log).expect("a log").map(|file| entry(file.expect("a file"))).collect();
    entries.sort_by_key(|entry| entry["number"].as_u64());
    let mut named = std::collections::BTreeSet::new();
    let mut increments = Vec::new();
    for entry in &entries {
        let files = entry["files"].as_array().expect("files").iter();
        let new = files.filter(|file| named.insert(file["path"].to_string()));
        let rows = new.filter_map(|file| file["rows"].as_u64()).sum();
        if entry["kind"] == "increment" {
            increments.push((entry["reach"][0]["to"].as_i64().expect("a position"), rows));
        }
    }
    increments
}

#[test]
fn at_each_interval_of_the_events_own_time() {
    let dir = tempfile::tempdir().expect("a directory");
    fs::write(dir.path().join("events.jsonl"), events()).expect("written");
    let set = ["--out", "said", "--set", "snapshots.url=file:kept", "--set", "snapshots.interval_seconds=43200"];
    let (code, log) = replay(dir.path(), &set);
    assert_eq!(code, Some(0), "{log}");
    let entries = increments(&dir.path().join("kept"));
    // Twelve hours are 72 events; the first half day has begun before them.
    let first = 72 - (1_780_000_000_000_i64 / (HOUR_MS / 6)).rem_euclid(72);
    let reached: Vec<i64> = entries.iter().map(|(to, _)| *to).collect();
    let must: Vec<i64> = (0..).map(|n| first + 72 * n).take_while(|to| *to < 600).chain([600]).collect();
    assert_eq!(reached, must);
    for ((to, rows), from) in entries.iter().zip([0].into_iter().chain(reached.iter().copied())) {
        let leads: std::collections::BTreeSet<i64> = (from..*to).map(|n| n * n % 50).collect();
        assert_eq!(*rows, leads.len() as u64, "leads that changed from {from} to {to}");
    }
}

#[test]
fn nothing_is_written_over() {
    let dir = tempfile::tempdir().expect("a directory");
    fs::write(dir.path().join("events.jsonl"), events()).expect("written");
    let set = ["--set", "snapshots.url=file:kept", "--set", "snapshots.interval_seconds=604800", "--out"];
    assert_eq!(replay(dir.path(), &[&set[..], &["first"]].concat()).0, Some(0));
    let (code, log) = replay(dir.path(), &[&set[..], &["second"]].concat());
    assert_eq!(code, Some(1), "{log}");
    assert!(log.contains("holds snapshots of \"needle\" already"), "{log}");
    assert!(!dir.path().join("second").exists(), "it was refused before it wrote anything");
}

#[test]
fn where_nobody_has_said_where_there_are_none() {
    let dir = tempfile::tempdir().expect("a directory");
    fs::write(dir.path().join("events.jsonl"), events()).expect("written");
    let (code, log) = replay(dir.path(), &["--out", "said"]);
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("no snapshots are written"), "{log}");
    assert!(!dir.path().join("data").exists());
}
