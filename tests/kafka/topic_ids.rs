//! A topic's id is the one that Kafka's own tools show, and another one when the topic is made again.

use std::sync::Arc;

use needle::config::Config;
use needle::log::kafka::{KafkaLog, Weather};
use needle::log::{Remedy, Source, Stream};

use crate::support::{Broker, PATIENCE, Settings, eventually};

/// By `kafka-topics.sh --describe`.
fn id_by_kafkas_tools(broker: &Broker, topic: &str) -> String {
    let told = broker.tool("org.apache.kafka.tools.TopicCommand", &["--describe", "--topic", topic]);
    let mut words = told.split_whitespace().skip_while(|word| *word != "TopicId:");
    words.nth(1).unwrap_or_else(|| panic!("no id in {told:?}")).to_owned()
}

#[test]
fn a_topic_has_the_id_that_kafka_gave_it() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "ids", 2);
    let config = Arc::new(Config::from_toml(&settings.toml()).expect("a configuration"));
    let connect = || {
        eventually("a log", PATIENCE, || match KafkaLog::connect(config.clone(), 0, &Weather::default()) {
            Ok(log) => Some(log),
            Err(error) if error.remedy == Remedy::Retry => None,
            Err(error) => panic!("{error}"),
        })
    };
    let mut log = connect();
    let absent = log.topic_id(Stream::ScoreChanges).expect_err("there is no such topic yet");
    assert_eq!(absent.remedy, Remedy::Retry, "{absent}");

    broker.create_topic(&settings.score_changes, 2, &[]);
    let first = log.topic_id(Stream::ScoreChanges).expect("an id");
    assert_eq!(first, id_by_kafkas_tools(broker, &settings.score_changes));
    assert_eq!(log.topic_id(Stream::Events(0)).expect("an id"), id_by_kafkas_tools(broker, &settings.events));

    broker.delete_topic(&settings.score_changes);
    broker.create_topic(&settings.score_changes, 2, &[]);
    assert_eq!(log.topic_id(Stream::ScoreChanges).expect("an id"), first, "a log knows what it was made for");
    let second = connect().topic_id(Stream::ScoreChanges).expect("an id");
    assert_eq!(second, id_by_kafkas_tools(broker, &settings.score_changes));
    assert_ne!(first, second);
}
