//! What the lanes tell about themselves, and what a probe makes of it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::status::{LaneStatus, PartitionStatus};
use crate::lane::State;

/// Checks of the watchdog that a lane may miss before it counts as hanging.
pub const UNHEALTHY_AFTER: u32 = 15;
/// Checks of the watchdog after which the process ends: fencing makes that safe, and a hanging call never returns.
pub const HOPELESS_AFTER: u32 = 90;

/// One entry to a lane.
pub struct Health {
    lanes: Vec<LaneHealth>,
}

#[derive(Default)]
struct LaneHealth {
    turns: AtomicU64,
    told: Mutex<Told>,
}

#[derive(Default)]
struct Told {
    state: Option<State>,
    stopped: BTreeMap<i32, String>,
    partitions: Vec<PartitionStatus>,
    /// Turns at the last check, and how many checks saw no new one.
    seen: u64,
    missed: u32,
}

impl Health {
    pub fn new(lanes: usize) -> Self {
        Self { lanes: (0..lanes).map(|_| LaneHealth::default()).collect() }
    }

    /// The lane has turned once more.
    pub fn turned(&self, lane: usize) {
        self.lanes[lane].turns.fetch_add(1, Ordering::Relaxed);
    }

    pub fn tell(&self, lane: usize, state: State, stopped: &BTreeMap<i32, String>) {
        let mut told = self.told(lane);
        told.state = Some(state);
        if told.stopped != *stopped {
            told.stopped = stopped.clone();
        }
    }

    /// The lane's partitions, as they stand.
    pub fn tell_partitions(&self, lane: usize, partitions: Vec<PartitionStatus>) {
        self.told(lane).partitions = partitions;
    }

    /// All lanes, as they last told of themselves.
    pub fn lanes(&self) -> Vec<LaneStatus> {
        let status = |lane| {
            let told = self.told(lane);
            let state = told.state.map_or("connecting", State::name).to_owned();
            LaneStatus { lane, state, partitions: told.partitions.clone() }
        };
        (0..self.lanes.len()).map(status).collect()
    }

    /// To be called once a second. Counts checks rather than time, so that a process that was stopped does not find itself dead when
    /// it goes on. Returns the lane that has been hanging longest, and for how many checks.
    pub fn check(&self) -> (usize, u32) {
        let mut worst = (0, 0);
        for lane in 0..self.lanes.len() {
            let turns = self.lanes[lane].turns.load(Ordering::Relaxed);
            let mut told = self.told(lane);
            told.missed = if turns == told.seen { told.missed + 1 } else { 0 };
            told.seen = turns;
            if told.missed > worst.1 {
                worst = (lane, told.missed);
            }
        }
        worst
    }

    /// `Err` says which lane does not turn.
    pub fn alive(&self) -> Result<(), String> {
        match (0..self.lanes.len()).find(|lane| self.told(*lane).missed >= UNHEALTHY_AFTER) {
            None => Ok(()),
            Some(lane) => Err(format!("lane {lane} does not turn")),
        }
    }

    /// `Err` says what is still missing.
    pub fn ready(&self) -> Result<(), String> {
        for lane in 0..self.lanes.len() {
            let told = self.told(lane);
            match told.state {
                None => return Err(format!("lane {lane} is connecting")),
                Some(State::Joining) => return Err(format!("lane {lane} waits for its first assignment")),
                Some(State::Restoring) => return Err(format!("lane {lane} is restoring")),
                Some(State::Running) => {}
            }
            if let Some((partition, reason)) = told.stopped.first_key_value() {
                return Err(format!("partition {partition} is stopped: {reason}"));
            }
        }
        Ok(())
    }

    fn told(&self, lane: usize) -> std::sync::MutexGuard<'_, Told> {
        self.lanes[lane].told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
