//! What the group protocol alone takes: a bare consumer, and a plain producer that answers each record by its offset.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::message::Message;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use signal_hook::consts::SIGTERM;

use needle::log::kafka::settings;

use crate::backlog::PARTITIONS;
use crate::child::config_of;

const TIMEOUT: Duration = Duration::from_secs(10);

/// A member of the group with needle's own settings, until SIGTERM. It keeps nothing, and restores nothing.
pub fn main(file: &str) {
    let config = config_of(file);
    let stop = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(SIGTERM, stop.clone()).expect("a handler");
    let mut client = settings::consumer(&config, 0, PARTITIONS as i32);
    client.set("enable.auto.commit", "true").set("enable.auto.offset.store", "true");
    client.set("auto.commit.interval.ms", "100").set("auto.offset.reset", "earliest");
    let consumer: BaseConsumer = client.create().expect("a consumer");
    let mut client = settings::producer(&config, 0);
    client.remove("transactional.id");
    client.remove("transaction.timeout.ms");
    let producer: BaseProducer = client.create().expect("a producer");
    consumer.subscribe(&[config.topics.events[0].as_str()]).expect("a subscription");
    while !stop.load(Ordering::Relaxed) {
        let polled = consumer.poll(Duration::from_millis(5));
        producer.poll(Duration::ZERO);
        // While the group finds itself there are errors, and they pass.
        let Some(Ok(message)) = polled else { continue };
        let value = format!("{{\"offset\":{}}}", message.offset());
        let record = BaseRecord::<(), str>::to(&config.topics.score_changes).payload(&value);
        producer.send(record.partition(message.partition())).map_err(|(error, _)| error).expect("room in the queue");
    }
    producer.flush(TIMEOUT).expect("all is written");
    // Everything may have been committed a moment ago, which is told as an error.
    let _ = consumer.commit_consumer_state(CommitMode::Sync);
}
