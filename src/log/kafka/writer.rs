//! Events into an input topic: what needle reads elsewhere, written for once. Nobody but a simulation does.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;
use rdkafka::message::{DeliveryResult, Message};
use rdkafka::producer::{BaseRecord, NoCustomPartitioner, Producer, ProducerContext, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode as Code;

use super::context::Context;
use super::errors::{classify, crash};
use super::settings;
use crate::config::Config;
use crate::log::LogError;

const DOING: &str = "writing events";
/// The first answer of a broker.
const CONNECTING: Duration = Duration::from_secs(30);
/// Between two looks at a queue that is full.
const FULL: Duration = Duration::from_millis(5);
/// One look at whether all is delivered; librdkafka itself gives a record up after `message.timeout.ms`.
const FLUSHING: Duration = Duration::from_secs(1);

/// Remembers the first record that was not delivered, whyever: no transaction would tell.
#[derive(Clone, Default)]
struct Delivery {
    calm: Context,
    failed: Arc<Mutex<Option<String>>>,
}

impl ClientContext for Delivery {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        self.calm.log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.calm.error(error, reason);
    }
}

impl ProducerContext<NoCustomPartitioner> for Delivery {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        let Err((error, message)) = result else { return };
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.get_or_insert_with(|| {
            format!("topic {}, {} bytes were not delivered: {error}", message.topic(), message.payload_len())
        });
    }
}

/// An idempotent producer for the first input topic.
pub struct EventWriter {
    context: Delivery,
    producer: ThreadedProducer<Delivery>,
    topic: String,
}

impl EventWriter {
    /// Connects, and sees that the topic is there.
    ///
    /// # Errors
    /// What librdkafka or the brokers refuse.
    pub fn connect(config: &Config) -> Result<Self, LogError> {
        let context = Delivery::default();
        let client = settings::writer(config);
        let producer: ThreadedProducer<Delivery> =
            client.create_with_context(context.clone()).map_err(|error| crash(DOING, format!("{error}")))?;
        let topic = config.topics.events.first().cloned().unwrap_or_default();
        let metadata = producer.client().fetch_metadata(Some(&topic), CONNECTING);
        let metadata = metadata.map_err(|error| classify(DOING, &error))?;
        let refused = metadata.topics().iter().find_map(|topic| topic.error());
        match refused.map(Code::from) {
            None => Ok(Self { context, producer, topic }),
            // Being made at this moment, where brokers make topics by themselves: the producer waits for it.
            Some(Code::LeaderNotAvailable) => Ok(Self { context, producer, topic }),
            Some(error) => Err(crash(DOING, format!("topic {topic:?}: {error}"))),
        }
    }

    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// Hands one record over; waits while the queue is full.
    ///
    /// # Errors
    /// A record, this one or an earlier one, that the brokers will never take.
    pub fn write(&self, key: &str, value: &[u8], at_ms: i64) -> Result<(), LogError> {
        let mut record = BaseRecord::to(&self.topic).key(key).payload(value).timestamp(at_ms);
        loop {
            match self.producer.send(record) {
                Ok(()) => return self.delivered(),
                Err((KafkaError::MessageProduction(Code::QueueFull), again)) => {
                    self.delivered()?;
                    record = again;
                    std::thread::sleep(FULL);
                }
                Err((error, _)) => return Err(classify(DOING, &error)),
            }
        }
    }

    /// Waits until all is delivered.
    ///
    /// # Errors
    /// As [`EventWriter::write`].
    pub fn finish(self) -> Result<(), LogError> {
        let began = Instant::now();
        while let Err(error) = self.producer.flush(FLUSHING) {
            self.delivered()?;
            if error.rdkafka_error_code() != Some(Code::OperationTimedOut) {
                return Err(classify(DOING, &error));
            }
            tracing::info!(seconds = began.elapsed().as_secs(), "waiting for the brokers to take what is left");
        }
        self.delivered()
    }

    fn delivered(&self) -> Result<(), LogError> {
        match &*self.context.failed.lock().unwrap_or_else(PoisonError::into_inner) {
            None => Ok(()),
            Some(why) => Err(crash(DOING, why.as_str())),
        }
    }
}
