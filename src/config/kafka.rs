//! The `[kafka]` section: librdkafka's properties by their own names, but for those that exactly-once stands on.

use std::collections::{BTreeMap, BTreeSet};

use super::Kafka;
use super::librdkafka::{self, Refusal, Scope};
use super::report::Mistakes;
use super::tree::{Node, Table, Value};
use super::vocabulary::most_similar;

/// Properties that needle sets itself, and why nobody else may.
const OWNED: &[(&str, &str)] = &[
    ("group.id", "it is service.application"),
    ("group.instance.id", "it is made of service.application, service.instance and the lane"),
    ("transactional.id", "it is made of service.application, service.instance and the lane"),
    ("isolation.level", "needle reads committed records only"),
    ("enable.auto.commit", "positions are committed together with the outputs"),
    ("auto.commit.enable", "positions are committed together with the outputs"),
    ("auto.commit.interval.ms", "positions are committed together with the outputs, every service.commit_interval_ms"),
    ("enable.auto.offset.store", "positions are committed together with the outputs"),
    ("offset.store.method", "positions are committed together with the outputs"),
    ("offset.store.path", "positions are committed together with the outputs"),
    ("offset.store.sync.interval.ms", "positions are committed together with the outputs"),
    ("enable.partition.eof", "needle finds the end of a partition by its offsets"),
    ("enable.idempotence", "a transactional producer is always idempotent"),
    ("enable.gapless.guarantee", "transactions already guarantee more"),
    ("enabled_events", "needle decides which of librdkafka's events it listens to"),
    ("log.queue", "needle decides where librdkafka's logs go"),
    ("group.protocol.type", "a group of consumers is what needle is"),
];

/// Properties of which exactly-once takes one value only: name, values, why.
const BOUND: &[(&str, &[&str], &str)] = &[
    ("auto.offset.reset", &["earliest"], "or a new group would pass over what is already there"),
    ("acks", &["all", "-1"], "or a committed record could be lost"),
    ("request.required.acks", &["all", "-1"], "or a committed record could be lost"),
    ("queuing.strategy", &["fifo"], "or records of one lead could change places"),
    ("partition.assignment.strategy", &["range"], "so that one lane has the same partition of every input topic"),
];

/// Most requests that an idempotent producer may have under way (`max.in.flight` and its long name).
const MAX_IN_FLIGHT: i64 = 5;

const BROKERS: &str = "bootstrap.servers";

/// Reads the section, whose properties already have one dotted name each.
pub(super) fn read(root: &Table, mistakes: &Mistakes) -> Kafka {
    let mut kafka = Kafka::default();
    let mut seen = BTreeSet::new();
    let Some((_, section)) = root.iter().find(|(key, _)| key == "kafka") else { return kafka };
    let Value::Table(entries) = &section.value else {
        let what = format!("must be a table, not {}: write [kafka] above its keys", section.value.describe());
        mistakes.add("kafka", &section.origin, what);
        return kafka;
    };
    for (name, node) in entries {
        let (scope, property) = split_scope(name);
        let outcome = if seen.insert(name) { take(scope, property, node) } else { Err("is given twice".to_owned()) };
        match outcome {
            Err(what) => mistakes.add(dotted(scope, property), &node.origin, what),
            Ok(value) => {
                let target = match scope {
                    Scope::Both => &mut kafka.common,
                    Scope::Consumer => &mut kafka.consumer,
                    Scope::Producer => &mut kafka.producer,
                };
                target.insert(property.to_owned(), value);
            }
        }
    }
    check_timeouts(&kafka, entries, mistakes);
    kafka
}

fn split_scope(name: &str) -> (Scope, &str) {
    if let Some(property) = name.strip_prefix("consumer.") {
        (Scope::Consumer, property)
    } else if let Some(property) = name.strip_prefix("producer.") {
        (Scope::Producer, property)
    } else {
        (Scope::Both, name)
    }
}

fn dotted(scope: Scope, property: &str) -> String {
    match scope {
        Scope::Both => format!("kafka.{property:?}"),
        Scope::Consumer => format!("kafka.consumer.{property:?}"),
        Scope::Producer => format!("kafka.producer.{property:?}"),
    }
}

/// The value of a property as librdkafka reads it, or why it is refused.
fn take(scope: Scope, property: &str, node: &Node) -> Result<String, String> {
    if let Some((_, why)) = OWNED.iter().find(|(name, _)| *name == property) {
        return Err(format!("is needle's own: {why}"));
    }
    if property == "metadata.broker.list" {
        return Err(format!("is an old name: say {BROKERS:?}"));
    }
    if property == BROKERS && scope != Scope::Both {
        return Err("belongs into [kafka]: a transaction has its input and its outputs in one cluster".to_owned());
    }
    check_scope(scope, property)?;
    let value = text(node)?;
    match librdkafka::probe(property, &value) {
        Ok(()) => {}
        Err(Refusal::Unknown) => return Err(unknown(property)),
        Err(refusal) if is_secret(property) && librdkafka::probe(property, "x") != Err(refusal.clone()) => {
            // Its words may quote the value, unless they are the same for any.
            return Err("is refused by librdkafka (its value and the reason are not shown)".to_owned());
        }
        Err(Refusal::Invalid(words)) => return Err(format!("is refused by librdkafka: {words}")),
    }
    check_bound(property, &value)?;
    Ok(value)
}

