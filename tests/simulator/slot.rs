//! A place in the group, and the processes that fill it: one, or one more that was taken for dead and is not.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use needle::commands::assembly::Assembly;
use needle::lane::shard::Shard;
use needle::lane::snapshots::Clock;
use needle::lane::tally::Tally;
use needle::lane::{Lane, LaneError, Observer, Snapshots, Sweeping};
use needle::log::memory::{Broker, Settings};
use needle::log::{LogError, Remedy};

use needle::snapshot::keeper::Keeper;
use needle::snapshot::plain::Plain;

use super::cell::Cell;
use super::chaos::{Chaos, Fate};
use super::decisions::What;
use super::lane_support::DEAD_LETTER_BYTES;
use super::lane_support::events::Random;
use super::log::{Mistake, SimLog};
use super::shelf::{Shelf, Warehouse};

/// How often the last snapshots are gone on with when a process ends in good order.
const LAST_SAVES: usize = 8;

/// What every process of a slot is made of.
pub struct Slot {
    pub who: usize,
    broker: Broker,
    warehouse: Arc<Warehouse>,
    nonces: Arc<AtomicU64>,
    snapshots_ms: Option<i64>,
    assembly: Arc<Assembly>,
    fate: Fate,
    settings: Settings,
    interval_ms: i64,
    most: usize,
    mistake: Mistake,
    /// The newest one last.
    pub processes: Vec<Process>,
    /// From this time on there is one again.
    pub back_ms: i64,
}

pub struct Process {
    chaos: Chaos,
    cell: Arc<Cell>,
    snapshots: Option<Snapshots>,
    lane: Option<Lane<SimLog>>,
    aside: BTreeMap<i32, Shard>,
    join_ms: i64,
    /// It does not move before this time.
    pub asleep_until_ms: i64,
    /// There is a newer one in its place.
    pub replaced: bool,
    seen: Seen,
}

/// Whatever it still does in its runtime is gone with it.
impl Drop for Process {
    fn drop(&mut self) {
        self.cell.end();
    }
}

/// How a turn of a process ended.
#[derive(Debug)]
pub enum Turned {
    Worked(usize),
    /// The process is gone.
    Ended,
    /// It is gone, and says why.
    Loudly(LogError),
}

#[derive(Default)]
struct Seen;

impl Observer for Seen {
    fn committed(&mut self, _: &Tally) {}
}

/// How long something is away: from shorter than a commit's interval to longer than most time-outs.
pub fn a_while(random: &mut Random) -> i64 {
    let most = [200, 2_000, 20_000][random.below(3)];
    1 + random.below(most) as i64
}

/// What all slots share.
#[derive(Clone)]
pub struct World {
    pub broker: Broker,
    pub warehouse: Arc<Warehouse>,
    pub nonces: Arc<AtomicU64>,
}

pub struct Terms {
    pub who: usize,
    pub snapshots_ms: Option<i64>,
    pub settings: Settings,
    pub interval_ms: i64,
    pub most: usize,
    pub mistake: Mistake,
    pub back_ms: i64,
}

impl Slot {
    pub fn new(world: &World, assembly: &Arc<Assembly>, fate: &Fate, terms: Terms) -> Self {
        let Terms { who, snapshots_ms, settings, interval_ms, most, mistake, back_ms } = terms;
        let World { broker, warehouse, nonces } = world.clone();
        let (assembly, fate) = (assembly.clone(), fate.clone());
        Self {
            who,
            broker,
            warehouse,
            nonces,
            snapshots_ms,
            assembly,
            fate,
            settings,
            interval_ms,
            most,
            mistake,
            processes: Vec::new(),
            back_ms,
        }
    }

    /// A new process, with nothing in memory.
    pub fn start(&mut self) {
        self.processes.iter_mut().for_each(|process| process.replaced = true);
        let chaos = Chaos::new(&self.fate, &self.broker, self.who, self.most);
        let cell = Arc::new(Cell::new(&self.broker, &self.nonces));
        let snapshots = self.snapshots_ms.map(|interval_ms| {
            let (warehouse, chaos, mistake) = (self.warehouse.clone(), chaos.clone(), self.mistake);
            let shelf = Arc::new(Shelf { warehouse, chaos, cell: Arc::downgrade(&cell), mistake });
            Snapshots {
                keeper: Keeper::new(shelf, Arc::new(Plain), cell.clone(), "needle"),
                interval_ms,
                clock: Clock::Turns,
                history_days: 0,
            }
        });
        let (lane, aside) = Default::default();
        let process = Process {
            chaos,
            cell,
            snapshots,
            lane,
            aside,
            join_ms: 0,
            asleep_until_ms: 0,
            replaced: false,
            seen: Seen,
        };
        self.processes.push(process);
    }

