//! The topics of a run: input that must be there, outputs that are made where they are absent.

use std::time::Duration;

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::types::RDKafkaErrorCode as Code;

use super::settings;
use crate::config::Config;
use crate::log::{LogError, Remedy};

const DOING: &str = "preparing topics";
const TIMEOUT: Duration = Duration::from_secs(5);

/// Makes the outputs that are absent, with the partition count of the input, and returns that count.
///
/// [`Remedy::Retry`]: the brokers or an input topic are not there yet. [`Remedy::Crash`]: the topics contradict each other.
pub fn prepare(config: &Config) -> Result<i32, LogError> {
    let admin: AdminClient<DefaultClientContext> =
        settings::admin(config).create().map_err(|error| refuse(format!("{error}")))?;
    let partitions = input_partitions(config, &admin)?;
    let topics = &config.topics;
    let outputs = [(&topics.score_changes, "compact"), (&topics.score_jumps, "delete"), (&topics.dead_letters, "delete")];
    for (topic, cleanup) in outputs {
        match count(&admin, topic)? {
            0 => create(&admin, topic, partitions, cleanup)?,
            found if found != partitions => {
                return Err(refuse(format!(
                    "topic {topic} has {found} partitions, the input has {partitions}: an output has as many as the input; \
                     delete it, or name another under [topics]"
                )));
            }
            _ => {}
        }
    }
    Ok(partitions)
}

fn input_partitions(config: &Config, admin: &AdminClient<DefaultClientContext>) -> Result<i32, LogError> {
    let mut common = None;
    for topic in &config.topics.events {
        let found = count(admin, topic)?;
        if found == 0 {
            return Err(LogError { remedy: Remedy::Retry, doing: DOING, cause: format!("input topic {topic} does not exist") });
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
fn count(admin: &AdminClient<DefaultClientContext>, topic: &str) -> Result<i32, LogError> {
    let away = |error| LogError { remedy: Remedy::Retry, doing: DOING, cause: format!("{error}") };
    let metadata = admin.inner().fetch_metadata(Some(topic), TIMEOUT).map_err(away)?;
    let Some(found) = metadata.topics().iter().find(|found| found.name() == topic) else { return Ok(0) };
    match found.error().map(Code::from) {
        None => Ok(found.partitions().len() as i32),
        Some(Code::UnknownTopicOrPartition | Code::UnknownTopic) => Ok(0),
        Some(code @ (Code::TopicAuthorizationFailed | Code::InvalidTopic)) => Err(refuse(format!("topic {topic}: {code}"))),
        Some(code) => Err(away(rdkafka::error::KafkaError::MetadataFetch(code))),
    }
}

fn create(admin: &AdminClient<DefaultClientContext>, topic: &str, partitions: i32, cleanup: &str) -> Result<(), LogError> {
    // -1: as many replicas as the brokers give a topic by default.
    let new = NewTopic::new(topic, partitions, TopicReplication::Fixed(-1)).set("cleanup.policy", cleanup);
    let options = AdminOptions::new().operation_timeout(Some(TIMEOUT)).request_timeout(Some(TIMEOUT));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| refuse(format!("{error}")))?;
    let created = runtime.block_on(admin.create_topics([&new], &options));
    let results = created.map_err(|error| LogError { remedy: Remedy::Retry, doing: DOING, cause: format!("{error}") })?;
    for result in results {
        match result {
            Ok(_) => tracing::info!(topic, partitions, cleanup, "topic created"),
            // Another pod was quicker.
            Err((_, Code::TopicAlreadyExists)) => {}
            Err((_, code)) => return Err(refuse(format!("topic {topic} cannot be created: {code}"))),
        }
    }
    Ok(())
}

fn refuse(cause: impl Into<String>) -> LogError {
    LogError { remedy: Remedy::Crash, doing: DOING, cause: cause.into() }
}
