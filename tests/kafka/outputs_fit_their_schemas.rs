//! What a running service writes is what `schemas/` says, and what it counts is what it wrote.

use crate::support::{Broker, Flow, Needle, PATIENCE, Record, Settings};
use serde_json::Value;

#[test]
fn score_changes_and_jumps_fit_their_schemas_and_the_metrics_count_them() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "schemas", 2);
    Flow::new(broker, &settings, 2, 1, 1000).go_on();
    let mut needle = Needle::spawn(&settings, &["run"]);
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    let [changes, jumps, letters] = settings.outputs().map(|topic| broker.read_committed_all(topic).concat());
    assert!(
        changes.len() > 300 && jumps.len() > 5 && !letters.is_empty(),
        "{} {} {}",
        changes.len(),
        jumps.len(),
        letters.len()
    );
    validate("score-change", &changes);
    validate("score-jump", &jumps);
    for record in changes.iter().chain(&jumps) {
        let value: Value = serde_json::from_slice(record.value.as_deref().unwrap_or_default()).expect("JSON");
        let sum = |name: &str| value[name].as_f64().expect("a number");
        let reasons: f64 = value["reasons"]
            .as_array()
            .expect("reasons")
            .iter()
            .map(|r| r["points"].as_f64().unwrap_or(f64::NAN))
            .sum();
        let points = sum("base") + sum("other") + reasons;
        assert_eq!(points.clamp(0.0, 100.0).round(), sum("score"), "{value}");
    }
    let total = |prefix: &str| -> f64 {
        let (_, text) = needle.get("/metrics");
        let lines = text.lines().filter(|line| line.starts_with(prefix));
        lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    };
    assert_eq!(total("needle_score_changes_total{"), changes.len() as f64);
    assert_eq!(total("needle_score_jumps_total{"), jumps.len() as f64);
    assert_eq!(total("needle_dead_letters_total{"), letters.len() as f64);
    let events = total("needle_events_total{") - total("needle_duplicates_total ");
    assert!(events >= changes.len() as f64);
    assert_eq!(needle.terminate(), Some(0));
}

fn validate(schema: &str, records: &[Record]) {
    let path = format!("{}/schemas/{schema}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("a schema");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a JSON Schema");
    for record in records {
        let value: Value = serde_json::from_slice(record.value.as_deref().unwrap_or_default()).expect("JSON");
        if let Some(error) = validator.iter_errors(&value).next() {
            panic!("{path}: {error} at {}: {value}", error.instance_path());
        }
    }
}
