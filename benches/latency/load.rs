//! Events at a steady rate, and when each was sent.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};

use crate::backlog::PARTITIONS;
use crate::support::leads::{Generator, Plan};
use crate::tests::{Broker, PATIENCE, eventually};

/// Leads of the load.
const LEADS: usize = 100_000;

/// When each event was sent, by partition and offset: nobody else writes, so that an offset is a count.
pub struct Sent {
    began: Instant,
    wall: SystemTime,
    micros: Vec<Vec<AtomicU64>>,
}

impl Sent {
    pub fn new(events: usize) -> Self {
        let partition = || (0..events).map(|_| AtomicU64::new(u64::MAX)).collect();
        Self { began: Instant::now(), wall: SystemTime::now(), micros: (0..PARTITIONS).map(|_| partition()).collect() }
    }

    /// Microseconds since the beginning.
    pub fn now(&self) -> u64 {
        self.began.elapsed().as_micros() as u64
    }

    /// The same of a file's time; `None`: it was before the beginning.
    pub fn at_wall(&self, at: SystemTime) -> Option<u64> {
        at.duration_since(self.wall).ok().map(|since| since.as_micros() as u64)
    }

    pub fn at(&self, partition: i32, offset: usize) -> u64 {
        let sent = self.micros[partition as usize][offset].load(Ordering::Acquire);
        assert_ne!(sent, u64::MAX, "{partition}@{offset} was answered before it was sent");
        sent
    }
}

/// Writes `events` events to a new topic, at a steady rate once the first one is answered. Returns when that was.
pub fn write(broker: &Broker, topic: &str, rate: usize, events: usize, sent: &Sent, answered: &AtomicBool) -> u64 {
    let mut config = broker.client();
    config.set("enable.idempotence", "true").set("linger.ms", "1").set("compression.type", "lz4");
    let producer: ThreadedProducer<DefaultProducerContext> = config.create().expect("a producer");
    // Without it, librdkafka asks for its producer id only half a second later.
    producer.client().fetch_metadata(Some(topic), PATIENCE).expect("metadata");
    let mut generator = Generator::new(Plan { seed: 7, leads: LEADS, events, days: 60.0 });
    let (mut value, mut written) = (Vec::new(), [0; PARTITIONS]);
    let mut began = (Instant::now(), sent.now());
    for index in 0..events {
        let due = Duration::from_secs_f64(index as f64 / rate as f64);
        let early = due.saturating_sub(began.0.elapsed());
        if early > Duration::from_millis(1) {
            std::thread::sleep(early);
        }
        let made = generator.next(&mut value);
        let key = Generator::key(made.lead);
        let partition = made.lead % PARTITIONS;
        sent.micros[partition][written[partition]].store(sent.now(), Ordering::Release);
        written[partition] += 1;
        let record = BaseRecord::to(topic).key(&key).payload(&value).partition(partition as i32);
        producer.send(record.timestamp(made.record_ms)).map_err(|(error, _)| error).expect("room in the queue");
        if index == 0 {
            eventually("an answer to the first event", PATIENCE, || answered.load(Ordering::Relaxed).then_some(()));
            began = (Instant::now(), sent.now());
        }
    }
    producer.flush(PATIENCE).expect("everything is written");
    began.1
}

/// Raises the flag when it goes, by a panic too: who waits for it would wait for ever.
pub struct Ends<'a>(pub &'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
