//! A simulated cluster: several lanes over one broker in memory, in one thread, in a time of its own. Everything that happens is a function
//! of a seed; whatever goes wrong, what is said at the end is what the undisturbed fold of the input says, to the byte.
//!
//! A run has a storm, in which faults strike, and a calm, in which everybody comes back, and all that is left has to come to its end.
#![allow(dead_code, reason = "each test binary that compiles this uses its share")]

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use needle::log::memory::Broker;
use needle::log::{Batch, Input, Remedy};

pub mod archive;
pub mod auditor;
pub mod cell;
pub mod chaos;
pub mod decisions;
#[path = "../lane_support/mod.rs"]
pub mod lane_support;
pub mod log;
pub mod plan;
pub mod shelf;
pub mod shrink;
pub mod slot;
pub mod truth;
pub mod upstream;

use archive::Archive;
use auditor::Auditor;
use chaos::Fate;
use decisions::{Decisions, Key, Kind, Strike, What};
use lane_support::GROUP;
pub use log::Mistake;
pub use plan::Plan;
use plan::{Member, Retention};
use shelf::Warehouse;
use slot::{Slot, Terms, World, a_while};
use upstream::Upstream;

/// Turns of calm after which a run that does not come to its end is called hanging.
const PATIENCE: usize = 5_000;
/// The longest step of the clock in the calm: shorter than any session.
const IDLE_TICK_MS: i64 = 700;
/// The clock's reading at the beginning.
const START_MS: i64 = 1_763_800_000_000;

/// What a run came to.
pub struct Outcome {
    pub ended: Result<(), String>,
    pub struck: Vec<Strike>,
    /// Turns, those of the calm included.
    pub turns: usize,
}

/// How a run is done.
#[derive(Clone, Default)]
pub struct Way {
    pub mistake: Mistake,
    /// Only these faults strike.
    pub only: Option<BTreeSet<Key>>,
    /// Details of the faults are kept.
    pub telling: bool,
    /// Makes of the world that is drawn one in which a mistake comes to matter sooner.
    pub bend: Option<fn(&mut Plan)>,
}

pub fn run(seed: u64, way: &Way) -> Outcome {
    let mut simulation = Simulation::new(seed, way);
    let whole = AssertUnwindSafe(|| simulation.storm().and_then(|()| simulation.calm()));
    let ended = catch_unwind(whole).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
        Err(format!("it panicked: {}", text.unwrap_or("without a word")))
    });
    let Simulation { fate, turn, .. } = simulation;
    let struck = std::mem::take(&mut fate.lock().struck);
    Outcome { ended: ended.map_err(|error| format!("turn {turn}: {error}")), struck, turns: turn }
}

struct Simulation {
    fate: Fate,
    broker: Broker,
    plan: Plan,
    slots: Vec<Slot>,
    upstream: Upstream,
    auditor: Auditor,
    warehouse: Arc<Warehouse>,
    archive: Archive,
    batch: Batch,
    turn: usize,
    inherited: bool,
}

impl Simulation {
    fn new(seed: u64, way: &Way) -> Self {
        let mut decisions = Decisions::new(seed, way.only.clone(), way.telling);
        let mut plan = Plan::draw(seed, &mut decisions);
        if let Some(bend) = way.bend {
            bend(&mut plan);
        }
        decisions.roughness = plan.roughness;
        let (fate, broker) = (Fate::new(decisions), Broker::new());
        broker.advance(START_MS);
        let topics = &plan.assembly.config.topics;
        let outputs = [&topics.score_changes, &topics.score_jumps, &topics.dead_letters];
        topics.events.iter().chain(outputs).for_each(|topic| broker.create_topic(topic, plan.partitions));
        let upstream = Upstream::new(&broker, &plan.assembly, std::mem::take(&mut plan.records));
        let auditor = Auditor::new(&broker, &plan.assembly, plan.partitions);
        let warehouse: Arc<Warehouse> = Arc::default();
        let archive = Archive::new(&warehouse);
        let world = World { broker: broker.clone(), warehouse: warehouse.clone(), nonces: Arc::default() };
        let slot = |(who, member): (usize, &Member)| {
            let (settings, interval_ms, most) = (member.settings.clone(), member.interval_ms, member.most);
            let terms = Terms {
                who,
                snapshots_ms: plan.snapshots_ms,
                settings,
                interval_ms,
                most,
                mistake: way.mistake,
                back_ms: START_MS + member.from_ms,
            };
            Slot::new(&world, &plan.assembly, &fate, terms)
        };
        let slots = plan.members.iter().enumerate().map(slot).collect();
        Self {
            fate,
            broker,
            plan,
            slots,
            upstream,
            auditor,
            warehouse,
            archive,
            batch: Batch::default(),
            turn: 0,
            inherited: false,
        }
    }

