//! needle's lanes without transactions: the same consumer and producer, at least once.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::ffi::c_int;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::bindings;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::message::Message;
use rdkafka::producer::Producer;
use rdkafka::types::RDKafkaErrorCode as Code;
use rdkafka::{Offset, TopicPartitionList};

use needle::commands::assembly::Assembly;
use needle::config::Config;
use needle::lane::Lane;
use needle::log::kafka::settings;
use needle::log::{Batch, Bounds, Change, Input, Log, LogError, Output, Position, Reader, Remedy, Source, Stream};
use needle::telemetry::metrics::Metrics;
use needle::telemetry::observe::{Counting, Timed};
use needle::wire::record::Record;

use crate::child::{self, config_of};
use crate::clients::{self, Outputs};
use crate::ffi::{self, MessageHeaders};

const FLUSH_MS: c_int = 30_000;

/// Argument: configuration.
pub fn main(arguments: &[&str]) {
    let [file] = arguments else { panic!("{arguments:?}") };
    let assembly = Assembly::new(config_of(file)).expect("it fits together");
    let metrics = Arc::new(Metrics::new().expect("metrics"));
    child::on_each_lane(&assembly.config, |lane| {
        let log = Timed::new(Untransacted::new(assembly.config.clone(), lane), metrics.clone());
        let interval_ms = assembly.config.service.commit_interval_ms as i64;
        let mut lane = Lane::new(log, assembly.step(1 << 20), interval_ms, BTreeMap::new());
        let mut observer = Counting::new(&metrics, &assembly.config);
        let began = Instant::now();
        loop {
            let now_ms = began.elapsed().as_millis() as i64;
            lane.turn(now_ms, Duration::from_millis(100), &mut observer).expect("a lane that turns");
        }
    });
}

/// What needle does to Kafka, less the transactions: a commit flushes the producer, then commits the positions.
struct Untransacted {
    config: Arc<Config>,
    outputs: Outputs,
    consumer: BaseConsumer,
    /// What the lane is told first; afterwards nothing changes.
    assigned: Option<Vec<Input>>,
}

impl Untransacted {
    fn new(config: Arc<Config>, lane: usize) -> Self {
        let mut client = settings::producer(&config, lane);
        client.remove("transactional.id");
        client.remove("transaction.timeout.ms");
        client.set("enable.idempotence", "true");
        let outputs = Outputs::new(&config, client.create().expect("a producer"));
        let consumer = clients::consumer(&config, lane);
        let assigned = clients::share(&config, lane).map(|partition| Input { topic: 0, partition }).collect();
        Self { outputs, consumer, assigned: Some(assigned), config }
    }

    fn list<'a>(&self, positions: impl IntoIterator<Item = (&'a Input, Offset)>) -> TopicPartitionList {
        let mut list = TopicPartitionList::new();
        for (input, offset) in positions {
            let topic = &self.config.topics.events[input.topic];
            list.add_partition_offset(topic, input.partition, offset).expect("a position");
        }
        list
    }
}

fn failed(doing: &'static str, cause: impl ToString) -> LogError {
    LogError { remedy: Remedy::Crash, doing, cause: cause.to_string() }
}

impl Source for Untransacted {
    type Reader = Nothing;

    /// The group is new.
    fn committed(&mut self, inputs: &[Input], _: Duration) -> Result<Vec<Option<Position>>, LogError> {
        Ok(vec![None; inputs.len()])
    }
    fn bounds(&mut self, _: Stream, _: i32) -> Result<Bounds, LogError> {
        Ok(Bounds { low: 0, high: 0 })
    }
    fn topic_id(&mut self, _: Stream) -> Result<String, LogError> {
        Ok(String::new())
    }
    fn reader(&mut self, _: Stream, _: i32, _: i64, _: i64) -> Result<Nothing, LogError> {
        Err(failed("reading back", "a new group has nothing to restore"))
    }
}