fn check_scope(scope: Scope, property: &str) -> Result<(), String> {
    match (scope, librdkafka::scope(property)) {
        (Scope::Consumer, Scope::Producer) => {
            Err("is a producer's property: it belongs into [kafka.producer]".to_owned())
        }
        (Scope::Producer, Scope::Consumer) => {
            Err("is a consumer's property: it belongs into [kafka.consumer]".to_owned())
        }
        _ => Ok(()),
    }
}

fn check_bound(property: &str, value: &str) -> Result<(), String> {
    if let Some((_, values, why)) = BOUND.iter().find(|(name, ..)| *name == property)
        && !values.contains(&value)
    {
        return Err(format!("must be {:?}, {why}, not {value:?}", values[0]));
    }
    let in_flight = matches!(property, "max.in.flight" | "max.in.flight.requests.per.connection");
    if in_flight && value.parse::<i64>().is_ok_and(|requests| requests > MAX_IN_FLIGHT) {
        return Err(format!("must be at most {MAX_IN_FLIGHT}, or a retry could put records out of order, not {value}"));
    }
    Ok(())
}

fn unknown(property: &str) -> String {
    match most_similar(librdkafka::names(), |known| strsim::normalized_damerau_levenshtein(property, known)) {
        Some(near) => format!("is no property of librdkafka; the nearest one is {near:?}"),
        None => "is no property of librdkafka".to_owned(),
    }
}

fn text(node: &Node) -> Result<String, String> {
    match (&node.value, &node.raw) {
        (Value::Text(text), _) => Ok(text.clone()),
        (Value::Integer(_) | Value::Float(_) | Value::Flag(_) | Value::Other(_), Some(raw)) => Ok(raw.clone()),
        (Value::Integer(number), None) => Ok(number.to_string()),
        (Value::Float(number), None) => Ok(number.to_string()),
        (Value::Flag(flag), None) => Ok(flag.to_string()),
        (Value::Other(word), None) => Err(format!("must be a string, a number or true or false, not {word}")),
        (Value::List(_) | Value::Table(_), _) => {
            Err("must be a string, a number or true or false; several values are one string with commas".to_owned())
        }
    }
}

/// Time-outs that contradict each other, as librdkafka would find only on starting a client.
fn check_timeouts(kafka: &Kafka, entries: &Table, mistakes: &Mistakes) {
    let all = kafka.for_consumer();
    let said = |name: &str| all.get(name).and_then(|value| value.parse::<i64>().ok());
    let refuse = |short: &str, long: &str| {
        let (Some(less), Some(more)) = (said(short), said(long)) else { return };
        let place = entries.iter().rev().find(|(name, _)| split_scope(name).1 == short);
        if let (true, Some((name, node))) = (less > more, place) {
            let (scope, property) = split_scope(name);
            mistakes.add(
                dotted(scope, property),
                &node.origin,
                format!("must be at most {long:?}: {less} is above {more}"),
            );
        }
    };
    refuse("heartbeat.interval.ms", "session.timeout.ms");
    refuse("session.timeout.ms", "max.poll.interval.ms");
}

/// Whether a property's value must never be printed.
pub fn is_secret(property: &str) -> bool {
    const MARKS: &[&str] = &["password", "secret", "key.pem", "passphrase", "oauthbearer.config"];
    MARKS.iter().any(|mark| property.contains(mark))
}

/// A property's value as it may be printed.
pub fn shown<'v>(property: &str, value: &'v str) -> &'v str {
    if is_secret(property) { "(not shown)" } else { value }
}

impl Kafka {
    /// What a consumer is configured with: common properties that are not a producer's, then its own over them.
    pub fn for_consumer(&self) -> BTreeMap<&str, &str> {
        merged(&self.common, &self.consumer, Scope::Producer)
    }

    /// What a producer is configured with: common properties that are not a consumer's, then its own over them.
    pub fn for_producer(&self) -> BTreeMap<&str, &str> {
        merged(&self.common, &self.producer, Scope::Consumer)
    }

    /// The brokers to ask first; `None` where nobody said.
    pub fn brokers(&self) -> Option<&str> {
        self.common.get(BROKERS).map(String::as_str).filter(|brokers| brokers.split(',').any(|b| !b.trim().is_empty()))
    }
}

fn merged<'k>(
    common: &'k BTreeMap<String, String>,
    own: &'k BTreeMap<String, String>,
    foreign: Scope,
) -> BTreeMap<&'k str, &'k str> {
    let common = common.iter().filter(|(name, _)| librdkafka::scope(name) != foreign);
    common.chain(own).map(|(name, value)| (name.as_str(), value.as_str())).collect()
}
