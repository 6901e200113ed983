//! The service itself, small: real lanes with real steps and transactions, on a broker in memory, turn by turn in one thread.

use std::time::{Duration, Instant};

use xxhash_rust::xxh3::xxh3_64;

use super::counts::Counts;
use super::said::Said;
use crate::commands::assembly::Assembly;
use crate::config::Topics;
use crate::lane::{Lane, State};
use crate::log::memory::{Broker, MemoryLog, MemoryReader, Settings};
use crate::log::{Batch, Reader};
use crate::simulate::Sent;

const PARTITIONS: i32 = 4;
pub const LANES: usize = 2;

/// What the lanes' clock moves by from turn to turn. It is no wall clock: a laptop that sleeps fences nobody, and equal input gives
/// equal transactions.
const TURN_MS: i64 = 20;
/// Records of one poll of an output.
const HEARD_AT_ONCE: usize = 512;
/// More than any start takes.
const START_TURNS: usize = 1_000;

pub struct Pipeline {
    broker: Broker,
    group: String,
    topics: Topics,
    lanes: Vec<Lane<MemoryLog>>,
    /// Of score changes and jumps, by topic and partition.
    readers: Vec<Follower>,
    batch: Batch,
    now_ms: i64,
    busy: Duration,
    leads: usize,
    counts: Counts,
}

struct Follower {
    topic: String,
    partition: i32,
    reader: MemoryReader,
}

impl Pipeline {
    /// Returns once every partition is assigned.
    pub fn start(assembly: &Assembly) -> anyhow::Result<Self> {
        let config = &assembly.config;
        let (topics, group) = (config.topics.clone(), config.service.application.clone());
        let broker = Broker::new();
        let outputs = [&topics.score_changes, &topics.score_jumps, &topics.dead_letters];
        topics.events.iter().chain(outputs).for_each(|topic| broker.create_topic(topic, PARTITIONS));
        let interval_ms = TURN_MS.min(config.service.commit_interval_ms as i64);
        let lane = |number: usize| {
            let settings = Settings::new(&group, &format!("{group}-demo-{number}"), topics.clone());
            let log = MemoryLog::new(&broker, settings)?;
            let step = assembly.step(config.limits.record_bytes);
            anyhow::Ok(Lane::new(log, step, interval_ms, Default::default()))
        };
        let lanes = (0..LANES).map(lane).collect::<anyhow::Result<Vec<_>>>()?;
        let follow = |topic: &String, partition| Follower {
            topic: topic.clone(),
            partition,
            reader: MemoryReader::new(&broker, topic, partition, 0, i64::MAX),
        };
        let heard = [&topics.score_changes, &topics.score_jumps].into_iter();
        let readers = heard.flat_map(|topic| (0..PARTITIONS).map(move |p| (topic, p)));
        let readers = readers.map(|(topic, partition)| follow(topic, partition)).collect();
        let (batch, counts) = (Batch::default(), Counts::default());
        let mut started =
            Self { broker, group, topics, lanes, readers, batch, now_ms: 0, busy: Duration::ZERO, leads: 0, counts };
        started.join()?;
        Ok(started)
    }

    /// Turns until the lanes have shared the partitions out.
    fn join(&mut self) -> anyhow::Result<()> {
        for _ in 0..START_TURNS {
            self.turn()?;
            let running = self.lanes.iter().all(|lane| lane.state() == State::Running);
            if running && self.lanes.iter().map(|lane| lane.shards().count()).sum::<usize>() == PARTITIONS as usize {
                return Ok(());
            }
        }
        anyhow::bail!("the lanes could not share the partitions out")
    }

    /// Writes a record to its lead's partition.
    pub fn send(&mut self, sent: &Sent) -> anyhow::Result<()> {
        let partition = (xxh3_64(sent.key.as_bytes()) % PARTITIONS as u64) as i32;
        let (key, value) = (Some(sent.key.as_bytes()), Some(sent.value.as_slice()));
        self.broker.append(&self.topics.events[0], partition, sent.at_ms, key, value, Vec::new())?;
        self.counts.records += 1;
        Ok(())
    }

    /// Turns the lanes until all that was sent is committed, and hands over what they have said meanwhile.
    pub fn work(&mut self, mut hear: impl FnMut(Said)) -> anyhow::Result<()> {
        let began = Instant::now();
        while !self.is_done()? {
            self.turn()?;
        }
        self.busy += began.elapsed();
        self.leads = self.lanes.iter().flat_map(Lane::shards).map(|shard| shard.leads().len()).sum();
        self.forget_input()?;
        self.listen(&mut hear)
    }

    fn turn(&mut self) -> anyhow::Result<()> {
        self.now_ms += TURN_MS;
        self.broker.advance(self.now_ms);
        for lane in &mut self.lanes {
            lane.turn(self.now_ms, Duration::ZERO, &mut self.counts)?;
            if let Some((partition, reason)) = lane.stopped().iter().next() {
                anyhow::bail!("partition {partition} is stopped: {reason}");
            }
        }
        Ok(())
    }

    fn is_done(&self) -> anyhow::Result<bool> {
        for partition in 0..PARTITIONS {
            if self.committed(partition) < self.broker.end(&self.topics.events[0], partition)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn committed(&self, partition: i32) -> i64 {
        let position = self.broker.committed(&self.group, &self.topics.events[0], partition);
        position.map_or(0, |position| position.offset)
    }

    /// Retention: however long this runs, the broker holds no more than what is under way.
    fn forget_input(&self) -> anyhow::Result<()> {
        for partition in 0..PARTITIONS {
            self.broker.delete_before(&self.topics.events[0], partition, self.committed(partition))?;
        }
        Ok(())
    }

    fn listen(&mut self, hear: &mut impl FnMut(Said)) -> anyhow::Result<()> {
        let Self { readers, batch, broker, .. } = self;
        for Follower { topic, partition, reader } in readers {
            loop {
                reader.poll(batch, HEARD_AT_ONCE, Duration::ZERO)?;
                batch.each(|_, record| {
                    hear(Said::read(record.value.unwrap_or_default())?);
                    anyhow::Ok(())
                })?;
                if batch.is_empty() {
                    break;
                }
            }
            broker.delete_before(topic, *partition, reader.position())?;
        }
        Ok(())
    }

    /// The lanes leave in good order. All that was sent is committed by then, see [`Pipeline::work`].
    pub fn finish(&mut self) -> anyhow::Result<()> {
        for lane in self.lanes.drain(..) {
            lane.finish(self.now_ms, &mut self.counts)?;
        }
        Ok(())
    }

    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Leads that there are, known and anonymous ones.
    pub fn leads(&self) -> usize {
        self.leads
    }

    /// How long the lanes have worked, on the wall clock.
    pub fn busy(&self) -> Duration {
        self.busy
    }
}
