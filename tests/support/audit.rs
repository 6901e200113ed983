//! The audit: after whatever happened to the processes, is everything said exactly once, and nothing else?
//!
//! What a `read_committed` consumer sees in partition `p` of each output equals, value by value and byte by byte, what
//! `needle replay` says of the committed records of partition `p` of the input; the group's positions are at the end of
//! the input; no transaction stays open. Every difference is returned, so that a test can also show that there are some.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::Value;

use super::kafka::Isolation;
use super::record::{HeaderList, lossy};
use super::replay::{Said, replay};
use super::{Broker, Record, Settings, kcat};

/// How long a transaction may be open, or hide a position, before that is called a difference: far longer than its end
/// takes to reach the partitions.
const PENDING: Duration = Duration::from_secs(5);

/// Differences between what was committed and what `needle replay` says of the input. Empty: exactly once.
pub fn audit(broker: &Broker, settings: &Settings) -> Vec<String> {
    let input = broker.read_committed_all(&settings.events);
    differences(broker, settings, &input, &replay(settings, &input))
}

/// As `audit`, against any truth.
pub fn differences(broker: &Broker, settings: &Settings, input: &[Vec<Record>], truth: &[Said]) -> Vec<String> {
    let mut found = Vec::new();
    for topic in settings.outputs() {
        for partition in broker.still_open(topic, PENDING) {
            found.push(format!("{topic}/{partition}: a transaction stays open"));
        }
    }
    compare_json(&mut found, &broker.read_committed_all(&settings.score_changes), truth, |said| &said.score_changes);
    compare_json(&mut found, &broker.read_committed_all(&settings.score_jumps), truth, |said| &said.score_jumps);
    compare_dead_letters(&mut found, &broker.read_committed_all(&settings.dead_letters), truth);
    compare_positions(&mut found, broker, settings, input);
    found
}

/// Score changes and score jumps: values to the byte; keys and headers as the values have them.
fn compare_json(found: &mut Vec<String>, seen: &[Vec<Record>], truth: &[Said], of: impl Fn(&Said) -> &Vec<Vec<u8>>) {
    compare_counts(found, seen.len(), truth.len());
    let mut ids = HashSet::new();
    for (records, said) in seen.iter().zip(truth) {
        let values: Vec<Vec<u8>> = records.iter().map(|r| r.value.clone().unwrap_or_default()).collect();
        compare_lists(found, records, &values, of(said), |bytes| lossy(bytes));
        for record in records {
            found.extend(envelope_fault(record));
            if let Some(id) = record.header("ce_id").filter(|id| !ids.insert(id.clone())) {
                found.push(format!("{}: ce_id {id} again", place(record)));
            }
        }
    }
}

/// Key, `ce_subject` and `ce_id` all follow from the value.
fn envelope_fault(record: &Record) -> Option<String> {
    let Ok(value) = serde_json::from_slice::<Value>(record.value.as_deref().unwrap_or_default()) else {
        return Some(format!("{}: no JSON: {}", place(record), record.text()));
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let key = format!("{}/{}", text(&value["tenant"]), text(&value["lead"]));
    let input = &value["input"];
    let cause = format!("{}-{}-{}", text(&input["topic"]), input["partition"], input["offset"]);
    let id = record.header("ce_id").unwrap_or_default();
    let holds = record.key.as_deref() == Some(key.as_bytes())
        && record.header("ce_subject").as_deref() == Some(&key)
        && (id == cause || value["cause"] != "event" || id.starts_with(&format!("{cause}-")))
        && input["partition"] == record.partition;
    (!holds).then(|| format!("{}: key or headers do not fit {}: {:?}", place(record), record.text(), record.headers))
}

/// A dead letter, taken out of a Kafka record or out of a line of `needle replay`.
#[derive(Debug, PartialEq)]
struct DeadLetter {
    topic: String,
    partition: i64,
    offset: i64,
    key: Option<Vec<u8>>,
    value: Option<Vec<u8>>,
    headers: HeaderList,
    reason: String,
    detail: String,
}

fn compare_dead_letters(found: &mut Vec<String>, seen: &[Vec<Record>], truth: &[Said]) {
    compare_counts(found, seen.len(), truth.len());
    for (records, said) in seen.iter().zip(truth) {
        let letters: Vec<DeadLetter> = records.iter().map(letter_of_record).collect();
        let expected: Vec<DeadLetter> = said.dead_letters.iter().map(|line| letter_of_line(line)).collect();
        compare_lists(found, records, &letters, &expected, |letter| format!("{letter:?}"));
    }
}

fn letter_of_record(record: &Record) -> DeadLetter {
    let added = |name: &str| record.header(name).unwrap_or_default();
    let number = |name: &str| added(name).parse().unwrap_or(-1);
    DeadLetter {
        topic: added("needle_topic"),
        partition: number("needle_partition"),
        offset: number("needle_offset"),
        key: record.key.clone(),
        value: record.value.clone(),
        headers: record.headers.iter().filter(|(name, _)| !name.starts_with("needle_")).cloned().collect(),
        reason: added("needle_reason"),
        detail: added("needle_detail"),
    }
}

fn letter_of_line(line: &[u8]) -> DeadLetter {
    let line: Value = serde_json::from_slice(line).expect("needle replay writes JSON");
    let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let number = |name: &str| line[name].as_i64().unwrap_or(-1);
    DeadLetter {
        topic: text("topic"),
        partition: number("partition"),
        offset: number("offset"),
        key: kcat::bytes(&line, "key"),
        value: kcat::bytes(&line, "payload"),
        headers: kcat::headers(&line),
        reason: text("reason"),
        detail: text("detail"),
    }
}

/// Past the last committed record, and not past the end.
fn compare_positions(found: &mut Vec<String>, broker: &Broker, settings: &Settings, input: &[Vec<Record>]) {
    let positions = match broker.committed_within(&settings.application, &settings.events, PENDING) {
        Ok(positions) => positions,
        Err(error) => return found.push(format!("positions of {}: {error}", settings.application)),
    };
    for (partition, (records, position)) in input.iter().zip(positions).enumerate() {
        let from = records.last().map_or(0, |record| record.offset + 1);
        let to = broker.bounds(&settings.events, partition as i32, Isolation::Uncommitted).1;
        let position = position.map_or(0, |p| p.offset);
        if !(from..=to).contains(&position) {
            found.push(format!("{}/{partition}: position {position}, not {from} to {to}", settings.events));
        }
    }
}

fn compare_counts(found: &mut Vec<String>, seen: usize, expected: usize) {
    if seen != expected {
        found.push(format!("an output has {seen} partitions, not {expected}"));
    }
}

/// The first difference of a partition, and how many there are on each side.
fn compare_lists<T: PartialEq>(
    found: &mut Vec<String>,
    records: &[Record],
    seen: &[T],
    expected: &[T],
    show: impl Fn(&T) -> String,
) {
    if seen == expected {
        return;
    }
    let first = seen.iter().zip(expected).take_while(|(a, b)| a == b).count();
    let shown = |list: &[T]| list.get(first).map_or_else(|| "nothing".into(), &show);
    let place = records.get(first).or(records.last()).map_or_else(|| "an empty partition".into(), place);
    let (saw, said) = (shown(seen), shown(expected));
    let counts = format!("{} records seen, {} expected", seen.len(), expected.len());
    found.push(format!("{place}: {counts}; number {first}:\n  seen     {saw}\n  expected {said}"));
}

fn place(record: &Record) -> String {
    format!("{}/{}@{}", record.topic, record.partition, record.offset)
}