    fn storm(&mut self) -> Result<(), String> {
        while self.turn < self.plan.storm {
            let mut random = self.fate.lock().next(0, What::Turn);
            self.advance(1 + random.below(self.plan.tick_ms) as i64);
            tracing::trace!(turn = self.turn, now_ms = self.broker.now_ms(), "turn");
            self.upstream.feed(&mut random);
            self.auditor.learn(&self.upstream);
            self.weather()?;
            let mut order: Vec<usize> = (0..self.slots.len()).collect();
            for left in (1..order.len()).rev() {
                order.swap(left, random.below(left + 1));
            }
            for slot in order {
                self.live(slot)?;
                // Not everybody moves in every turn.
                if random.below(5) > 0 {
                    self.turn_of(slot)?;
                }
            }
            self.audit()?;
            self.turn += 1;
        }
        Ok(())
    }

    /// Nothing fails any more: everybody comes back, and what is left comes to its end.
    fn calm(&mut self) -> Result<(), String> {
        self.fate.lock().calm = true;
        self.upstream.finish();
        self.auditor.learn(&self.upstream);
        let mut tick_ms = 10;
        for _ in 0..PATIENCE {
            self.advance(tick_ms);
            tracing::trace!(turn = self.turn, now_ms = self.broker.now_ms(), "calm turn");
            let mut worked = 0;
            for slot in 0..self.slots.len() {
                self.come_back(slot);
                worked += self.turn_of(slot)?;
            }
            self.audit()?;
            self.turn += 1;
            if self.is_settled() && !self.heir_takes_over() {
                return self.end();
            }
            tick_ms = if worked > 0 { 10 } else { (2 * tick_ms).min(IDLE_TICK_MS) };
        }
        let (lagging, open) = (self.auditor.lagging(&self.upstream), self.broker.open_transactions());
        let stopped: BTreeMap<i32, String> = self.stopped();
        let here: Vec<(usize, i32)> =
            self.slots.iter().flat_map(|slot| slot.shards().map(|shard| (slot.who, shard.partition))).collect();
        Err(format!("it hangs: {open:?} are open, {lagging:?} lag, {stopped:?} are stopped, {here:?} are worked on"))
    }

    /// Once, and not in every run: everybody is gone, and one that remembers nothing has to bring everything back.
    fn heir_takes_over(&mut self) -> bool {
        if std::mem::replace(&mut self.inherited, true) || self.fate.lock().next(0, What::Heir).below(2) == 0 {
            return false;
        }
        for slot in &mut self.slots {
            (slot.processes, slot.back_ms) = (Vec::new(), i64::MAX);
        }
        self.slots[0].back_ms = 0;
        true
    }

    /// Everything is committed, and each partition is worked on by one lane, or stopped.
    fn is_settled(&self) -> bool {
        let stopped = self.stopped();
        let mut here = vec![0; self.plan.partitions as usize];
        let shards = self.slots.iter().flat_map(Slot::shards);
        shards.for_each(|shard| here[shard.partition as usize] += 1);
        let lags = |(input, ..): &(Input, Option<i64>, i64)| !stopped.contains_key(&input.partition);
        (0..).zip(&here).all(|(partition, count)| *count == usize::from(!stopped.contains_key(&partition)))
            && !self.auditor.lagging(&self.upstream).iter().any(lags)
            && self.broker.open_transactions().is_empty()
    }

    fn stopped(&self) -> BTreeMap<i32, String> {
        self.slots.iter().flat_map(Slot::stopped).map(|(partition, reason)| (*partition, reason.clone())).collect()
    }

    fn end(&mut self) -> Result<(), String> {
        let stopped = self.stopped();
        if let Some((partition, reason)) = stopped.iter().next().filter(|_| self.plan.retention != Retention::Unsafe) {
            return Err(format!("partition {partition} is stopped: {reason}"));
        }
        self.auditor.end(&stopped)?;
        self.archive.end(&self.auditor, &self.broker)?;
        self.slots.iter().flat_map(Slot::shards).try_for_each(|shard| self.auditor.memory(shard))
    }

    fn advance(&self, by_ms: i64) {
        self.broker.advance(self.broker.now_ms() + by_ms);
    }

    fn audit(&mut self) -> Result<(), String> {
        self.warehouse.arrive(self.broker.now_ms());
        self.auditor.step(&self.upstream, &mut self.batch)?;
        self.archive.step(&self.auditor, &self.broker)
    }

    fn turn_of(&mut self, slot: usize) -> Result<usize, String> {
        let _of = tracing::info_span!("worker", slot).entered();
        let (worked, loud) = self.slots[slot].turn().map_err(|error| format!("worker {slot}: {error}"))?;
        if let Some(error) = loud {
            tracing::error!(%error, "the process ends");
            // Where records are gone that nobody has read yet, no more can be done than to say so.
            if !(self.plan.retention == Retention::Unsafe && error.remedy == Remedy::Crash) {
                return Err(format!("worker {slot} ends: {error}"));
            }
        }
        if self.fate.lock().next(slot, What::Look).below(6) == 0 {
            let looked = self.slots[slot].shards().try_for_each(|shard| self.auditor.memory(shard));
            looked.map_err(|error| format!("worker {slot}: {error}"))?;
        }
        Ok(worked)
    }

