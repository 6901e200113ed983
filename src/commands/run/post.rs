//! What a lane's thread is given.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, mpsc};
use std::time::{Instant, SystemTime};

use tokio::sync::watch;

use crate::commands::assembly::Assembly;
use crate::lane::Snapshots;
use crate::lane::questions::Question;
use crate::model::Served;
use crate::telemetry::health::Health;
use crate::telemetry::metrics::Metrics;

/// What a lane's thread is given.
pub struct Post {
    pub lane: usize,
    pub dead_letter_bytes: usize,
    pub assembly: Arc<Assembly>,
    pub metrics: Arc<Metrics>,
    pub health: Arc<Health>,
    pub stop: Arc<AtomicBool>,
    pub snapshots: Snapshots,
    /// What is to be served, as it changes.
    pub models: watch::Receiver<Arc<Served>>,
    /// What is asked of the lane from outside.
    pub questions: mpsc::Receiver<Question>,
}

/// Milliseconds since 1970, by a clock that does not go back.
#[derive(Clone, Copy)]
pub struct Clock {
    began: Instant,
    began_ms: i64,
}

impl Clock {
    pub fn start() -> Self {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self { began: Instant::now(), began_ms: now.as_millis() as i64 }
    }

    pub fn now_ms(self) -> i64 {
        self.began_ms + self.began.elapsed().as_millis() as i64
    }
}
