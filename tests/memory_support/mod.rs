//! What the tests of the memory log share.
#![allow(dead_code, reason = "every test uses its own part")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use needle::config::Topics;
use needle::log::memory::{Broker, Call, Fault, Faults, MemoryLog, Settings};
use needle::log::{Batch, Change, Input, Log, LogError, Output, Position, Reader, Remedy, Source, Stream};
use needle::wire::record::NoHeaders;

pub const GROUP: &str = "needle";
pub const CHANGES: &str = "score-changes";

pub fn topics(events: &[&str]) -> Topics {
    Topics {
        events: events.iter().map(|topic| topic.to_string()).collect(),
        score_changes: CHANGES.into(),
        score_jumps: "score-jumps".into(),
        dead_letters: "dead-letters".into(),
    }
}

/// A broker with the topic `events` and the outputs.
pub fn broker(partitions: i32) -> Broker {
    let broker = Broker::new();
    ["events", CHANGES, "score-jumps", "dead-letters"].iter().for_each(|topic| broker.create_topic(topic, partitions));
    broker
}

/// A dynamic member that reads `events`.
pub fn settings(id: &str) -> Settings {
    Settings::new(GROUP, id, topics(&["events"]))
}

pub fn static_settings(id: &str) -> Settings {
    Settings { static_id: Some(id.into()), ..settings(id) }
}

pub fn log(broker: &Broker, id: &str) -> MemoryLog {
    MemoryLog::new(broker, settings(id)).unwrap()
}

pub fn input(partition: i32) -> Input {
    Input { topic: 0, partition }
}

pub fn inputs(partitions: impl IntoIterator<Item = i32>) -> Vec<Input> {
    partitions.into_iter().map(input).collect()
}

pub fn position(offset: i64) -> Position {
    Position { offset, note: format!("note {offset}") }
}

/// Appends an event outside of any transaction.
pub fn event(broker: &Broker, partition: i32, value: &str) -> i64 {
    broker.append("events", partition, 0, Some(b"k"), Some(value.as_bytes()), Vec::new()).unwrap()
}

/// Produces a score change.
pub fn put(log: &mut MemoryLog, partition: i32, value: &str) -> Result<(), LogError> {
    put_keyed(log, partition, "k", Some(value))
}

pub fn put_keyed(log: &mut MemoryLog, partition: i32, key: &str, value: Option<&str>) -> Result<(), LogError> {
    log.produce(Output {
        stream: Stream::ScoreChanges,
        partition,
        key: Some(key.as_bytes()),
        value: value.map(str::as_bytes),
        headers: &NoHeaders,
        caused_at_ms: None,
    })
}

/// Offsets and values in a batch.
pub fn contents(batch: &Batch) -> Contents {
    let mut contents = Vec::new();
    let visited: Result<(), ()> = batch.each(|_, record| {
        contents.push((record.offset, String::from_utf8(record.value.unwrap_or(b"(none)").to_vec()).unwrap()));
        Ok(())
    });
    visited.unwrap();
    contents
}

/// Offset and value of each record.
pub type Contents = Vec<(i64, String)>;

pub fn poll(log: &mut MemoryLog) -> Result<(Option<Change>, Contents), LogError> {
    let mut batch = Batch::default();
    let change = log.poll(&mut batch, 1000, Duration::ZERO)?;
    Ok((change, contents(&batch)))
}

/// What a poll says, where nothing is to be read.
pub fn change(log: &mut MemoryLog) -> Option<Change> {
    let (change, records) = poll(log).unwrap();
    assert_eq!(records, []);
    change
}

/// Takes over what the next poll assigns, from the committed positions or the oldest records; returns the partitions.
pub fn take_over(log: &mut MemoryLog) -> Vec<i32> {
    let Some(Change::Assigned(inputs)) = change(log) else { panic!("nothing was assigned") };
    let committed = log.committed(&inputs, Duration::ZERO).unwrap();
    let mut starts = Vec::new();
    for (&input, position) in inputs.iter().zip(committed) {
        let low = log.bounds(Stream::Events(input.topic), input.partition).unwrap().low;
        starts.push((input, position.map_or(low, |position| position.offset)));
    }
    log.own(&starts).unwrap();
    inputs.iter().for_each(|&input| log.resume(input).unwrap());
    inputs.iter().map(|input| input.partition).collect()
}

/// Offsets and values that a `read_committed` consumer sees.
pub fn seen(broker: &Broker, topic: &str, partition: i32) -> Contents {
    let text = |value: Option<Vec<u8>>| String::from_utf8(value.unwrap_or(b"(none)".to_vec())).unwrap();
    let records = broker.read_committed(topic, partition).unwrap();
    records.into_iter().map(|record| (record.offset, text(record.value))).collect()
}

pub fn pairs(expected: &[(i64, &str)]) -> Contents {
    expected.iter().map(|(offset, value)| (*offset, value.to_string())).collect()
}

pub fn remedy<T>(result: Result<T, LogError>) -> Remedy {
    match result {
        Ok(_) => panic!("it should have failed"),
        Err(error) => error.remedy,
    }
}

/// Reads on until the reader has nothing more at hand; returns whether it is at its bound.
pub fn drain(reader: &mut impl Reader, max: usize) -> (bool, Contents) {
    let (mut batch, mut all) = (Batch::default(), Vec::new());
    loop {
        let done = reader.poll(&mut batch, max, Duration::ZERO).unwrap();
        all.extend(contents(&batch));
        if done || batch.is_empty() {
            return (done, all);
        }
    }
}

/// Faults to come, each at the next call of its kind.
#[derive(Clone, Default)]
pub struct Script(Arc<Mutex<VecDeque<(Call, Fault)>>>);

impl Script {
    pub fn before(&self, call: Call, remedy: Remedy) {
        self.push(call, Fault::Before(injected(remedy)));
    }

    pub fn after(&self, call: Call, remedy: Remedy) {
        self.push(call, Fault::After(injected(remedy)));
    }

    fn push(&self, call: Call, fault: Fault) {
        self.0.lock().unwrap().push_back((call, fault));
    }
}

fn injected(remedy: Remedy) -> LogError {
    LogError { remedy, doing: "testing", cause: "injected".into() }
}

impl Faults for Script {
    fn at(&mut self, call: Call) -> Fault {
        let mut script = self.0.lock().unwrap();
        match script.front() {
            Some((at, _)) if *at == call => script.pop_front().map_or(Fault::None, |(_, fault)| fault),
            _ => Fault::None,
        }
    }
}
