//! A lane: one thread's share of the work, stepped from outside.
//!
//! It owns the log, the leads of its partitions and the open transaction, and is the only place that touches positions. All that can
//! fail, fails here, and is answered by its remedy. Nothing here sleeps or reads a clock: [`Lane::turn`] is given the time.
//!
//! Hazards that shaped it:
//! - a rebalance takes all partitions away and gives most of them back: what was released is kept aside, and taken up again where the
//!   group's position shows that nobody else has moved it;
//! - a position on which a dead member's transaction is pending is not known yet: that partition waits, the others go on;
//! - an abort delivers nothing again by itself: after the undo the lane seeks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::log::{Batch, Input, Log, LogError, Remedy};
use crate::model::Served;
use crate::wire::tenant::DEFAULT_TENANT;

use self::asking::Asking;
pub use self::error::{LaneError, StepError};
use self::loading::Loading;
use self::outbox::Outbox;
use self::questions::Question;
pub(crate) use self::report::DECISIONS;
use self::restore::Restore;
use self::shard::Shard;
pub use self::snapshots::Snapshots;
use self::step::Step;
pub use self::sweep::Sweeping;
use self::tally::Tally;

mod asking;
mod assignment;
mod bringing_back;
mod changes;
mod cold;
pub mod drift;
pub mod error;
mod folder;
mod loading;
pub mod outbox;
pub mod questions;
mod report;
pub mod restore;
mod rows;
mod saving;
mod say;
pub mod shard;
pub mod snapshots;
pub mod step;
pub mod sweep;
mod sweeping;
pub mod tally;
mod transaction;

/// Records of one poll.
const POLL_RECORDS: usize = 512;
/// A transaction is cut when it has written this much, whatever its age.
const TRANSACTION_BYTES: usize = 32 << 20;
/// How long the log may be waited for while snapshots are being read.
const LOAD_WAIT: Duration = Duration::from_millis(1);
/// How long the log may be waited for while leads are being rescored.
const SWEEP_WAIT: Duration = Duration::from_millis(1);
/// How often the last commit is asked for. What is still open then is undone by the brokers.
const FINISH_TRIES: usize = 3;
/// On a backlog a transaction may grow this old: fewer commits, more throughput.
const BACKLOG_COMMIT_INTERVAL_MS: i64 = 500;

/// What a lane has done, for whoever counts; what does not interest him he leaves out.
pub trait Observer {
    /// A transaction was committed; `tally` is all of it.
    fn committed(&mut self, tally: &Tally);
    fn aborted(&mut self) {}
    /// A partition is being brought back from now on.
    fn restoring(&mut self, _partition: i32) {}
    /// A partition is back after `records` were read.
    fn restored(&mut self, _partition: i32, _records: u64) {}
    /// A partition is stopped, and why.
    fn stopped(&mut self, _partition: i32, _reason: &str) {}
    /// A snapshot of so many leads is kept.
    fn snapshot_saved(&mut self, _partition: i32, _leads: u64) {}
    /// A snapshot could not be written yet.
    fn snapshot_delayed(&mut self, _partition: i32) {}
}

/// What the lane is doing, for metrics and readiness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// No assignment has come yet.
    Joining,
    /// At least one partition is being brought back.
    Restoring,
    Running,
}

impl State {
    pub const ALL: [State; 3] = [Self::Joining, Self::Restoring, Self::Running];

    pub fn name(self) -> &'static str {
        ["joining", "restoring", "running"][self as usize]
    }
}

/// Where the lane's transaction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Idle,
    /// Begun at this time.
    Open {
        since_ms: i64,
    },
    /// To be committed, by the same call until it succeeds or fails for good.
    Committing,
    Aborting,
    /// Undone; some inputs still have to be sought back.
    Seeking,
}

pub struct Lane<L: Log> {
    log: L,
    step: Step,
    /// Models that are to be served once nothing is open.
    next_models: Option<Arc<Served>>,
    commit_interval_ms: i64,
    phase: Phase,
    shards: BTreeMap<i32, Shard>,
    /// Partitions that were given up, as they were at their last commit.
    aside: BTreeMap<i32, Shard>,
    /// `None`: nothing is kept outside.
    snapshots: Option<Snapshots>,
    /// `None`: what is said is a function of the events alone.
    sweeping: Option<Sweeping>,
    /// Partitions whose committed position is not known yet.
    asking: Vec<Asking>,
    loads: Vec<Loading>,
    restores: Vec<Restore<L::Reader>>,
    /// Partitions whose committed position lies beyond the end of an input, and since when.
    beyond_end: BTreeMap<i32, i64>,
    /// From where the log delivers each input once it is resumed.
    delivered_from: BTreeMap<Input, i64>,
    /// Partitions that are stopped, and why.
    stopped: BTreeMap<i32, String>,
    joined: bool,
    backlog: bool,
    batch: Batch,
    outbox: Outbox,
    written: usize,
    tally: Tally,
    /// What is asked from outside, until nothing is open.
    questions: Vec<Question>,
}

