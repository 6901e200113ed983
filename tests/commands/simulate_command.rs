//! `needle simulate` from outside: equal arguments give equal bytes however they are packed; the truth is the same in each of its
//! forms; what it writes can be replayed, and leaves snapshots to train on.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output};

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, TimestampMillisecondType};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// Leads, days and seed of most tests.
const SMALL: [&str; 6] = ["--leads", "150", "--days", "90", "--seed", "3"];

fn needle(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_needle"));
    command.current_dir(dir).env_remove("RUST_LOG").args(args).output().expect("needle starts")
}

fn simulate(dir: &Path, args: &[&str]) -> String {
    let all: Vec<&str> = ["simulate"].iter().chain(&SMALL).chain(args).copied().collect();
    let output = needle(dir, &all);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stderr).expect("UTF-8")
}

#[test]
fn equal_arguments_give_equal_bytes_however_they_are_packed() {
    let dir = tempfile::tempdir().expect("a directory");
    let dir = dir.path();
    for out in ["a.jsonl", "b.jsonl", "a.jsonl.gz", "a.jsonl.zst"] {
        simulate(dir, &["--out", out]);
    }
    let plain = fs::read(dir.join("a.jsonl")).expect("written");
    assert!(plain.iter().filter(|byte| **byte == b'\n').count() > 1_000);
    assert_eq!(plain, fs::read(dir.join("b.jsonl")).expect("written"));
    let mut unpacked = Vec::new();
    let packed = File::open(dir.join("a.jsonl.gz")).expect("written");
    flate2::read::GzDecoder::new(packed).read_to_end(&mut unpacked).expect("gzip");
    assert_eq!(plain, unpacked);
    assert_eq!(plain, zstd::decode_all(File::open(dir.join("a.jsonl.zst")).expect("written")).expect("zstd"));
    let all: Vec<&str> = ["simulate"].iter().chain(&SMALL).chain(&["--out", "-"]).copied().collect();
    assert_eq!(plain, needle(dir, &all).stdout);
    simulate(dir, &["--out", "other.jsonl", "--start", "2026-01-06"]);
    assert_ne!(plain, fs::read(dir.join("other.jsonl")).expect("written"));
}

/// Lead, instant, probability of each row, as text.
fn parquet_rows(file: &Path) -> Vec<(String, i64, f64)> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(file).expect("written")).expect("Parquet");
    let batches = reader.build().expect("a reader").map(|batch| batch.expect("rows"));
    let rows = batches.flat_map(|batch| {
        let leads = batch["lead"].as_string::<i32>().clone();
        let instants = batch["as_of"].as_primitive::<TimestampMillisecondType>().clone();
        let probabilities = batch["probability"].as_primitive::<Float64Type>().clone();
        (0..batch.num_rows())
            .map(move |row| (leads.value(row).to_owned(), instants.value(row), probabilities.value(row)))
    });
    rows.collect()
}

#[test]
fn the_truth_is_one_in_all_its_forms() {
    let dir = tempfile::tempdir().expect("a directory");
    let dir = dir.path();
    let mut log = String::new();
    for truth in ["t.parquet", "t.csv", "t.jsonl"] {
        log = simulate(dir, &["--out", "a.jsonl", "--truth", truth]);
    }
    assert!(log.contains("best_auroc"), "{log}");
    let rows = parquet_rows(&dir.join("t.parquet"));
    let (csv, json) = (fs::read_to_string(dir.join("t.csv")), fs::read_to_string(dir.join("t.jsonl")));
    let (csv, json) = (csv.expect("written"), json.expect("written"));
    assert_eq!((csv.lines().count(), json.lines().count()), (rows.len() + 1, rows.len()));
    assert!(rows.len() > 2_000, "{}", rows.len());
    for ((lead, at_ms, probability), (csv, json)) in rows.iter().zip(csv.lines().skip(1).zip(json.lines())) {
        let json: serde_json::Value = serde_json::from_str(json).expect("JSON");
        let fields: Vec<&str> = csv.split(',').collect();
        assert!(json["lead"] == **lead && fields[0] == lead && json["as_of"] == fields[1]);
        assert!(json["probability"] == *probability && fields[2].parse() == Ok(*probability));
        assert_eq!(needle::wire::instant::parse(fields[1]), Some(*at_ms));
        assert!((0.0..=1.0).contains(probability), "{csv}");
        assert_eq!([json["contacted"].to_string(), json["silent"].to_string()], fields[3..5]);
    }
}

#[test]
fn what_it_writes_can_be_replayed_into_snapshots() {
    let dir = tempfile::tempdir().expect("a directory");
    let dir = dir.path();
    simulate(dir, &["--out", "a.jsonl.zst"]);
    let args = ["replay", "--events", "a.jsonl.zst", "--out", "said", "--set", "snapshots.url=file:kept"];
    let output = needle(dir, &[&args[..], &["--set", "snapshots.interval_seconds=604800"]].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(fs::read(dir.join("said/dead-letters.jsonl")).expect("written"), b"");
    let changes = fs::read_to_string(dir.join("said/score-changes.jsonl")).expect("written");
    assert!(changes.lines().count() > 500, "{}", changes.lines().count());
    let log = dir.join("kept/log/needle/partition=0/000000000");
    // A snapshot for each week, or nearly.
    assert!(fs::read_dir(log).expect("a log").count() >= 10);
}

#[test]
fn what_makes_no_sense_is_said() {
    let dir = tempfile::tempdir().expect("a directory");
    let dir = dir.path();
    for (args, wanted) in [
        (&["--leads", "9"][..], "--out"),
        (&["--out", "a.jsonl", "--preset", "forever"], "14-months, 6-months, 28-months"),
        (&["--out", "a.jsonl", "--truth", "t.txt"], ".parquet, .csv"),
        (&["--out", "a.jsonl", "--truth", "t.parquet.gz"], ".parquet, .csv"),
        (&["--out", "a.jsonl", "--start", "today"], "2026-01-05"),
        (&["--out", "a.jsonl", "--leads", "0"], "--leads"),
        (&["--out", "kafka"], "bootstrap.servers"),
    ] {
        let output = needle(dir, &[&["simulate"], args].concat());
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), error.contains(wanted)), (Some(2), true), "{args:?}: {error}");
    }
    assert_eq!(fs::read_dir(dir).expect("a directory").count(), 0);
    let output = needle(dir, &["simulate", "--leads", "9", "--out", "nowhere/a.jsonl"]);
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).contains("nowhere")), (Some(1), true));
}
