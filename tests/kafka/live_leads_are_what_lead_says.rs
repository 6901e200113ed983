//! A running process shows a lead as `needle lead` finds it from outside, sends who asks for another's to where it may be, and says how
//! it stands.

use crate::support::lead::{ask, by_lead};
use crate::support::{Broker, Flow, Needle, PATIENCE, Settings, eventually};
use serde_json::Value;

/// As both tell it: all but where it was read.
fn known(part: &Value) -> Value {
    let mut part = part.clone();
    for name in ["snapshot", "records_read", "passed_over"] {
        part[name] = Value::Null;
    }
    for input in part["inputs"].as_array_mut().expect("inputs") {
        input["read_from"] = Value::Null;
    }
    part
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn valid(schema: &str, value: &Value) {
    let path = format!("{}/schemas/{schema}.json", env!("CARGO_MANIFEST_DIR"));
    let schema = json(&std::fs::read_to_string(&path).expect("a schema"));
    let validator = jsonschema::validator_for(&schema).expect("a JSON Schema");
    if let Some(error) = validator.iter_errors(value).next() {
        panic!("{path}: {error} at {}: {value:#}", error.instance_path());
    }
}

#[test]
fn a_lead_a_stranger_and_the_status() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "live", 2);
    Flow::new(broker, &settings, 2, 1, 200).go_on();
    let processes = [0, 1].map(|instance| Needle::spawn(&settings.clone().instance(instance), &["run"]));
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    // Both have one partition, once the group has settled.
    let statuses = eventually("each with a partition", PATIENCE, || {
        let statuses: Vec<Value> = processes.iter().map(|needle| json(&needle.get("/status").1)).collect();
        let one = |status: &Value| {
            let partitions = status["lanes"][0]["partitions"].as_array().map_or(0, Vec::len);
            status["ready"] == true && partitions == 1 && status["lanes"][0]["partitions"][0]["state"] == "running"
        };
        statuses.iter().all(one).then_some(statuses)
    });
    for (status, instance) in statuses.iter().zip(["0", "1"]) {
        valid("status", status);
        assert_eq!(status["instance"], instance);
        assert_eq!(status["models"][0]["version"], "day-0");
    }
    let owner = |partition: &Value| {
        statuses
            .iter()
            .position(|status| status["lanes"][0]["partitions"][0]["partition"] == *partition)
            .expect("an owner")
    };
    let leads = by_lead(&broker.read_committed_all(&settings.score_changes));
    assert!(leads.len() > 20, "{}", leads.len());
    for (key, changes) in leads.iter().step_by(9) {
        let partition = Value::from(changes[0].0.partition);
        let (code, text) = processes[owner(&partition)].get(&format!("/leads/{key}"));
        assert_eq!(code, 200, "{text}");
        let live = json(&text);
        valid("lead", &live);
        let outside = ask(&settings, &[key, "--json"]).part();
        assert_eq!(known(&live["partitions"][0]), known(&outside), "{key}");

        let (code, text) = processes[1 - owner(&partition)].get(&format!("/leads/{key}"));
        let stranger = json(&text);
        assert_eq!((code, &stranger["lead"]), (404, &live["lead"]), "{text}");
        assert_eq!(stranger["owners_of_others"][0]["partitions"][0], partition, "{text}");
    }
    // Where the input ends is known once librdkafka has counted, which it does every two seconds.
    let table = eventually("a table that knows the input's end", PATIENCE, || {
        let mut status = crate::support::needle::command(std::path::Path::new("."));
        let output = status.args(["status", "--url", &processes[0].url()]).output().expect("needle starts");
        let table = String::from_utf8_lossy(&output.stdout).into_owned();
        table.contains("at its end").then_some(table)
    });
    assert!(table.contains("ready") && table.contains("model of default: day-0"), "{table}");
    for mut needle in processes {
        assert_eq!(needle.terminate(), Some(0), "{}", needle.log());
    }
}