impl<L: Log> Lane<L> {
    /// `aside`: partitions of an earlier lane of this process, as [`Lane::into_shards`] gave them.
    pub fn new(log: L, step: Step, commit_interval_ms: i64, aside: BTreeMap<i32, Shard>) -> Self {
        Self {
            log,
            step,
            next_models: None,
            commit_interval_ms,
            phase: Phase::Idle,
            shards: BTreeMap::new(),
            aside,
            snapshots: None,
            sweeping: None,
            asking: Vec::new(),
            loads: Vec::new(),
            restores: Vec::new(),
            beyond_end: BTreeMap::new(),
            delivered_from: BTreeMap::new(),
            stopped: BTreeMap::new(),
            joined: false,
            backlog: false,
            batch: Batch::default(),
            outbox: Outbox::default(),
            written: 0,
            tally: Tally::default(),
            questions: Vec::new(),
        }
    }

    /// The same lane, that keeps snapshots: [`Lane::keep`] belongs before each turn then.
    pub fn keeping(self, snapshots: Option<Snapshots>) -> Self {
        Self { snapshots, ..self }
    }

    /// These models from the next transaction on: what is open is finished by those that it was begun with.
    pub fn serve(&mut self, models: Arc<Served>) {
        self.next_models = Some(models);
        if self.phase == Phase::Idle {
            self.become_idle();
        }
    }

    /// One turn: finishes what is begun, asks the log for what is new, works on it. Waits no longer than `wait` for the log.
    /// Returns the records worked on. `now_ms` is any clock that does not go back.
    pub fn turn(&mut self, now_ms: i64, wait: Duration, observer: &mut impl Observer) -> Result<usize, LaneError> {
        self.settle(now_ms, observer)?;
        if !matches!(self.phase, Phase::Idle | Phase::Open { .. }) {
            return Ok(0);
        }
        if self.waits_for_snapshots() {
            return Ok(0);
        }
        let restoring = self.bring_back(now_ms, observer)?;
        let wait = match restoring {
            true => Duration::ZERO,
            // What is loaded comes by another way.
            false if !self.loads.is_empty() => wait.min(LOAD_WAIT),
            false if self.is_sweeping() => wait.min(SWEEP_WAIT).min(self.until_commit(now_ms)),
            false => wait.min(self.until_commit(now_ms)),
        };
        match self.log.poll(&mut self.batch, POLL_RECORDS, wait) {
            Ok(Some(change)) => self.rebalance(change, now_ms, observer)?,
            Ok(None) => self.work(now_ms, observer)?,
            Err(error) => self.heal(error)?,
        }
        Ok(self.batch.len())
    }

    /// Commits what is open and leaves the group.
    pub fn finish(mut self, now_ms: i64, observer: &mut impl Observer) -> Result<(), LaneError> {
        if let Phase::Open { .. } = self.phase {
            self.phase = Phase::Committing;
        }
        for _ in 0..FINISH_TRIES {
            if self.phase == Phase::Idle {
                break;
            }
            self.settle(now_ms, observer)?;
        }
        self.log.leave().or_else(|error| self.heal(error))
    }

    /// The partitions as they were at their last commit, for a lane that comes after this one.
    pub fn into_shards(mut self) -> Result<BTreeMap<i32, Shard>, LaneError> {
        self.roll_back()?;
        self.shards.values_mut().for_each(Shard::drop_copy);
        self.aside.append(&mut self.shards);
        Ok(self.aside)
    }

    pub fn state(&self) -> State {
        match self {
            Self { joined: false, .. } => State::Joining,
            Self { asking, loads, restores, .. } => {
                match asking.is_empty() && loads.is_empty() && restores.is_empty() {
                    true => State::Running,
                    false => State::Restoring,
                }
            }
        }
    }

    /// Partitions that this lane works on.
    pub fn shards(&self) -> impl Iterator<Item = &Shard> {
        self.shards.values()
    }

    /// Partitions that are stopped, and why.
    pub fn stopped(&self) -> &BTreeMap<i32, String> {
        &self.stopped
    }

    /// Partitions that are being brought back: rows loaded and records read, records left as far as that is known.
    pub fn restoring(&self) -> impl Iterator<Item = (i32, u64, u64)> {
        let loads = self.loads.iter().map(|loading| (loading.partition, loading.rows(), 0));
        loads.chain(self.reading())
    }

    fn reading(&self) -> impl Iterator<Item = (i32, u64, u64)> {
        self.restores.iter().map(|restore| {
            let (read, left) = restore.progress();
            (restore.partition(), read, left)
        })
    }

    pub fn log(&self) -> &L {
        &self.log
    }

    /// Nothing is open: the one moment at which models may change, and questions are answered.
    fn become_idle(&mut self) {
        self.phase = Phase::Idle;
        self.answer_questions();
        if let Some(models) = self.next_models.take() {
            tracing::debug!(default = models.of(DEFAULT_TENANT).version(), "other models are served from here on");
            self.step.serve(models);
            self.sweep_all();
        }
    }

    /// Answers an error by its remedy, as far as a lane can.
    fn heal(&mut self, error: LogError) -> Result<(), LaneError> {
        match error.remedy {
            Remedy::Retry => {
                tracing::debug!(%error, "again");
                Ok(())
            }
            Remedy::Abort => {
                tracing::info!(%error, "the transaction is undone");
                if self.phase != Phase::Idle {
                    self.phase = Phase::Aborting;
                }
                Ok(())
            }
            Remedy::Rejoin | Remedy::Displaced => Err(LaneError::Rejoin(error)),
            Remedy::Crash => Err(LaneError::Crash(error)),
        }
    }
}
