//! librdkafka's properties: ours that must be so, ours that are good, and the operator's in between.

use std::collections::BTreeMap;

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::BaseConsumer;
use rdkafka::error::KafkaError;
use rdkafka::producer::BaseProducer;

use crate::config::Config;

/// Good for needle, and the operator's to change.
const CONSUMER: &[(&str, &str)] = &[
    // A killed static member that comes back within the session resumes at once, and nothing moves.
    ("session.timeout.ms", "6000"),
    ("heartbeat.interval.ms", "1000"),
    // The same partition of every input topic goes to the same lane.
    ("partition.assignment.strategy", "range"),
    ("max.poll.interval.ms", "120000"),
    // With the default of 1000 a full queue is refilled a second later.
    ("fetch.queue.backoff.ms", "5"),
    ("queued.max.messages.kbytes", "32768"),
    ("fetch.message.max.bytes", "4194304"),
];

const PRODUCER: &[(&str, &str)] = &[
    // A transaction that begins right after a commit is told CONCURRENT_TRANSACTIONS, and asks again after this long.
    ("retry.backoff.ms", "1"),
    ("linger.ms", "3"),
    #[cfg(feature = "lz4")]
    ("compression.type", "lz4"),
    ("queue.buffering.max.messages", "1000000"),
    ("queue.buffering.max.kbytes", "262144"),
    // Dead letters are as large as the input was; what a topic takes is the topic's own to say.
    ("message.max.bytes", "104857600"),
];

/// How long a group waits for a member, where the brokers are the ones to say so.
const SESSION_TIMEOUT_MS: u64 = 6_000;
/// The most that a transaction may last unless it is configured: the brokers' own default.
const TRANSACTION_TIMEOUT_MAX_MS: u64 = 60_000;

/// The identity of one lane to the brokers: stable over restarts.
pub fn lane_id(config: &Config, lane: usize) -> String {
    format!("{}-{}-{lane}", config.service.application, config.service.instance)
}

/// The identity of one lane to its group. Whoever comes back under the same one gets what it had, and nobody deals anew: so the partitions of
/// the input are in it, or those that were added meanwhile would be nobody's.
fn instance_id(config: &Config, lane: usize, partitions: i32) -> String {
    format!("{}-of-{partitions}", lane_id(config, lane))
}

/// The consumer that belongs to the group.
///
/// `partitions`: how many the input has.
pub fn consumer(config: &Config, lane: usize, partitions: i32) -> ClientConfig {
    let mut client = common(config);
    // What the metric of the lag is taken from.
    client.set("statistics.interval.ms", "2000");
    if is_new_protocol(&client) {
        client.set("group.remote.assignor", "range");
    } else {
        client.set("group.instance.id", instance_id(config, lane, partitions));
    }
    client
}

/// A consumer that belongs to no group: restores read with it.
pub fn reader(config: &Config) -> ClientConfig {
    let mut client = common(config);
    // It never joins; under the new protocol librdkafka would refuse the time-outs of the classic one.
    client.remove("group.protocol");
    client.remove("group.remote.assignor");
    // A follower's end may lie before the leader's last stable offset, and would be taken for the partition's.
    client.remove("client.rack");
    client
}

/// What both kinds of consumers have.
fn common(config: &Config) -> ClientConfig {
    let mut client = consuming(config);
    for (property, value) in [
        // Without a group librdkafka has no consumer queue; it never joins, because it never subscribes.
        ("group.id", config.service.application.as_str()),
        ("isolation.level", "read_committed"),
        ("enable.auto.commit", "false"),
        ("enable.auto.offset.store", "false"),
        // An offset that retention has deleted is an error to be told, not one to be skipped.
        ("auto.offset.reset", "error"),
        ("enable.partition.eof", "false"),
    ] {
        client.set(property, value);
    }
    client
}

/// A consumer that only asks questions.
pub fn probe(config: &Config) -> ClientConfig {
    consuming(config)
}

/// The transactional producer.
pub fn producer(config: &Config, lane: usize) -> ClientConfig {
    let mut client = base(PRODUCER, config.kafka.for_producer());
    if client.get("transaction.timeout.ms").is_none() {
        client.set("transaction.timeout.ms", transaction_timeout_ms(config).to_string());
    }
    client.set("transactional.id", lane_id(config, lane));
    client.set("delivery.report.only.error", "true");
    client
}

