//! What a `read_committed` consumer of the score changes sees, and how late.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Message;
use rdkafka::{Offset, TopicPartitionList};

use crate::backlog::{self, PARTITIONS};
use crate::load::Sent;
use crate::tests::Broker;

/// Nothing more has come for so long after the last event: there is nothing more.
const QUIET: Duration = Duration::from_secs(2);

/// In a score change that no event has caused. Quotes in what people write are escaped.
const SWEPT: [&[u8]; 2] = [br#""cause":"model""#, br#""cause":"decay""#];

/// An event and its answer, in microseconds since the beginning.
#[derive(Clone, Copy)]
pub struct Answer {
    pub partition: i32,
    pub sent: u64,
    pub seen: u64,
}

/// What was read.
pub struct Seen {
    pub answers: Vec<Answer>,
    /// Score changes that no event has caused.
    pub swept: usize,
}

/// Reads until all has been sent and nothing more comes.
pub fn read(broker: &Broker, topic: &str, sent: &Sent, answered: &AtomicBool, all_sent: &AtomicBool) -> Seen {
    let mut config = broker.client();
    config.set("group.id", "probe").set("isolation.level", "read_committed").set("enable.auto.commit", "false");
    let consumer: BaseConsumer = config.create().expect("a consumer");
    let mut list = TopicPartitionList::new();
    for partition in 0..PARTITIONS as i32 {
        list.add_partition_offset(topic, partition, Offset::Offset(0)).expect("a position");
    }
    consumer.assign(&list).expect("an assignment");
    let (mut answers, mut swept) = (Vec::new(), 0);
    let mut last = Instant::now();
    while !all_sent.load(Ordering::Relaxed) || last.elapsed() < QUIET {
        let Some(message) = consumer.poll(Duration::from_millis(100)) else { continue };
        let (message, seen) = (message.expect("a record"), sent.now());
        last = Instant::now();
        answered.store(true, Ordering::Relaxed);
        let value = message.payload().expect("a value");
        if SWEPT.iter().any(|cause| value.windows(cause.len()).any(|window| window == *cause)) {
            swept += 1;
            continue;
        }
        let offset = &value[backlog::input_offset(value).expect("an input offset")];
        let offset = std::str::from_utf8(offset).ok().and_then(|digits| digits.parse().ok()).expect("a number");
        let partition = message.partition();
        answers.push(Answer { partition, sent: sent.at(partition, offset), seen });
    }
    Seen { answers, swept }
}