impl Log for Untransacted {
    fn poll(&mut self, batch: &mut Batch, max: usize, wait: Duration) -> Result<Option<Change>, LogError> {
        batch.clear();
        if let Some(inputs) = self.assigned.take() {
            return Ok(Some(Change::Assigned(inputs)));
        }
        let mut wait = wait;
        while batch.len() < max {
            let Some(polled) = self.consumer.poll(wait) else { break };
            let message = polled.map_err(|error| failed("reading events", error))?;
            let topic = &self.config.topics.events[0];
            let record = Record {
                topic,
                partition: message.partition(),
                offset: message.offset(),
                at_ms: message.timestamp().to_millis().unwrap_or(0),
                key: message.key(),
                value: message.payload(),
                headers: &MessageHeaders::of(&message),
            };
            batch.push(Input { topic: 0, partition: message.partition() }, &record);
            wait = Duration::ZERO;
        }
        Ok(None)
    }
    fn own(&mut self, starts: &[(Input, i64)]) -> Result<(), LogError> {
        let list = self.list(starts.iter().map(|(input, offset)| (input, Offset::Offset(*offset))));
        let taken = self.consumer.assign(&list).and_then(|()| self.consumer.pause(&list));
        taken.map_err(|error| failed("taking partitions over", error))
    }
    fn resume(&mut self, input: Input) -> Result<(), LogError> {
        self.consumer.resume(&self.list([(&input, Offset::Invalid)])).map_err(|error| failed("resuming", error))
    }
    fn pause(&mut self, input: Input) -> Result<(), LogError> {
        self.consumer.pause(&self.list([(&input, Offset::Invalid)])).map_err(|error| failed("pausing", error))
    }
    fn release(&mut self, _: &[Input]) -> Result<(), LogError> {
        Ok(())
    }
    fn seek(&mut self, _: Input, _: i64) -> Result<(), LogError> {
        Err(failed("seeking", "nothing is ever undone here"))
    }
    fn end(&self, _: Input) -> Option<i64> {
        None
    }
    fn begin(&mut self) -> Result<(), LogError> {
        Ok(())
    }

    fn produce(&mut self, output: Output<'_>) -> Result<(), LogError> {
        let topic = match output.stream {
            Stream::ScoreChanges => &self.outputs.score_changes,
            Stream::ScoreJumps => &self.outputs.score_jumps,
            _ => &self.outputs.dead_letters,
        };
        while let Err(error) = ffi::produce(&self.outputs.producer, topic, &output) {
            if Code::from(error.code) != Code::QueueFull {
                return Err(failed("producing", error.text));
            }
            self.outputs.producer.poll(Duration::from_millis(10));
        }
        Ok(())
    }

    fn commit(&mut self, positions: &[(Input, Position)]) -> Result<(), LogError> {
        // The wrapper's own flush waits in steps of 100 ms.
        // SAFETY: the client is alive as long as the reference.
        let flushed = unsafe { bindings::rd_kafka_flush(self.outputs.producer.client().native_ptr(), FLUSH_MS) };
        if flushed != bindings::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
            return Err(failed("flushing", format!("{flushed:?}")));
        }
        let list = self.list(positions.iter().map(|(input, position)| (input, Offset::Offset(position.offset))));
        self.consumer.commit(&list, CommitMode::Sync).map_err(|error| failed("committing positions", error))
    }

    fn abort(&mut self) -> Result<(), LogError> {
        Err(failed("aborting", "there is no transaction"))
    }
    fn leave(&mut self) -> Result<(), LogError> {
        Ok(())
    }
}

/// No reader is ever made.
struct Nothing(Infallible);

impl Reader for Nothing {
    fn poll(&mut self, _: &mut Batch, _: usize, _: Duration) -> Result<bool, LogError> {
        match self.0 {}
    }
    fn position(&self) -> i64 {
        match self.0 {}
    }
}
