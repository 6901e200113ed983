//! The events that everybody reads.

use std::ops::Range;
use std::time::Duration;

use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode::QueueFull;

use crate::support::leads::{Generator, Plan};
use crate::tests::Broker;

pub const PARTITIONS: usize = 4;

/// Writes the plan's events; a lead's share a partition. Returns bytes an event, on average.
pub fn write(broker: &Broker, topic: &str, plan: Plan) -> usize {
    let mut config = broker.client();
    config.set("enable.idempotence", "true").set("linger.ms", "20").set("compression.type", "lz4");
    config.set("queue.buffering.max.messages", "1000000");
    let producer: ThreadedProducer<DefaultProducerContext> = config.create().expect("a producer");
    let mut generator = Generator::new(plan);
    let (mut value, mut bytes) = (Vec::new(), 0);
    for _ in 0..plan.events {
        let made = generator.next(&mut value);
        bytes += value.len();
        let key = Generator::key(made.lead);
        let mut unsent = BaseRecord::to(topic).key(&key).payload(&value);
        unsent = unsent.partition((made.lead % PARTITIONS) as i32).timestamp(made.record_ms);
        while let Err((error, record)) = producer.send(unsent) {
            assert_eq!(error.rdkafka_error_code(), Some(QueueFull), "{error}");
            std::thread::sleep(Duration::from_millis(5));
            unsent = record;
        }
    }
    producer.flush(Duration::from_secs(300)).expect("everything is written");
    bytes / plan.events
}

/// Where in a score change the offset of its input stands.
pub fn input_offset(value: &[u8]) -> Option<Range<usize>> {
    const NAME: &[u8] = b"\"offset\":";
    // From the end: it is near, and what people write is before it.
    let start = value.windows(NAME.len()).rposition(|window| window == NAME)? + NAME.len();
    let digits = value[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    Some(start..start + digits)
}
