//! What Kafka alone costs: a bare loop from consumer to transactional producer, with needle's settings and needle's output.
//!
//! It reads the records that needle wrote on another pair of topics, and writes those again and again: the same bytes and headers
//! to an event, which compress as well. Only the offset of the input is put in, by which the output is known to be this event's.

use std::ops::Range;
use std::time::{Duration, Instant};

use rdkafka::Offset;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Message;
use rdkafka::producer::Producer;
use rdkafka::types::RDKafkaErrorCode as Code;

use needle::config::Config;
use needle::log::kafka::settings;
use needle::log::{Output, Stream};
use needle::wire::record::Headers;

use crate::backlog::input_offset;
use crate::child::{self, config_of};
use crate::clients::{self, Outputs};
use crate::ffi;
use crate::tests::{Record, kafka::owned};

const TIMEOUT: Duration = Duration::from_secs(30);
/// Places in each partition where templates are taken, in percent of its length, and how many at each.
const PLACES: [i64; 4] = [35, 55, 75, 95];
const TEMPLATES: usize = 500;

/// Arguments: configuration; milliseconds of a transaction; topics of score changes and jumps to learn from; how many of each there were per event.
pub fn main(arguments: &[&str]) {
    let [file, interval_ms, changes, jumps, changes_per_event, jumps_per_event] = arguments else {
        panic!("{arguments:?}")
    };
    let config = config_of(file);
    let interval = Duration::from_millis(interval_ms.parse().expect("a number"));
    let learn = |topic, rate: &str| (learn(&config, topic), rate.parse().expect("a number"));
    let outputs = [learn(changes, changes_per_event), learn(jumps, jumps_per_event)];
    child::on_each_lane(&config, |lane| pass_through(&config, lane, interval, &outputs));
}

/// Records of a topic, and how many of them to write for an event.
type Templates = (Vec<Template>, f64);

/// A record, and where in its value the offset of its input stands.
struct Template {
    record: Record,
    offset: Range<usize>,
}

impl Template {
    fn of(record: Record) -> Self {
        let value = record.value.as_deref().expect("a value");
        let offset = input_offset(value).expect("an input offset");
        Self { record, offset }
    }

    /// The value, as that of this offset.
    fn value(&self, offset: i64, into: &mut Vec<u8>) {
        let value = self.record.value.as_deref().unwrap_or_default();
        into.clear();
        into.extend_from_slice(&value[..self.offset.start]);
        into.extend_from_slice(itoa::Buffer::new().format(offset).as_bytes());
        into.extend_from_slice(&value[self.offset.end..]);
    }
}

fn pass_through(config: &Config, lane: usize, interval: Duration, templates: &[Templates; 2]) {
    let producer: ffi::LaneProducer = settings::producer(config, lane).create().expect("a producer");
    producer.init_transactions(TIMEOUT).expect("transactions");
    let outputs = Outputs::new(config, producer);
    let producer = &outputs.producer;
    let consumer = clients::consumer(config, lane);
    let mut next = clients::positions(config, lane, Offset::Offset(0));
    let (mut owed, mut written, mut value) = ([0.0; 2], [0; 2], Vec::new());
    loop {
        let Some(first) = consumer.poll(Duration::from_millis(100)) else { continue };
        producer.begin_transaction().expect("a transaction");
        let (began, mut polled) = (Instant::now(), Some(first));
        while began.elapsed() < interval {
            let Some(message) = polled.take().or_else(|| consumer.poll(Duration::from_millis(5))) else { continue };
            let message = message.expect("a record");
            let topic = &config.topics.events[0];
            next.set_partition_offset(topic, message.partition(), Offset::Offset(message.offset() + 1))
                .expect("a position");
            let streams = [(Stream::ScoreChanges, &outputs.score_changes), (Stream::ScoreJumps, &outputs.score_jumps)];
            for (index, ((stream, handle), (records, rate))) in streams.into_iter().zip(templates).enumerate() {
                owed[index] += if records.is_empty() { 0.0 } else { *rate };
                while owed[index] >= 1.0 {
                    owed[index] -= 1.0;
                    written[index] = (written[index] + 1) % records.len();
                    let template = &records[written[index]];
                    template.value(message.offset(), &mut value);
                    produce(producer, handle, (stream, message.partition()), &template.record, &value);
                }
            }
        }
        let group = consumer.group_metadata().expect("a group");
        producer.send_offsets_to_transaction(&next, &group, TIMEOUT).expect("positions in the transaction");
        ffi::commit_transaction(producer, TIMEOUT).expect("a commit");
    }
}

fn produce(
    producer: &ffi::LaneProducer,
    handle: &ffi::TopicHandle,
    (stream, partition): (Stream, i32),
    record: &Record,
    value: &[u8],
) {
    let (key, value) = (record.key.as_deref(), Some(value));
    let output = Output { stream, partition, key, value, headers: &TemplateHeaders(record), caused_at_ms: None };
    while let Err(error) = ffi::produce(producer, handle, &output) {
        assert_eq!(Code::from(error.code), Code::QueueFull, "{}", error.text);
        producer.poll(Duration::from_millis(10));
    }
}

struct TemplateHeaders<'a>(&'a Record);

impl Headers for TemplateHeaders<'_> {
    fn len(&self) -> usize {
        self.0.headers.len()
    }
    fn get(&self, index: usize) -> (&[u8], Option<&[u8]>) {
        let (name, value) = &self.0.headers[index];
        (name.as_bytes(), value.as_deref())
    }
}

/// Committed records of a topic, from all over it.
fn learn(config: &Config, topic: &str) -> Vec<Template> {
    let mut client = settings::reader(config);
    // The end of a partition is told after a fetch that found nothing has waited this long.
    client.set("enable.partition.eof", "true").set("fetch.wait.max.ms", "10");
    let consumer: BaseConsumer = client.create().expect("a consumer");
    let mut learned = Vec::new();
    for partition in 0..crate::backlog::PARTITIONS as i32 {
        let (_, end) = consumer.fetch_watermarks(topic, partition, TIMEOUT).expect("bounds");
        for place in PLACES {
            let mut list = rdkafka::TopicPartitionList::new();
            list.add_partition_offset(topic, partition, Offset::Offset(end * place / 100)).expect("a position");
            consumer.assign(&list).expect("an assignment");
            learned.extend(std::iter::from_fn(|| next_record(&consumer)).take(TEMPLATES).map(Template::of));
        }
    }
    learned
}

/// `None` at the end of the partition.
fn next_record(consumer: &BaseConsumer) -> Option<Record> {
    match consumer.poll(TIMEOUT).expect("something within the time-out") {
        Ok(message) => Some(owned(&message)),
        Err(KafkaError::PartitionEOF(_)) => None,
        Err(error) => panic!("learning from needle's output: {error}"),
    }
}
