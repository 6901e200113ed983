//! `needle simulate --out kafka` puts into the first input topic what it would put into a file: each event once, keyed by its lead, in
//! the lead's order, at its own instant.

use std::collections::BTreeMap;
use std::process::Output;

use crate::support::needle::{command, write_settings};
use crate::support::{Broker, Settings};

const PLAN: [&str; 7] = ["simulate", "--leads", "300", "--days", "40", "--seed", "5"];

fn simulate(settings: &Settings, out: &str) -> Output {
    let dir = tempfile::tempdir().expect("a directory");
    let config = write_settings(dir.path(), settings);
    command(dir.path()).args(PLAN).args(["--out", out, "--config"]).arg(config).output().expect("needle starts")
}

#[test]
fn a_topic_gets_what_a_file_would() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "simulate", 4);
    let output = simulate(&settings, "kafka");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let file = simulate(&settings, "-").stdout;
    let mut wanted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in String::from_utf8(file).expect("UTF-8").lines() {
        let event: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let lead = event["userId"].as_str().or(event["anonymousId"].as_str()).expect("an id");
        wanted.entry(lead.to_owned()).or_default().push(line.to_owned());
    }
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut partitions = Vec::new();
    for partition in broker.read_committed_all(&settings.events) {
        partitions.push(partition.len());
        for record in partition {
            let value = String::from_utf8(record.value.expect("an event")).expect("UTF-8");
            let event: serde_json::Value = serde_json::from_str(&value).expect("JSON");
            let at = needle::wire::instant::parse(event["timestamp"].as_str().expect("an instant"));
            assert_eq!(at, Some(record.at_ms));
            found.entry(String::from_utf8(record.key.expect("a key")).expect("UTF-8")).or_default().push(value);
        }
    }
    assert_eq!(found, wanted);
    assert!(partitions.len() == 4 && partitions.iter().all(|records| *records > 100), "{partitions:?}");
}