    /// One turn of each process that is awake. Returns the records worked on, and what was said in dying.
    pub fn turn(&mut self) -> Result<(usize, Option<LogError>), String> {
        let (mut worked, mut loud) = (0, None);
        for index in (0..self.processes.len()).rev() {
            if self.processes[index].asleep_until_ms > self.broker.now_ms() {
                continue;
            }
            match self.turn_of(index)? {
                Turned::Worked(records) => worked += records,
                Turned::Ended => {
                    self.processes.remove(index);
                    let random = &mut self.fate.lock().next(self.who, What::Back);
                    let away_ms = if random.below(4) == 0 { 0 } else { a_while(random) };
                    self.back_ms = self.broker.now_ms() + away_ms;
                }
                Turned::Loudly(error) => {
                    loud = Some(error);
                    self.processes.remove(index);
                }
            }
        }
        Ok((worked, loud))
    }

    fn turn_of(&mut self, index: usize) -> Result<Turned, String> {
        let process = &mut self.processes[index];
        let now_ms = self.broker.now_ms();
        let turned = match &mut process.lane {
            Some(lane) => {
                process.cell.run();
                let kept = lane.keep(now_ms, &mut process.seen);
                kept.and_then(|_| lane.turn(now_ms, Duration::ZERO, &mut process.seen))
            }
            None if now_ms < process.join_ms => Ok(0),
            None => match SimLog::new(&self.broker, &self.settings, self.mistake, &process.chaos) {
                Ok(log) => {
                    let step = self.assembly.step(DEAD_LETTER_BYTES);
                    let aside = std::mem::take(&mut process.aside);
                    let lane = Lane::new(log, step, self.interval_ms, aside).keeping(process.snapshots.clone());
                    // One model says everything: whatever is brought back, a sweep finds nothing to say.
                    process.lane = Some(lane.sweeping(Some(Sweeping { every_ms: None })));
                    Ok(0)
                }
                Err(error) if error.remedy == Remedy::Crash => Err(LaneError::Crash(error)),
                Err(_) => Ok(0),
            },
        };
        if process.chaos.crashed() {
            return Ok(Turned::Ended);
        }
        match turned {
            Ok(records) => Ok(Turned::Worked(records)),
            // Somebody else goes by its name: the one that was started later stays.
            Err(LaneError::Rejoin(_)) if process.replaced => Ok(Turned::Ended),
            Err(LaneError::Rejoin(_)) => {
                let shards = process.lane.take().map(Lane::into_shards).transpose();
                process.aside = shards.map_err(|error| error.to_string())?.unwrap_or_default();
                process.join_ms = now_ms + 100;
                Ok(Turned::Worked(0))
            }
            Err(LaneError::Crash(error)) => Ok(Turned::Loudly(error)),
            Err(LaneError::Step(error)) => Err(error.to_string()),
        }
    }

    /// The process ends in good order, as far as it can.
    pub fn leave(&mut self) -> Result<(), String> {
        let now_ms = self.broker.now_ms();
        for mut process in self.processes.drain(..) {
            let Some(mut lane) = process.lane.take() else { continue };
            for _ in 0..LAST_SAVES {
                process.cell.run();
                if !matches!(lane.save_all(now_ms, &mut process.seen), Ok(false)) {
                    break;
                }
            }
            match lane.finish(now_ms, &mut process.seen) {
                Ok(()) | Err(LaneError::Rejoin(_)) => {}
                Err(_) if process.chaos.crashed() => {}
                Err(error) => return Err(format!("it could not leave: {error}")),
            }
        }
        Ok(())
    }

    /// Partitions that are worked on here.
    pub fn shards(&self) -> impl Iterator<Item = &Shard> {
        self.processes.iter().filter_map(|process| process.lane.as_ref()).flat_map(Lane::shards)
    }

    /// Partitions that are being brought back by somebody who is not taken for dead.
    pub fn restoring(&self) -> impl Iterator<Item = i32> {
        let lanes = self.processes.iter().filter_map(|process| process.lane.as_ref());
        lanes.flat_map(|lane| lane.restoring().map(|(partition, ..)| partition))
    }

    pub fn stopped(&self) -> impl Iterator<Item = (&i32, &String)> {
        self.processes.iter().filter_map(|process| process.lane.as_ref()).flat_map(Lane::stopped)
    }
}
