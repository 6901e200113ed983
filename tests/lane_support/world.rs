//! The broker, the clock, what went in and what came out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use needle::commands::assembly::Assembly;
use needle::lane::LaneError;
use needle::log::memory::{Broker, MemoryLog, Settings, StoredRecord};
use needle::log::{Batch, Change, Input, Log, Output, Position, Stream};
use needle::wire::record::{NoHeaders, OwnedHeaders};

use super::{Draft, Line, Said, Worker, said};

pub const GROUP: &str = "needle";
/// Turns after which a run that does not come to its end is called hanging.
const PATIENCE: usize = 20_000;
/// After so many records another writer's transaction lies aborted in the input.
const GAP_EVERY: usize = 23;

pub struct World {
    pub broker: Broker,
    pub assembly: Arc<Assembly>,
    pub partitions: i32,
    /// How far the clock goes in one turn.
    pub tick_ms: i64,
    pub now_ms: i64,
    /// What was piped, by input.
    piped: BTreeMap<Input, Vec<StoredRecord>>,
    /// What was read of the outputs, and from where on the rest is.
    harvest: BTreeMap<(String, i32), (i64, Vec<Line>)>,
}

impl World {
    pub fn new(assembly: Arc<Assembly>, partitions: i32) -> Self {
        let broker = Broker::new();
        let topics = &assembly.config.topics;
        let outputs = [&topics.score_changes, &topics.score_jumps, &topics.dead_letters];
        topics.events.iter().chain(outputs).for_each(|topic| broker.create_topic(topic, partitions));
        let (piped, harvest) = (BTreeMap::new(), BTreeMap::new());
        Self { broker, assembly, partitions, tick_ms: 10, now_ms: 0, piped, harvest }
    }

    /// Appends records to one partition, with gaps in their offsets as an upstream that writes in transactions leaves them.
    pub fn pipe(&mut self, topic: usize, partition: i32, records: &[Draft]) {
        let input = Input { topic, partition };
        for Draft { at_ms, key, value, headers } in records {
            let (at_ms, key, value) = (*at_ms, key.clone(), value.clone());
            let headers: OwnedHeaders =
                headers.iter().map(|(name, value)| (name.clone().into_bytes(), value.clone())).collect();
            let name = &self.assembly.config.topics.events[topic];
            let offset = self.broker.append(name, partition, at_ms, key.as_deref(), value.as_deref(), headers.clone());
            let offset = offset.expect("appended");
            let topic = name.as_str().into();
            self.piped.entry(input).or_default().push(StoredRecord {
                topic,
                partition,
                offset,
                at_ms,
                key,
                value,
                headers,
            });
            if self.piped[&input].len().is_multiple_of(GAP_EVERY) {
                self.abort_upstream(input);
            }
        }
    }

    /// Pipes to partition *n* of the first topic what `records[n]` holds.
    pub fn pipe_all(&mut self, records: &[Vec<Draft>]) {
        records.iter().zip(0..).for_each(|(records, partition)| self.pipe(0, partition, records));
    }

    /// Leaves two offsets in an input that are never handed out.
    pub fn abort_upstream(&self, input: Input) {
        let settings = Settings::new("upstream", "upstream", self.assembly.config.topics.clone());
        let mut log = MemoryLog::new(&self.broker, settings).expect("a log");
        let (stream, partition) = (Stream::Events(input.topic), input.partition);
        let (key, value) = (None, Some(&b"never committed"[..]));
        log.begin().expect("begun");
        log.produce(Output { stream, partition, key, value, headers: &NoHeaders, caused_at_ms: None })
            .expect("produced");
        log.abort().expect("aborted");
    }

    /// What lies in an input, without what upstream has aborted.
    pub fn piped(&self, topic: usize, partition: i32) -> &[StoredRecord] {
        self.piped.get(&Input { topic, partition }).map_or(&[], Vec::as_slice)
    }

    /// The clock goes on by one tick, and each worker takes a turn.
    pub fn turn(&mut self, workers: &mut [&mut Worker]) {
        self.try_turn(workers).expect("lanes that go on");
    }

    fn try_turn(&mut self, workers: &mut [&mut Worker]) -> Result<(), LaneError> {
        self.advance(self.tick_ms);
        workers.iter_mut().try_for_each(|worker| worker.try_turn(self.now_ms).map(drop))
    }

    pub fn advance(&mut self, by_ms: i64) {
        self.now_ms += by_ms;
        self.broker.advance(self.now_ms);
    }

