//! Entries that an earlier needle wrote to the log stay readable, and a change of their form needs a new number of the format.
//!
//! `NEEDLE_BLESS=1` writes the golden file of a format that has none yet, and never over one.

use std::path::PathBuf;

use needle::snapshot::entry::{Entry, FORMAT};
use needle::snapshot::file::Kind;
use needle::snapshot::head::{FileRef, Reach, SaidUpTo, TopicIdentity};

/// An increment after a file that was there, and a base of whose leads nobody knows the number.
fn entries(format: u64) -> [Entry; 2] {
    let topic = |name: &str, id: &str| TopicIdentity { name: name.into(), id: id.into() };
    let file = |path: &str, tenant: &str, rows| FileRef {
        path: path.into(),
        tenant: tenant.into(),
        rows,
        bytes: 4_711,
        xxh3: "0123456789abcdef".into(),
    };
    let first = file("leads/tenant=acme/partition=3/000000041.parquet", "acme", 2);
    let second = file("leads/tenant=%C3%BC/partition=3/000000042.parquet", "ü", 1);
    let increment = Entry {
        format,
        number: 42,
        kind: Kind::Increment,
        application: "needle \"here\"".into(),
        partition: 3,
        reach: vec![
            Reach { topic: topic("events", "eaJ7Nv2ETwu1p8aK45jkAQ"), from: 0, to: 48_113 },
            Reach { topic: topic("more-events", ""), from: 17, to: 17 },
        ],
        said: SaidUpTo { topic: topic("score-changes", "AAAAAAAAAAAAAAAAAAAAAQ"), to: 9_001 },
        files: vec![first.clone(), second],
        added: 1,
        leads: Some(3),
        written_at: "2026-11-21T09:14:03Z".into(),
        writer: "5f0c".into(),
        needle: "0.1.0".into(),
    };
    let base = Entry { kind: Kind::Base, number: 43, files: vec![first], added: 1, leads: None, ..increment.clone() };
    [increment, base]
}

fn golden(format: u64) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/entry_{format}.jsonl"))
}

fn written() -> String {
    let line = |entry: &Entry| String::from_utf8(entry.to_json().expect("JSON")).expect("text") + "\n";
    entries(FORMAT).iter().map(line).collect()
}

#[test]
fn stored_entries_are_read() {
    for format in 1..=FORMAT {
        let file = golden(format);
        if std::env::var_os("NEEDLE_BLESS").is_some() && !file.exists() {
            assert_eq!(format, FORMAT, "no entry of an older format can be written any more");
            std::fs::write(&file, written()).expect("the golden file");
        }
        let stored = std::fs::read_to_string(&file).expect("the golden file of each format");
        let expected = entries(format);
        assert_eq!(stored.lines().count(), expected.len());
        for (line, entry) in stored.lines().zip(expected) {
            let read = Entry::from_json(line.as_bytes(), entry.number);
            assert_eq!(read.map_err(|reason| reason.to_string()), Ok(entry), "format {format}");
        }
    }
}

#[test]
fn entries_change_with_the_format_alone() {
    let stored = std::fs::read_to_string(golden(FORMAT)).expect("the golden file of the format");
    assert_eq!(
        written(),
        stored,
        "a change needs a new FORMAT; keep the golden file of the old one, which stays readable"
    );
}
