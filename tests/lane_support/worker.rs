//! A lane and what runs around it, as the service does: it is joined anew where it asks for that.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use needle::commands::assembly::Assembly;
use needle::lane::shard::Shard;
use needle::lane::tally::Tally;
use needle::lane::{Lane, LaneError, Observer, Sweeping};
use needle::log::Remedy;
use needle::log::memory::{Broker, MemoryLog, Settings};
use needle::model::Served;

use super::logs::Cuts;
use super::{Bend, DEAD_LETTER_BYTES, Dice, GROUP, TestLog, World};

pub struct Worker {
    broker: Broker,
    assembly: Arc<Assembly>,
    pub settings: Settings,
    pub interval_ms: i64,
    pub dice: Dice,
    pub bend: Bend,
    pub cuts: Cuts,
    pub sweeping: Option<Sweeping>,
    /// What a new lane serves; `None`: what the assembly does.
    pub models: Option<Arc<Served>>,
    lane: Option<Lane<TestLog>>,
    aside: BTreeMap<i32, Shard>,
    pub seen: Seen,
    /// How often a log was made.
    pub joins: usize,
}

/// What the lanes of a worker have told.
#[derive(Debug, Default)]
pub struct Seen {
    pub commits: usize,
    /// Score changes of each commit that held some, by cause.
    pub changes: Vec<[u64; 3]>,
    pub aborts: usize,
    pub events: u64,
    pub dead_letters: u64,
    pub restored: Vec<(i32, u64)>,
    pub stopped: Vec<(i32, String)>,
    /// Partition, leads.
    pub saved: Vec<(i32, u64)>,
    pub delayed: usize,
}

impl Worker {
    /// A dynamic member with a transactional id of its own, that commits every 20 ms.
    pub fn new(world: &World, id: &str) -> Self {
        Self {
            broker: world.broker.clone(),
            assembly: world.assembly.clone(),
            settings: Settings::new(GROUP, id, world.assembly.config.topics.clone()),
            interval_ms: 20,
            dice: Dice::default(),
            bend: Bend::None,
            cuts: Cuts { random: 1, most: 512 },
            sweeping: None,
            models: None,
            lane: None,
            aside: BTreeMap::new(),
            seen: Seen::default(),
            joins: 0,
        }
    }

    pub fn static_member(world: &World, id: &str) -> Self {
        let mut worker = Self::new(world, id);
        worker.settings.static_id = Some(id.to_owned());
        worker
    }

    pub fn dice(self, dice: Dice) -> Self {
        Self { dice, ..self }
    }

    pub fn bend(self, bend: Bend) -> Self {
        Self { bend, ..self }
    }

    pub fn cuts(self, random: u64, most: usize) -> Self {
        Self { cuts: Cuts { random, most }, ..self }
    }

    pub fn interval(self, interval_ms: i64) -> Self {
        Self { interval_ms, ..self }
    }

    /// Leads are rescored after a swap of models, and every so often.
    pub fn sweeping(self, every_ms: Option<i64>) -> Self {
        Self { sweeping: Some(Sweeping { every_ms }), ..self }
    }

    /// These models from the next transaction on, and in every lane that comes after this one.
    pub fn serve(&mut self, models: Arc<Served>) {
        self.models = Some(models.clone());
        if let Some(lane) = &mut self.lane {
            lane.serve(models);
        }
    }

    /// The lane that turns, once there is one.
    pub fn lane(&self) -> &Lane<TestLog> {
        self.lane.as_ref().expect("a lane")
    }

    pub fn lane_mut(&mut self) -> &mut Lane<TestLog> {
        self.lane.as_mut().expect("a lane")
    }

    /// Whether there is a lane.
    pub fn is_on(&self) -> bool {
        self.lane.is_some()
    }

    /// One turn, or a new lane. Returns the records worked on; fails where the process would end.
    pub fn try_turn(&mut self, now_ms: i64) -> Result<usize, LaneError> {
        let Some(lane) = &mut self.lane else {
            return self.join();
        };
        match lane.turn(now_ms, Duration::ZERO, &mut self.seen) {
            Err(LaneError::Rejoin(_)) => {
                let lane = self.lane.take();
                self.aside = lane.map_or(Ok(BTreeMap::new()), Lane::into_shards)?;
                Ok(0)
            }
            done => done,
        }
    }

    pub fn turn(&mut self, now_ms: i64) -> usize {
        self.try_turn(now_ms).expect("a lane that goes on")
    }

    fn join(&mut self) -> Result<usize, LaneError> {
        self.joins += 1;
        match MemoryLog::with_faults(&self.broker, self.settings.clone(), self.dice.clone()) {
            Ok(log) => {
                let log = TestLog::new(log, self.bend, self.cuts.clone());
                self.cuts.random += 1;
                let models = self.models.as_ref().unwrap_or(&self.assembly.models);
                let step = self.assembly.step_by(models, DEAD_LETTER_BYTES);
                let lane = Lane::new(log, step, self.interval_ms, std::mem::take(&mut self.aside));
                self.lane = Some(lane.sweeping(self.sweeping));
            }
            Err(error) if error.remedy == Remedy::Crash => return Err(LaneError::Crash(error)),
            Err(_) => {}
        }
        Ok(0)
    }

    /// The process is gone, and what it had in memory.
    pub fn crash(&mut self) {
        self.lane = None;
        self.aside.clear();
    }

    /// The lane is gone without a word, and its leads are remembered.
    pub fn put_aside(&mut self) {
        if let Some(lane) = self.lane.take() {
            self.aside = lane.into_shards().expect("leads");
        }
    }

    /// The process ends in good order.
    pub fn finish(&mut self, now_ms: i64) {
        if let Some(lane) = self.lane.take() {
            match lane.finish(now_ms, &mut self.seen) {
                Ok(()) | Err(LaneError::Rejoin(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
        self.aside.clear();
    }
}

impl Observer for Seen {
    fn committed(&mut self, tally: &Tally) {
        self.commits += 1;
        if tally.score_changes != [0; 3] {
            self.changes.push(tally.score_changes);
        }
        self.events += tally.events.iter().flatten().sum::<u64>();
        self.dead_letters += tally.dead_letters.iter().map(|(_, count)| count).sum::<u64>();
    }
    fn aborted(&mut self) {
        self.aborts += 1;
    }
    fn restored(&mut self, partition: i32, records: u64) {
        self.restored.push((partition, records));
    }
    fn stopped(&mut self, partition: i32, reason: &str) {
        self.stopped.push((partition, reason.to_owned()));
    }
    fn snapshot_saved(&mut self, partition: i32, leads: u64) {
        self.saved.push((partition, leads));
    }
    fn snapshot_delayed(&mut self, _: i32) {
        self.delayed += 1;
    }
}
