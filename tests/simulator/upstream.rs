//! Who writes the input: plainly, and in transactions that stay open for a while or are aborted.

use std::collections::BTreeMap;

use needle::commands::assembly::Assembly;
use needle::log::memory::{Broker, MemoryLog, Settings, StoredRecord};
use needle::log::{Input, Log, Output, Stream};
use needle::wire::record::OwnedHeaders;

use super::lane_support::Draft;
use super::lane_support::events::Random;

pub struct Upstream {
    broker: Broker,
    names: Vec<String>,
    inputs: BTreeMap<Input, Source>,
}

struct Source {
    /// What has yet to come.
    left: std::vec::IntoIter<Draft>,
    /// What lies there, and what will once its transaction is committed.
    piped: Vec<StoredRecord>,
    committing: Writer,
    aborting: Writer,
}

struct Writer {
    log: MemoryLog,
    open: bool,
}

impl Upstream {
    /// `records[topic][partition]`.
    pub fn new(broker: &Broker, assembly: &Assembly, records: Vec<Vec<Vec<Draft>>>) -> Self {
        let topics = &assembly.config.topics;
        let writer = |input: Input, name: &str| {
            let id = format!("{name}-{}-{}", input.topic, input.partition);
            let settings =
                Settings { transaction_timeout_ms: i64::MAX, ..Settings::new("upstream", &id, topics.clone()) };
            Writer { log: MemoryLog::new(broker, settings).expect("a log"), open: false }
        };
        let mut inputs = BTreeMap::new();
        for (topic, partitions) in records.into_iter().enumerate() {
            for (partition, records) in (0..).zip(partitions) {
                let input = Input { topic, partition };
                let (committing, aborting) = (writer(input, "commits"), writer(input, "aborts"));
                let left = records.into_iter();
                inputs.insert(input, Source { left, piped: Vec::new(), committing, aborting });
            }
        }
        Self { broker: broker.clone(), names: topics.events.clone(), inputs }
    }

    pub fn inputs(&self) -> impl Iterator<Item = Input> {
        self.inputs.keys().copied()
    }

    pub fn piped(&self, input: Input) -> &[StoredRecord] {
        &self.inputs[&input].piped
    }

    /// Something comes, or not.
    pub fn feed(&mut self, random: &mut Random) {
        let Self { broker, names, inputs } = self;
        for (input, source) in inputs {
            match random.below(10) {
                0..4 => {}
                4..7 => source.plainly(broker, &names[input.topic], *input, random.below(5)),
                7 if source.committing.open => source.committing.end(true),
                7 => source.in_transaction(broker, &names[input.topic], *input, 1 + random.below(4)),
                8 if source.aborting.open => source.aborting.end(false),
                8 => source.in_vain(*input, random.below(3)),
                _ => source.committing.end(true),
            }
        }
    }

    /// All that is left comes, and nothing stays open.
    pub fn finish(&mut self) {
        let Self { broker, names, inputs } = self;
        for (input, source) in inputs {
            source.committing.end(true);
            source.aborting.end(false);
            source.plainly(broker, &names[input.topic], *input, usize::MAX);
        }
    }
}

impl Source {
    fn plainly(&mut self, broker: &Broker, topic: &str, input: Input, count: usize) {
        for Draft { at_ms, key, value, headers } in self.left.by_ref().take(count) {
            let headers = owned(headers);
            let (of_key, of_value) = (key.as_deref(), value.as_deref());
            let offset = broker.append(topic, input.partition, at_ms, of_key, of_value, headers.clone());
            let (topic, partition, offset) = (topic.into(), input.partition, offset.expect("appended"));
            self.piped.push(StoredRecord { topic, partition, offset, at_ms, key, value, headers });
        }
    }

    fn in_transaction(&mut self, broker: &Broker, topic: &str, input: Input, count: usize) {
        for Draft { key, value, headers, .. } in self.left.by_ref().take(count) {
            let headers = owned(headers);
            let offset = broker.end(topic, input.partition).expect("a topic");
            self.committing.write(input, key.as_deref(), value.as_deref(), &headers);
            let (topic, partition, at_ms) = (topic.into(), input.partition, broker.now_ms());
            self.piped.push(StoredRecord { topic, partition, offset, at_ms, key, value, headers });
        }
    }

    fn in_vain(&mut self, input: Input, count: usize) {
        for _ in 0..count {
            self.aborting.write(input, None, Some(b"never committed"), &Vec::new());
        }
    }
}

impl Writer {
    fn write(&mut self, input: Input, key: Option<&[u8]>, value: Option<&[u8]>, headers: &OwnedHeaders) {
        if !self.open {
            self.log.begin().expect("begun");
            self.open = true;
        }
        let (stream, partition) = (Stream::Events(input.topic), input.partition);
        self.log.produce(Output { stream, partition, key, value, headers, caused_at_ms: None }).expect("produced");
    }

    fn end(&mut self, committed: bool) {
        if std::mem::take(&mut self.open) {
            let ended = if committed { self.log.commit(&[]) } else { self.log.abort() };
            ended.expect("ended");
        }
    }
}

fn owned(headers: super::lane_support::record::HeaderList) -> OwnedHeaders {
    headers.into_iter().map(|(name, value)| (name.into_bytes(), value)).collect()
}
