//! The topics of a run: input that must be there, outputs that are made where they are absent.

use std::time::Duration;

use rdkafka::admin::{AdminClient, AdminOptions, NewPartitions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::client::Client;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::types::RDKafkaErrorCode as Code;

use super::context::Context;
use super::{asking, settings};
use crate::config::Config;
use crate::log::{Input, LogError, Remedy};

const DOING: &str = "preparing topics";
pub(super) const TIMEOUT: Duration = Duration::from_secs(5);
/// Kafka's default of `max.message.bytes`.
const DEFAULT_RECORD_BYTES: usize = 1_048_588;
/// What a dead letter has beyond the event: our headers.
const DEAD_LETTER_ROOM: usize = 65_536;

/// What a run has to know of its topics.
#[derive(Clone, Copy, Debug)]
pub struct Prepared {
    pub partitions: i32,
    /// Bytes that a record of the dead-letter topic may have.
    pub dead_letter_bytes: usize,
}

/// The client that looks after topics; one for a run, so that what is wrong is told once.
pub struct TopicKeeper {
    admin: Admin,
    /// Asks for metadata, because its events can be polled: an admin client keeps to itself why brokers refuse it.
    probe: BaseConsumer<Context>,
    runtime: tokio::runtime::Runtime,
}

type Admin = AdminClient<Context>;

impl TopicKeeper {
    pub fn new(config: &Config) -> Result<Self, LogError> {
        let context = Context::default();
        let admin = settings::admin(config).create_with_context(context.clone());
        let probe = settings::probe(config).create_with_context(context);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Ok(Self {
            admin: admin.map_err(|error| refuse(format!("{error}")))?,
            probe: probe.map_err(|error| refuse(format!("{error}")))?,
            runtime: runtime.map_err(|error| refuse(format!("{error}")))?,
        })
    }

    /// Makes the outputs that are absent, with the partition count of the input. Where the input has got more partitions since the
    /// application began to work on it, its outputs get as many: whoever is there keeps its place, because needle says where it writes.
    ///
    /// [`Remedy::Retry`]: the brokers or an input topic are not there yet. [`Remedy::Crash`]: the topics contradict each other.
    pub fn prepare(&self, config: &Config) -> Result<Prepared, LogError> {
        let prepared = self.runtime.block_on(prepare(config, &self.admin, &self.probe));
        // Its errors are told by the context; nothing else comes.
        while self.probe.poll(Duration::ZERO).is_some() {}
        prepared
    }
}

async fn prepare(config: &Config, admin: &Admin, probe: &BaseConsumer<Context>) -> Result<Prepared, LogError> {
    let partitions = input_partitions(config, probe)?;
    let topics = &config.topics;
    let mut largest_event = 0;
    for topic in &topics.events {
        largest_event = max_record_bytes(admin, topic).await?.max(largest_event);
    }
    let letters = (largest_event + DEAD_LETTER_ROOM).to_string();
    let outputs = [
        (&topics.score_changes, vec![("cleanup.policy", "compact")]),
        (&topics.score_jumps, vec![("cleanup.policy", "delete")]),
        (&topics.dead_letters, vec![("cleanup.policy", "delete"), ("max.message.bytes", &letters)]),
    ];
    for (topic, settings) in outputs {
        match count(probe.client(), topic, TIMEOUT)? {
            0 => create(admin, topic, partitions, &settings).await?,
            found if found < partitions && has_worked(config, found)? => grow(admin, topic, partitions).await?,
            found if found != partitions => {
                return Err(refuse(format!(
                    "topic {topic} has {found} partitions, the input has {partitions}: an output has as many as the input; \
                     delete it, or name another under [topics]"
                )));
            }
            _ => {}
        }
    }
    let dead_letter_bytes = max_record_bytes(admin, &topics.dead_letters).await?;
    Ok(Prepared { partitions, dead_letter_bytes })
}

/// `max.message.bytes` of a topic.
async fn max_record_bytes(admin: &Admin, topic: &str) -> Result<usize, LogError> {
    let retry = |cause: String| LogError { remedy: Remedy::Retry, doing: DOING, cause };
    let resource = ResourceSpecifier::Topic(topic);
    let described = admin.describe_configs([&resource], &options()).await.map_err(|error| retry(error.to_string()))?;
    match described.into_iter().next() {
        Some(Ok(config)) => {
            let value = config.get("max.message.bytes").and_then(|entry| entry.value.as_ref()?.parse().ok());
            Ok(value.unwrap_or(DEFAULT_RECORD_BYTES))
        }
        // Not everybody may describe topics; Kafka's default is a safe guess.
        Some(Err(Code::TopicAuthorizationFailed)) => Ok(DEFAULT_RECORD_BYTES),
        Some(Err(code)) => Err(retry(format!("topic {topic}: {code}"))),
        None => Err(retry(format!("topic {topic}: no answer"))),
    }
}

fn options() -> AdminOptions {
    AdminOptions::new().operation_timeout(Some(TIMEOUT)).request_timeout(Some(TIMEOUT))
}

pub(super) fn input_partitions(config: &Config, probe: &BaseConsumer<Context>) -> Result<i32, LogError> {
    let mut common = None;
    for topic in &config.topics.events {
        let found = count(probe.client(), topic, TIMEOUT)?;
        if found == 0 {
            return Err(LogError {
                remedy: Remedy::Retry,
                doing: DOING,
                cause: format!("input topic {topic} does not exist: create it (needle makes its outputs only)"),
            });
        }
        match common {
            Some((first, partitions)) if partitions != found => {
                return Err(refuse(format!(
                    "input topics {first} and {topic} have {partitions} and {found} partitions: all must have the same number, \
                     so that a lead's events meet in one place"
                )));
            }
            _ => common = Some((topic, found)),
        }
    }
    common.map(|(_, partitions)| partitions).ok_or_else(|| refuse("no input topic is configured"))
}

/// Partitions of a topic; 0 where it does not exist.
pub(super) fn count(client: &Client<Context>, topic: &str, wait: Duration) -> Result<i32, LogError> {
    const COUNTING: &str = "counting a topic's partitions";
    let away = |error| LogError { remedy: Remedy::Retry, doing: COUNTING, cause: format!("{error}") };
    let metadata = client.fetch_metadata(Some(topic), wait).map_err(away)?;
    let Some(found) = metadata.topics().iter().find(|found| found.name() == topic) else { return Ok(0) };
    match found.error().map(Code::from) {
        None => Ok(found.partitions().len() as i32),
        Some(Code::UnknownTopicOrPartition | Code::UnknownTopic) => Ok(0),
        Some(code @ (Code::TopicAuthorizationFailed | Code::InvalidTopic)) => {
            Err(LogError { remedy: Remedy::Crash, doing: COUNTING, cause: format!("topic {topic}: {code}") })
        }
        Some(code) => Err(away(rdkafka::error::KafkaError::MetadataFetch(code))),
    }
}

async fn create(admin: &Admin, topic: &str, partitions: i32, settings: &[(&str, &str)]) -> Result<(), LogError> {
    // -1: as many replicas as the brokers give a topic by default.
    let mut new = NewTopic::new(topic, partitions, TopicReplication::Fixed(-1));
    for (name, value) in settings {
        new = new.set(name, value);
    }
    // Or a pod whose clock is an hour ahead could write nothing, and its retention would count from there.
    new = new.set("message.timestamp.type", "LogAppendTime");
    let created = admin.create_topics([&new], &options()).await;
    let results =
        created.map_err(|error| LogError { remedy: Remedy::Retry, doing: DOING, cause: format!("{error}") })?;
    for result in results {
        match result {
            Ok(_) => tracing::info!(topic, partitions, "topic created"),
            // Another pod was quicker.
            Err((_, Code::TopicAlreadyExists)) => {}
            Err((_, code)) => return Err(refuse(format!("topic {topic} cannot be created: {code}"))),
        }
    }
    Ok(())
}

/// Whether the application has committed positions in the first `partitions` of its input. A topic that somebody has made otherwise before
/// is a mistake; one that it has worked with is its own.
fn has_worked(config: &Config, partitions: i32) -> Result<bool, LogError> {
    let group = settings::reader(config).create_with_context(Context::default());
    let group: BaseConsumer<Context> = group.map_err(|error| refuse(format!("{error}")))?;
    let inputs = |topic| (0..partitions).map(move |partition| Input { topic, partition });
    let inputs: Vec<Input> = (0..config.topics.events.len()).flat_map(inputs).collect();
    Ok(asking::committed(&group, &config.topics, &inputs, TIMEOUT)?.iter().any(Option::is_some))
}

async fn grow(admin: &Admin, topic: &str, partitions: i32) -> Result<(), LogError> {
    let grown = admin.create_partitions([&NewPartitions::new(topic, partitions as usize)], &options()).await;
    let results = grown.map_err(|error| LogError { remedy: Remedy::Retry, doing: DOING, cause: format!("{error}") })?;
    for result in results {
        match result {
            Ok(_) => tracing::info!(topic, partitions, "the topic gets as many partitions as the input"),
            // Another pod was quicker; the next look shows whether it was.
            Err((_, code @ Code::InvalidPartitions)) => {
                return Err(LogError { remedy: Remedy::Retry, doing: DOING, cause: format!("topic {topic}: {code}") });
            }
            Err((_, code)) => return Err(refuse(format!("topic {topic} cannot get more partitions: {code}"))),
        }
    }
    Ok(())
}

fn refuse(cause: impl Into<String>) -> LogError {
    LogError { remedy: Remedy::Crash, doing: DOING, cause: cause.into() }
}
