//! Each alert fires where it should, with the words that it should, and is silent where it should: by promtool, over series of tests/ops/alerts.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::ops_support::*;

/// Rules for the cases: what an alert says in its summary is part of them; the longer texts are another test's.
fn write_rules(directory: &Path) {
    let mut groups = rules();
    for group in groups["groups"].as_array_mut().expect("groups") {
        for rule in group["rules"].as_array_mut().expect("rules") {
            if let Some(annotations) = rule["annotations"].as_object_mut() {
                annotations.retain(|name, _| name == "summary");
            }
        }
    }
    write(directory, "rules.json", groups.to_string());
}

/// The cases of an alert: `NeedleLagGrowing` has them in `needle_lag_growing.yaml`.
fn cases() -> BTreeMap<String, String> {
    let folder = fs::read_dir(root().join("tests/ops/alerts")).expect("the cases");
    let read = |entry: std::io::Result<fs::DirEntry>| {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        (name, fs::read_to_string(&path).expect("text"))
    };
    folder.map(read).collect()
}

fn in_snake_case(alert: &str) -> String {
    let letter = |(at, c): (usize, char)| match c.is_ascii_uppercase() && at > 0 {
        true => vec!['_', c.to_ascii_lowercase()],
        false => vec![c.to_ascii_lowercase()],
    };
    alert.chars().enumerate().flat_map(letter).collect()
}

fn promtool(directory: &Path, arguments: &[&str]) -> (bool, String) {
    let ran = tool(&["promtool"]).args(arguments).current_dir(directory).output().expect("promtool starts");
    (ran.status.success(), text(&ran.stdout) + &text(&ran.stderr))
}

#[test]
fn prometheus_takes_the_rules() {
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), "rules.json", rules().to_string());
    let (taken, said) = promtool(directory.path(), &["check", "rules", "rules.json"]);
    assert!(taken, "{said}");
}

#[test]
fn every_case_is_as_it_says() {
    let directory = tempfile::tempdir().expect("a directory");
    write_rules(directory.path());
    for (name, case) in cases() {
        let file = format!("{name}.yaml");
        write(directory.path(), &file, case);
        let (passed, said) = promtool(directory.path(), &["test", "rules", &file]);
        assert!(passed, "{said}");
    }
}

#[test]
fn each_alert_is_seen_firing_and_seen_silent() {
    let cases = cases();
    let alerts = alerts();
    for alert in &alerts {
        let name = alert["alert"].as_str().expect("a name");
        let case = cases.get(&in_snake_case(name)).unwrap_or_else(|| panic!("{name} has no cases"));
        let tests = yaml(case.as_bytes())[0]["tests"].as_array().expect("tests").clone();
        let asked = tests.iter().flat_map(|test| test["alert_rule_test"].as_array().expect("moments"));
        let asked: Vec<&Value> = asked.filter(|moment| moment["alertname"] == name).collect();
        let fires = |moment: &&&Value| moment["exp_alerts"].as_array().is_some_and(|alerts| !alerts.is_empty());
        let firing = asked.iter().filter(fires).count();
        assert!(firing > 0, "{name} is never seen firing");
        assert!(asked.len() > firing, "{name} is never seen silent");
    }
    assert_eq!(cases.len(), alerts.len(), "cases of an alert that is no more");
}

/// A threshold that was moved to where nothing reaches it is seen.
#[test]
fn an_alert_that_cannot_fire_would_be_seen() {
    let directory = tempfile::tempdir().expect("a directory");
    write_rules(directory.path());
    let file = directory.path().join("rules.json");
    let dead = fs::read_to_string(&file)
        .expect("the rules")
        .replace("needle_partition_stopped) == 1", "needle_partition_stopped) == 2");
    fs::write(&file, dead).expect("written");
    write(directory.path(), "case.yaml", &cases()["needle_partition_stopped"]);
    let (passed, said) = promtool(directory.path(), &["test", "rules", "case.yaml"]);
    assert!(!passed, "{said}");
}
