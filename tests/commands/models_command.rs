//! `needle models` from outside: what it prints where, its exit codes, and that other commands score by what was published.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn needle(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_needle")).current_dir(dir).args(args).env_remove("RUST_LOG").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What goes to standard output; nothing else is told.
fn said(dir: &Path, args: &[&str]) -> String {
    let output = needle(dir, args);
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""), "{args:?}");
    text(&output.stdout)
}

/// Exit code and standard error; nothing is printed.
fn refused(dir: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output = needle(dir, args);
    assert_eq!(text(&output.stdout), "", "{args:?}");
    (output.status.code(), text(&output.stderr))
}

fn listed(dir: &Path) -> Vec<serde_json::Value> {
    serde_json::from_str(&said(dir, &["models", "list", "--json"])).unwrap()
}

/// `tenant/version` of what is served.
fn served(dir: &Path) -> Vec<String> {
    let word = |row: &serde_json::Value, name: &str| row[name].as_str().unwrap().to_owned();
    let rows = listed(dir).into_iter().filter(|row| row["served"] == true);
    rows.map(|row| format!("{}/{}", word(&row, "tenant"), word(&row, "version"))).collect()
}

fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("model.txt"), crate::bundle_support::usual(0.0)).unwrap();
    dir
}

#[test]
fn a_model_is_published_listed_and_given_up_again() {
    let dir = folder();
    let dir = dir.path();
    assert_eq!(served(dir), ["default/day-0"]);
    assert!(!dir.join("data").exists(), "whoever looks leaves nothing behind");
    let words = said(dir, &["models", "publish", "model.txt", "--calibration", "0.9,-0.25", "--anchor", "0.04"]);
    let version = words.lines().next().and_then(|line| line.strip_prefix("published default/")).unwrap();
    for line in [
        "2 trees on 3 features; a probability of 0.04 scores 50",
        "log-odds are 0.9 times the raw score - 0.25",
        "services take it up within 10 s",
        "back again: needle models rollback day-0",
    ] {
        assert!(words.lines().any(|said| said.trim() == line), "{line}\n{words}");
    }
    assert_eq!(served(dir), [format!("default/{version}")]);
    said(dir, &["models", "publish", "model.txt", "--tenant", "acme", "--version", "w1"]);
    assert_eq!(served(dir), [format!("default/{version}"), "acme/w1".to_owned()]);
    let back = said(dir, &["models", "rollback", "day-0"]);
    assert!(back.starts_with(&format!("default is to be served by day-0, and no longer by {version}\n")), "{back}");
    assert_eq!(served(dir), ["default/day-0", "acme/w1"]);
    let rows = listed(dir);
    let row = rows.iter().find(|row| row["version"] == *version).unwrap();
    assert_eq!((&row["kind"], &row["features"], &row["refused"]), (&"trees".into(), &3.into(), &().into()));
    assert!(row["published_at"].as_str().is_some_and(|at| at.ends_with('Z')), "{row}");
}

#[test]
fn the_table_tells_what_is_served_and_what_is_refused() {
    let dir = folder();
    let dir = dir.path();
    said(dir, &["models", "publish", "model.txt", "--version", "v1"]);
    said(dir, &["models", "publish", "model.txt", "--version", "v2"]);
    fs::remove_file(dir.join("data/models/default/v2/model.txt")).unwrap();
    let table = said(dir, &["models", "list"]);
    let cells: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(cells[0], ["tenant", "version", "kind", "served", "published", "features", "refused"]);
    assert_eq!(cells[1], ["default", "day-0", "linear"]);
    assert_eq!((&cells[2][..4], cells[2].len()), (&["default", "v1", "trees", "*"][..], 6));
    assert_eq!(
        (&cells[3][..4], &cells[3][6..]),
        (&["default", "v2", "trees", "!"][..], &["model.txt", "is", "not", "there"][..])
    );
}