/// What a dead member has left open hides what comes after it, and blocks whoever takes over: as long as the group waits for the member,
/// and no longer. Below two commit intervals the brokers would abort, and fence, what is open on purpose.
fn transaction_timeout_ms(config: &Config) -> u64 {
    let session = consuming(config).get("session.timeout.ms").and_then(|ms| ms.parse().ok());
    let session_ms: u64 = session.unwrap_or(SESSION_TIMEOUT_MS);
    session_ms.max(2 * config.service.commit_interval_ms).min(TRANSACTION_TIMEOUT_MAX_MS)
}

/// The producer of simulated events: no transactions, but each record once, and in order.
pub fn writer(config: &Config) -> ClientConfig {
    let mut client = base(PRODUCER, config.kafka.for_producer());
    client.remove("transaction.timeout.ms");
    // In order to be read, a key's records have to stay where every producer puts them: by its hash, as Java's clients do.
    if client.get("partitioner").is_none() {
        client.set("partitioner", "murmur2_random");
    }
    client.set("enable.idempotence", "true");
    client.set("delivery.report.only.error", "true");
    client
}

/// Metadata and topics.
pub fn admin(config: &Config) -> ClientConfig {
    base(PRODUCER, config.kafka.for_producer())
}

/// Whether librdkafka makes clients of these properties together; each by itself was probed when it was read. It looks into
/// files that they name (certificates, keys). Nothing connects.
///
/// # Errors
/// librdkafka's own words.
pub fn verify(config: &Config) -> Result<(), String> {
    let consumer: Result<BaseConsumer, KafkaError> = unconnected(consumer(config, 0, 1)).create();
    consumer.map_err(|error| words(&error))?;
    let producer: Result<BaseProducer, KafkaError> = unconnected(producer(config, 0)).create();
    producer.map(drop).map_err(|error| words(&error))
}

/// Without brokers, and without librdkafka's remark that there are none.
fn unconnected(mut client: ClientConfig) -> ClientConfig {
    for brokers in ["bootstrap.servers", "metadata.broker.list"] {
        client.remove(brokers);
    }
    client.set_log_level(RDKafkaLogLevel::Critical);
    client
}

fn words(error: &KafkaError) -> String {
    match error {
        KafkaError::ClientCreation(words) => words.clone(),
        other => other.to_string(),
    }
}

/// What every consumer begins with, so that the operator's properties meet the same ones everywhere.
fn consuming(config: &Config) -> ClientConfig {
    let mut client = base(CONSUMER, config.kafka.for_consumer());
    if is_new_protocol(&client) {
        // The new protocol keeps these at the broker, and a killed static member could not come back under it (KIP-848).
        for property in ["session.timeout.ms", "heartbeat.interval.ms", "partition.assignment.strategy"] {
            client.remove(property);
        }
    }
    client
}

fn is_new_protocol(client: &ClientConfig) -> bool {
    client.get("group.protocol") == Some("consumer")
}

fn base(defaults: &[(&str, &str)], configured: BTreeMap<&str, &str>) -> ClientConfig {
    let mut client = ClientConfig::new();
    client.set_log_level(RDKafkaLogLevel::Info);
    client.set("client.id", "needle");
    for (property, value) in defaults.iter().copied().chain(configured) {
        client.set(property, value);
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(kafka: &str) -> Config {
        Config::from_toml(&format!("[kafka]\n{kafka}")).unwrap()
    }

    /// Defaults of ours stand beside the operator's properties in each of the clients, or one of them would be refused.
    #[test]
    fn what_fits_one_client_fits_all_of_them() {
        for kafka in
            ["", "\"max.poll.interval.ms\" = 30000", "\"group.protocol\" = \"consumer\"", "\"message.timeout.ms\" = 4"]
        {
            let config = config(kafka);
            assert_eq!(verify(&config), Ok(()), "{kafka}");
            for client in [reader(&config), probe(&config)] {
                let made: Result<BaseConsumer, KafkaError> = unconnected(client).create();
                assert_eq!(made.err(), None, "{kafka}");
            }
            for client in [admin(&config), writer(&config)] {
                let made: Result<BaseProducer, KafkaError> = unconnected(client).create();
                assert_eq!(made.map(drop), Ok(()), "{kafka}");
            }
        }
    }
}
