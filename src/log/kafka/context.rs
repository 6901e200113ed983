//! What librdkafka calls back: rebalances, which are queued for the lane; errors and its own log lines, which are told calmly.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rdkafka::ClientContext;
use rdkafka::Statistics;
use rdkafka::TopicPartitionList;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Message};
use rdkafka::producer::{NoCustomPartitioner, ProducerContext};
use rdkafka::types::RDKafkaRespErr;

/// A rebalance as librdkafka tells it: topic, partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rebalance {
    Assign(Vec<(String, i32)>),
    Revoke { partitions: Vec<(String, i32)>, lost: bool },
}

/// Whether brokers answer: known beyond the life of a client, so that a change is told once.
#[derive(Clone, Default)]
pub struct Weather(Arc<AtomicBool>);

/// Shared by the clients of one lane.
#[derive(Clone, Default)]
pub struct Context {
    rebalances: Arc<Mutex<VecDeque<Rebalance>>>,
    /// True while they are away.
    weather: Weather,
    refused: Arc<AtomicBool>,
    closing: Arc<AtomicBool>,
    undeliverable: Arc<Mutex<Option<String>>>,
    ends: Arc<Mutex<HashMap<(String, i32), i64>>>,
}

impl Context {
    pub fn new(weather: &Weather) -> Self {
        Self { weather: weather.clone(), ..Self::default() }
    }

    /// The oldest rebalance that has not been answered.
    pub fn next_rebalance(&self) -> Option<Rebalance> {
        self.rebalances.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// The last stable offset that librdkafka has seen of a partition.
    pub fn end(&self, topic: &str, partition: i32) -> Option<i64> {
        let ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        ends.get(&(topic.to_owned(), partition)).copied()
    }

    /// A record that the brokers will never take, if there was one.
    pub fn undeliverable(&self) -> Option<String> {
        self.undeliverable.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on rebalances are answered at once: nobody asks for them any more.
    pub fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
    }

    /// Something came back from a broker.
    pub fn brokers_answer(&self) {
        if self.weather.0.load(Ordering::Relaxed) && self.weather.0.swap(false, Ordering::Relaxed) {
            tracing::info!("the brokers are back");
        }
    }

    /// Nothing comes back from any broker; told once until something does.
    pub fn brokers_away(&self, reason: &str) {
        if !self.weather.0.swap(true, Ordering::Relaxed) {
            tracing::warn!(reason, "the brokers are away; waiting for them");
        }
    }
}

impl ClientContext for Context {
    fn stats(&self, statistics: Statistics) {
        if statistics.brokers.values().any(|broker| broker.nodeid >= 0 && broker.state == "UP") {
            self.brokers_answer();
        }
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, topic) in statistics.topics {
            for (number, partition) in topic.partitions.into_iter().filter(|(_, p)| p.ls_offset >= 0) {
                ends.insert((name.clone(), number), partition.ls_offset);
            }
        }
    }

    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        match level {
            RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical => {
                tracing::error!(facility, "{message}");
            }
            // Broker by broker and try by try: `error` below tells the sum of it.
            _ => tracing::debug!(facility, "{message}"),
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        match error.rdkafka_error_code() {
            Some(RDKafkaErrorCode::AllBrokersDown) => self.brokers_away(reason),
            Some(RDKafkaErrorCode::BrokerTransportFailure | RDKafkaErrorCode::Resolve) => {
                tracing::debug!(%error, reason, "a broker is away");
            }
            // Asked for, and answered where it is polled.
            Some(RDKafkaErrorCode::PartitionEOF) => {}
            Some(RDKafkaErrorCode::Authentication | RDKafkaErrorCode::SSL) => {
                if !self.refused.swap(true, Ordering::Relaxed) {
                    tracing::error!(%error, reason, "a broker refuses us: see security.protocol, sasl.* and ssl.* under [kafka]");
                }
            }
            _ => tracing::warn!(%error, reason, "librdkafka reports an error"),
        }
    }
}

impl ConsumerContext for Context {
    /// Assigns nothing: the lane commits or restores first, and then answers by itself.
    fn rebalance(&self, consumer: &BaseConsumer<Self>, err: RDKafkaRespErr, list: &mut TopicPartitionList) {
        if self.closing.load(Ordering::Relaxed) {
            let answered = consumer.unassign();
            return answered.unwrap_or_else(|error| tracing::debug!(%error, "closing without giving partitions up"));
        }
        let partitions = list.elements().iter().map(|e| (e.topic().to_owned(), e.partition())).collect();
        let rebalance = if err == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            Rebalance::Assign(partitions)
        } else {
            Rebalance::Revoke { partitions, lost: consumer.assignment_lost() }
        };
        self.rebalances.lock().unwrap_or_else(PoisonError::into_inner).push_back(rebalance);
    }
}

impl ProducerContext<NoCustomPartitioner> for Context {
    type DeliveryOpaque = ();

    /// Only failures are reported; they fail the transaction too, which is where they are dealt with.
    fn delivery(&self, result: &DeliveryResult<'_>, _: ()) {
        let Err((error, message)) = result else { return };
        tracing::debug!(%error, "a record could not be delivered");
        let hopeless = matches!(
            error.rdkafka_error_code(),
            Some(
                RDKafkaErrorCode::MessageSizeTooLarge
                    | RDKafkaErrorCode::TopicAuthorizationFailed
                    | RDKafkaErrorCode::PolicyViolation
                    | RDKafkaErrorCode::InvalidRecord
            )
        );
        if hopeless {
            let text = format!("topic {}, {} bytes: {error}", message.topic(), message.payload_len());
            *self.undeliverable.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
        }
    }
}