    /// Turns until `done`; fails where that takes for ever.
    pub fn turn_until(
        &mut self,
        workers: &mut [&mut Worker],
        mut done: impl FnMut(&World, &[&mut Worker]) -> bool,
    ) -> Result<(), String> {
        for _ in 0..PATIENCE {
            if done(self, workers) {
                return Ok(());
            }
            self.try_turn(workers).map_err(|error| error.to_string())?;
        }
        Err(format!("it hangs: {:?} are open, {:?} lag", self.broker.open_transactions(), self.lagging()))
    }

    /// Turns until all that was piped is committed.
    pub fn try_settle(&mut self, workers: &mut [&mut Worker]) -> Result<(), String> {
        self.turn_until(workers, |world, _| world.is_settled())
    }

    pub fn settle(&mut self, workers: &mut [&mut Worker]) {
        self.try_settle(workers).unwrap_or_else(|error| panic!("{error}"));
    }

    pub fn is_settled(&self) -> bool {
        self.lagging().is_empty() && self.broker.open_transactions().is_empty()
    }

    /// Inputs of which not all is committed: where the group stands, where it must stand.
    pub fn lagging(&self) -> Vec<(Input, Option<i64>, i64)> {
        let end = |records: &[StoredRecord]| records.last().map(|record| record.offset + 1);
        let inputs =
            self.piped.iter().filter_map(|(input, records)| Some((*input, self.committed(*input), end(records)?)));
        inputs.filter(|(_, committed, end)| *committed != Some(*end)).collect()
    }

    pub fn committed(&self, input: Input) -> Option<i64> {
        let topic = &self.assembly.config.topics.events[input.topic];
        self.broker.committed(GROUP, topic, input.partition).map(|position| position.offset)
    }

    /// Somebody moves the group, which has no members now: there is no note beside the position.
    pub fn set_by_hand(&self, input: Input, offset: i64) {
        let settings = Settings::new(GROUP, "tool", self.assembly.config.topics.clone());
        let mut log = MemoryLog::new(&self.broker, settings).expect("a log");
        let Ok(Some(Change::Assigned(inputs))) = log.poll(&mut Batch::default(), 1, Duration::ZERO) else {
            panic!("nothing assigned")
        };
        log.own(&inputs.iter().map(|input| (*input, 0)).collect::<Vec<_>>()).expect("owned");
        log.begin().expect("begun");
        log.commit(&[(input, Position { offset, note: String::new() })]).expect("committed");
        log.leave().expect("left");
    }

    /// All that was ever committed to the outputs of a partition, what compaction has taken since included.
    pub fn said(&mut self, partition: i32) -> Said {
        let topics = self.assembly.config.topics.clone();
        let mut read = |topic: &str| {
            let (next, lines) = self.harvest.entry((topic.to_owned(), partition)).or_default();
            let records = self.broker.read_committed(topic, partition).expect("a topic");
            lines.extend(records.into_iter().filter(|record| record.offset >= *next).map(Line::of));
            *next = self.broker.last_stable(topic, partition).expect("a topic");
            lines.clone()
        };
        Said {
            changes: read(&topics.score_changes),
            jumps: read(&topics.score_jumps),
            letters: read(&topics.dead_letters),
        }
    }

    /// The broker compacts the score changes, once they have been read.
    pub fn compact(&mut self) {
        (0..self.partitions).for_each(|partition| drop(self.said(partition)));
        self.broker.compact(&self.assembly.config.topics.score_changes).expect("compacted");
    }

    /// What a partition of the only topic must lead to, and the leads that it must make.
    pub fn truth(&self, partition: i32) -> (Said, needle::lane::shard::Shard) {
        said::truth(&self.assembly, partition, self.piped(0, partition).iter().map(|record| (0, record)))
    }

    /// Whether everything was said that must be, in order and once, and everything is committed.
    pub fn audit(&mut self) -> Result<(), String> {
        if !self.is_settled() {
            return Err(format!("{:?} are open, {:?} lag", self.broker.open_transactions(), self.lagging()));
        }
        (0..self.partitions).try_for_each(|partition| {
            let said = self.said(partition);
            said.compare(&self.truth(partition).0).map_err(|error| format!("partition {partition}: {error}"))
        })
    }

    pub fn assert_true(&mut self) {
        self.audit().unwrap_or_else(|error| panic!("{error}"));
    }
}

/// Leads as bytes: key, facts, decisions.
pub type Leads = BTreeMap<Vec<u8>, (Vec<u8>, Vec<u8>)>;

pub fn leads(shard: &needle::lane::shard::Shard) -> Leads {
    let bytes =
        |kept: needle::lead::leads::Kept<'_>| (kept.key.to_vec(), (kept.facts.to_vec(), kept.decisions.to_vec()));
    shard.leads().iter().map(bytes).collect()
}