#[test]
fn what_is_refused_says_why_and_exits_1() {
    let dir = folder();
    let dir = dir.path();
    fs::write(dir.join("other.txt"), crate::bundle_support::usual(0.0).replace("binary sigmoid:1", "poisson")).unwrap();
    let (code, why) = refused(dir, &["models", "publish", "other.txt", "--version", "v1"]);
    assert_eq!(code, Some(1));
    assert!(why.starts_with("needle: other.txt: model v1 has the objective poisson; "), "{why}");
    let (code, why) = refused(dir, &["models", "publish", "nowhere.txt"]);
    assert_eq!((code, why.starts_with("needle: nowhere.txt: ")), (Some(1), true), "{why}");
    let (code, why) = refused(dir, &["models", "rollback", "v7"]);
    assert_eq!((code, why.contains("there is no version \"v7\" of tenant \"default\"")), (Some(1), true), "{why}");
    for args in [
        &["models"][..],
        &["models", "publish"],
        &["models", "publish", "model.txt", "--calibration", "0,1"],
        &["models", "publish", "model.txt", "--calibration", "1"],
        &["models", "publish", "model.txt", "--anchor", "1"],
        &["models", "rollback"],
    ] {
        assert_eq!(refused(dir, args).0, Some(2), "{args:?}");
    }
    assert_eq!(served(dir), ["default/day-0"]);
}

#[test]
fn check_tells_by_what_tenants_are_served_and_refuses_what_is_broken() {
    let dir = folder();
    let dir = dir.path();
    let line = "default, and whoever has no model of its own, is served by day-0 (linear)";
    assert!(said(dir, &["check"]).lines().any(|said| said.trim() == line));
    said(dir, &["models", "publish", "model.txt", "--tenant", "acme", "--version", "w1"]);
    assert!(said(dir, &["check"]).lines().any(|said| said.trim() == "acme is served by w1 (trees)"));
    fs::write(dir.join("data/models/acme/CURRENT"), "w2").unwrap();
    let output = needle(dir, &["check"]);
    assert_eq!(output.status.code(), Some(2));
    let why = "models.url has a model that is refused: w2 of tenant acme: manifest.json is not there";
    assert!(text(&output.stderr).contains(why), "{output:?}");
    // It connects to nobody.
    let bucket = said(dir, &["check", "--set", "models.url=s3://nowhere/models"]);
    assert!(bucket.contains("not looked into: `needle models list` connects, and does"), "{bucket}");
}

#[test]
fn a_replay_scores_by_what_is_published() {
    let dir = folder();
    let dir = dir.path();
    fs::write(dir.join("events.jsonl"), "{\"type\":\"page\",\"userId\":\"u-1\"}\n").unwrap();
    let change = || -> serde_json::Value {
        let output = needle(dir, &["replay", "--events", "events.jsonl"]);
        serde_json::from_slice(&output.stdout).unwrap()
    };
    assert_eq!(change()["model"], serde_json::json!({"version": "day-0", "kind": "linear"}));
    said(dir, &["models", "publish", "model.txt", "--version", "v1"]);
    let change = change();
    assert_eq!(change["model"], serde_json::json!({"version": "v1", "kind": "trees"}));
    // One touchpoint just now, known: leaves -3 and -0.4 + …, by hand.
    let raw: f64 = -3.0 + 0.1;
    assert_eq!(change["probability"], 1.0 / (1.0 + (-raw).exp()));
}

/// Whoever writes bundles of his own has something to hold them to.
#[test]
fn manifests_fit_their_schema() {
    let schema: serde_json::Value = serde_json::from_str(include_str!("../../schemas/model-manifest.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let fits = |manifest: &str| schema.is_valid(&serde_json::from_str(manifest).unwrap());
    assert!(fits(include_str!("../golden/linear_bundle/manifest.json")));
    let dir = folder();
    said(dir.path(), &["models", "publish", "model.txt", "--version", "v1"]);
    let manifest = fs::read_to_string(dir.path().join("data/models/default/v1/manifest.json")).unwrap();
    assert!(fits(&manifest), "{manifest}");
    for (from, to) in [("\"trees\"", "\"neurons\""), ("\"slope\": 1.0", "\"slope\": 0.0"), ("\"known\"", "7")] {
        assert!(manifest.contains(from) && !fits(&manifest.replace(from, to)), "{from}");
    }
}
