//! `needle lead` as a program sees it, and leads as the topics have them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::record::lossy;
use super::{Record, Settings, needle};

/// What one call has said.
pub struct Answer {
    pub code: Option<i32>,
    pub output: String,
    pub errors: String,
}

/// `needle lead ARGS…`
pub fn ask(settings: &Settings, args: &[&str]) -> Answer {
    let directory = tempfile::tempdir().expect("a directory");
    needle::write_settings(directory.path(), settings);
    let mut command = needle::command(directory.path());
    command.arg("lead").args(args).args(["--config", "needle.toml"]).env_remove("RUST_LOG");
    let done = command.output().expect("needle starts");
    Answer { code: done.status.code(), output: lossy(&done.stdout), errors: lossy(&done.stderr) }
}

impl Answer {
    /// The object that `--json` printed, valid.
    pub fn json(&self) -> Value {
        let value: Value = serde_json::from_str(&self.output).unwrap_or_else(|e| panic!("{e}: {}", self.errors));
        let path = format!("{}/schemas/lead.json", env!("CARGO_MANIFEST_DIR"));
        let schema = std::fs::read_to_string(&path).expect("a schema");
        let schema: Value = serde_json::from_str(&schema).expect("JSON");
        let validator = jsonschema::validator_for(&schema).expect("a JSON Schema");
        if let Some(error) = validator.iter_errors(&value).next() {
            panic!("{path}: {error} at {}: {value:#}", error.instance_path());
        }
        value
    }

    /// The one partition that holds the lead.
    pub fn part(&self) -> Value {
        assert_eq!(self.code, Some(0), "{}", self.errors);
        let mut value = self.json();
        assert_eq!(value["partitions"].as_array().map(Vec::len), Some(1), "{value:#}");
        value["partitions"][0].take()
    }
}

/// Score changes by lead, in the order in which they were said, each with its value.
pub fn by_lead(changes: &[Vec<Record>]) -> BTreeMap<String, Vec<(Record, Value)>> {
    let mut leads: BTreeMap<String, Vec<(Record, Value)>> = BTreeMap::new();
    for record in changes.iter().flatten() {
        let key = record.key.as_deref().map(lossy).expect("a key");
        let value = serde_json::from_str(&record.text()).expect("JSON");
        leads.entry(key).or_default().push((record.clone(), value));
    }
    leads
}

/// `TOPIC:PARTITION:OFFSET` of the record that caused a score change.
pub fn position(change: &Value) -> String {
    let input = &change["input"];
    format!("{}:{}:{}", input["topic"].as_str().expect("a topic"), input["partition"], input["offset"])
}
