//! What `needle replay` makes of the records of each partition: the truth that the audit holds `needle run` to.

use std::path::Path;

use super::leads::{self, Leads};
use super::{Record, Settings, kcat, needle};

/// What one partition's records lead to, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// Values of the score changes.
    pub score_changes: Vec<Vec<u8>>,
    pub score_jumps: Vec<Vec<u8>>,
    /// Lines as of `kcat -J`, with `reason` and `detail`.
    pub dead_letters: Vec<Vec<u8>>,
}

/// Replays every partition by itself, and takes what it says.
pub fn replay(settings: &Settings, input: &[Vec<Record>]) -> Vec<Said> {
    let one = |records: &Vec<Record>| replay_partition(settings, records, tempfile::tempdir().expect("one").path());
    input.iter().map(one).collect()
}

/// As `replay`, with the leads that each partition has in the end. A replay keeps them as those of its partition 0.
pub fn replay_with_leads(settings: &Settings, input: &[Vec<Record>]) -> (Vec<Said>, Vec<Leads>) {
    let one = |records: &Vec<Record>| {
        let directory = tempfile::tempdir().expect("a directory");
        let said = replay_partition(settings, records, directory.path());
        let url = format!("file:{}", directory.path().join("snapshots").display());
        let kept = leads::kept(settings, (&url, &[]), ("events.jsonl", 0)).expect("a replay's snapshots are whole");
        (said, kept)
    };
    input.iter().map(one).unzip()
}

fn replay_partition(settings: &Settings, records: &[Record], directory: &Path) -> Said {
    needle::write_settings(directory, settings);
    kcat::write(&directory.join("events.jsonl"), records);
    let done = needle::command(directory)
        .args(["replay", "--config", "needle.toml", "--events", "events.jsonl", "--out", "said"])
        .args(["--set", "snapshots.url=file:snapshots", "--set", "snapshots.interval_seconds=86400"])
        .output()
        .expect("needle starts");
    assert!(done.status.success(), "needle replay: {}\n{}", done.status, super::record::lossy(&done.stderr));
    let said = directory.join("said");
    Said {
        score_changes: lines(&said.join("score-changes.jsonl")),
        score_jumps: lines(&said.join("score-jumps.jsonl")),
        dead_letters: lines(&said.join("dead-letters.jsonl")),
    }
}

fn lines(file: &Path) -> Vec<Vec<u8>> {
    let bytes = std::fs::read(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    assert!(bytes.is_empty() || bytes.ends_with(b"\n"), "{} ends in half a line", file.display());
    bytes.split_inclusive(|b| *b == b'\n').map(|line| line[..line.len() - 1].to_vec()).collect()
}
