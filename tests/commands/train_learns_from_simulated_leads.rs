//! From events of leads that never were to a model that takes over, by the commands that a user would give; and what is said where there
//! is too little to learn from.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const RULES: &str = r#"
[snapshots]
url = "file:snapshots"
interval_seconds = 86400
[models]
url = "file:models"
[training]
budget_minutes = 60
"#;

fn needle(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_needle"));
    command.current_dir(dir).args(args).env_remove("RUST_LOG");
    let output = command.output().expect("needle starts");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn json(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("JSON")
}

/// Simulated events, replayed with a snapshot a day.
fn history(leads: &str, days: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    fs::write(dir.path().join("needle.toml"), RULES).expect("written");
    needle(
        dir.path(),
        &[
            "simulate",
            "--leads",
            leads,
            "--days",
            days,
            "--seed",
            "7",
            "--out",
            "events.jsonl",
            "--truth",
            "truth.parquet",
        ],
    );
    needle(dir.path(), &["replay", "--events", "events.jsonl", "--out", "said"]);
    dir
}

#[test]
fn a_better_model_takes_over_and_the_same_one_does_not_again() {
    let dir = history("20000", "300");
    let first = said(&needle(dir.path(), &["train", "--report", "out", "--truth", "truth.parquet"]));
    assert!(first.contains("The new model takes over."), "{first}");
    let current = fs::read_to_string(dir.path().join("models/default/CURRENT")).expect("a version");
    let bundle = dir.path().join("models/default").join(current.trim());
    let manifest = json(&bundle.join("manifest.json"));
    let schema: Value = serde_json::from_str(include_str!("../../schemas/model-manifest.json")).expect("JSON");
    assert!(jsonschema::is_valid(&schema, &manifest), "{manifest:#}");
    assert!(manifest["metrics"]["auroc"]["value"].as_f64() > Some(0.6), "{manifest:#}");
    assert!(manifest["trained_on"]["rows"].as_u64() > Some(10_000), "{manifest:#}");
    let page = fs::read_to_string(bundle.join("report.html")).expect("a report");
    assert_eq!(page, fs::read_to_string(dir.path().join("out/default.html")).expect("a report"));
    let report = json(&bundle.join("report.json"));
    assert_eq!(report["verdict"]["decision"], "takes_over");
    assert!(report["moves"]["compared"].as_u64() > Some(1000), "{:#}", report["moves"]);
    // No model does better than the truth but by luck, and this one comes near.
    let truth = |name: &str| report["truth"][name].as_f64().unwrap_or(f64::NAN);
    assert!(truth("share") > 0.85 && truth("share") < 1.05, "{:#}", report["truth"]);
    assert!(truth("best_auroc") > 0.7, "{:#}", report["truth"]);
    let learned = report["learned"]["factors"].as_array().map_or(0, Vec::len);
    assert!(learned >= 3, "{:#}", report["learned"]);

    // It serves: `models list` says so, and scores come of it.
    let list = said(&needle(dir.path(), &["models", "list"]));
    assert!(list.contains(current.trim()), "{list}");

    let again = said(&needle(dir.path(), &["train"]));
    assert!(again.contains("The served model stays."), "{again}");
    assert_eq!(fs::read_to_string(dir.path().join("models/default/CURRENT")).expect("a version"), current);
    // Both trainings have left a report.
    let reports = fs::read_dir(dir.path().join("models/default/reports")).expect("reports").count();
    assert_eq!(reports, 4);
}

#[test]
fn with_too_little_nothing_is_fitted_and_it_is_said_why() {
    let dir = history("60", "90");
    let text = said(&needle(dir.path(), &["train"]));
    assert!(text.contains("There is too little to learn from yet"), "{text}");
    assert!(text.contains("next: "), "{text}");
    assert!(!dir.path().join("models/default/CURRENT").exists());
}

#[test]
fn without_snapshots_it_says_where_they_come_from() {
    let dir = tempfile::tempdir().expect("a directory");
    fs::write(dir.path().join("needle.toml"), RULES).expect("written");
    let text = said(&needle(dir.path(), &["train"]));
    assert!(text.contains("there are no snapshots") && text.contains("needle replay"), "{text}");
}

#[test]
fn a_dry_run_publishes_nothing() {
    let dir = history("500", "120");
    let text = said(&needle(dir.path(), &["train", "--dry-run", "--report", "out"]));
    assert!(dir.path().join("out/default.html").exists(), "{text}");
    assert!(!dir.path().join("models/default").exists(), "{text}");
}