    fn come_back(&mut self, slot: usize) {
        let slot = &mut self.slots[slot];
        if slot.back_ms <= self.broker.now_ms() && slot.processes.iter().all(|process| process.replaced) {
            slot.start();
        }
    }

    /// What happens to a process from outside.
    fn live(&mut self, who: usize) -> Result<(), String> {
        self.come_back(who);
        let slot = &mut self.slots[who];
        if slot.processes.is_empty() {
            return Ok(());
        }
        let mut fate = self.fate.lock();
        let Some((key, mut random)) = fate.strike(who, What::Life, 120) else { return Ok(()) };
        let ms = a_while(&mut random);
        let until_ms = self.broker.now_ms() + ms;
        match random.below(4) {
            0 => {
                fate.tell(key, Kind::Crash, || format!("back after {ms} ms"));
                slot.processes.clear();
                slot.back_ms = until_ms;
            }
            1 => {
                fate.tell(key, Kind::Hangs, || format!("for {ms} ms"));
                slot.processes.iter_mut().for_each(|process| process.asleep_until_ms = until_ms);
            }
            2 => {
                fate.tell(key, Kind::StartedTwice, || format!("the first one hangs for {ms} ms"));
                slot.processes.iter_mut().for_each(|process| process.asleep_until_ms = until_ms);
                slot.start();
            }
            _ => {
                fate.tell(key, Kind::Leaves, || format!("for {ms} ms"));
                drop(fate);
                slot.back_ms = until_ms;
                slot.leave().map_err(|error| format!("worker {who}: {error}"))?;
            }
        }
        Ok(())
    }

    /// What happens to all.
    fn weather(&mut self) -> Result<(), String> {
        let clock = self.fate.lock().strike(0, What::Clock, 80);
        if let Some((key, mut random)) = clock {
            let most = [2_000, 8_000, 70_000][random.below(3)];
            let ms = 1 + random.below(most) as i64;
            self.fate.lock().tell(key, Kind::ClockStep, || format!("{ms} ms"));
            self.advance(ms);
        }
        let compaction = self.fate.lock().strike(0, What::Compaction, 150);
        if let Some((key, _)) = compaction {
            self.fate.lock().tell(key, Kind::Compaction, String::new);
            // What it takes must have been seen.
            self.audit()?;
            let topic = &self.plan.assembly.config.topics.score_changes;
            self.broker.compact(topic).map_err(|error| error.to_string())?;
        }
        if self.plan.disasters {
            self.disaster();
        }
        self.retain()
    }

    /// What happens to the snapshots.
    fn disaster(&mut self) {
        let struck = self.fate.lock().strike(0, What::Disaster, 150);
        let Some((key, mut random)) = struck else { return };
        if random.below(3) == 0 {
            self.fate.lock().tell(key, Kind::SnapshotsLost, String::new);
            self.archive.wipe();
        } else if let Some(path) = self.archive.damage(&mut |bound| random.below(bound.max(1))) {
            self.fate.lock().tell(key, Kind::ObjectDamaged, || path.to_string());
        }
    }

    /// Retention takes what a snapshot holds; or what is committed, whether or not a restore needs it.
    fn retain(&mut self) -> Result<(), String> {
        if self.plan.retention == Retention::None {
            return Ok(());
        }
        let struck = self.fate.lock().strike(0, What::Retention, 200);
        let Some((key, mut random)) = struck else { return Ok(()) };
        let partition = random.below(self.plan.partitions as usize) as i32;
        let topics = &self.plan.assembly.config.topics;
        let topic = random.below(topics.events.len());
        let committed = self.broker.committed(GROUP, &topics.events[topic], partition);
        let Some(committed) = committed.filter(|committed| committed.offset > 0) else { return Ok(()) };
        let offset = match self.plan.retention {
            // It takes days: whoever is at it has read what he needs.
            Retention::Safe if self.slots.iter().flat_map(Slot::restoring).any(|restoring| restoring == partition) => {
                None
            }
            Retention::Safe => self.archive.reach(partition, &topics.events[topic]),
            _ => Some(1 + random.below(committed.offset as usize) as i64),
        };
        let Some(offset) = offset else { return Ok(()) };
        let kind = if self.plan.retention == Retention::Safe { Kind::Retention } else { Kind::RetentionUnsafe };
        let detail = || format!("below {offset} of partition {partition} of topic {topic}");
        self.fate.lock().tell(key, kind, detail);
        if kind == Kind::RetentionUnsafe {
            self.auditor.history_is_cut();
        }
        self.broker.delete_before(&topics.events[topic], partition, offset).map_err(|error| error.to_string())
    }
}
