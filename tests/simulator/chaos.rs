//! What goes wrong with the calls of one process.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use needle::log::memory::{Broker, Call, Fault, Faults};
use needle::log::{Input, LogError, Remedy};

use super::decisions::{Decisions, Key, Kind, What};
use super::lane_support::events::Random;

/// The decisions, shared by all that asks for them.
#[derive(Clone)]
pub struct Fate(Arc<Mutex<Decisions>>);

impl Fate {
    pub fn new(decisions: Decisions) -> Self {
        Self(Arc::new(Mutex::new(decisions)))
    }

    pub fn lock(&self) -> MutexGuard<'_, Decisions> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One process of a worker: its logs one after the other share this.
#[derive(Clone)]
pub struct Chaos {
    fate: Fate,
    broker: Broker,
    who: usize,
    crashed: Arc<Mutex<bool>>,
    /// At most so many records of a partition come at once.
    most: usize,
}

impl Chaos {
    pub fn new(fate: &Fate, broker: &Broker, who: usize, most: usize) -> Self {
        Self { fate: fate.clone(), broker: broker.clone(), who, crashed: Arc::default(), most }
    }

    /// The process is gone in the middle of a call: nothing that it still does has an effect.
    pub fn crashed(&self) -> bool {
        *self.crashed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn crash(&self) {
        *self.crashed.lock().unwrap_or_else(PoisonError::into_inner) = true;
    }

    /// How many records a reader hands over; 0: nothing is at hand.
    pub fn reading(&self) -> usize {
        let mut fate = self.fate.lock();
        if let Some((key, _)) = fate.strike(self.who, What::Reading, 300) {
            fate.tell(key, Kind::NothingComes, String::new);
            return 0;
        }
        1 + fate.next(self.who, What::Reading).below(3 * self.most)
    }

    /// What becomes of a call to the store.
    pub fn storing(&self) -> Storing {
        let mut fate = self.fate.lock();
        let Some((key, mut random)) = fate.strike(self.who, What::Storing, 800) else {
            // Stores are never as quick as memory.
            let mut random = fate.next(self.who, What::Storing);
            let ms = if random.below(3) == 0 { 1 + random.below(100) as i64 } else { 0 };
            return if ms > 0 { Storing::Slow(ms / 2, ms / 2) } else { Storing::Done };
        };
        let ms = delay(&mut random);
        let (kind, storing) = match random.below(20) {
            0..5 => (Kind::StoreRefuses, Storing::Refused),
            5..9 => (Kind::StoreReplyLost, Storing::ReplyLost),
            9..12 => (Kind::StoreLate, Storing::Late(ms)),
            12..14 => (Kind::StoreSlow, Storing::Slow(ms, 0)),
            14..17 => (Kind::StoreSlow, Storing::Slow(0, ms)),
            17 => (Kind::CrashBeforeStoring, Storing::CrashBefore),
            _ => (Kind::CrashAfterStoring, Storing::CrashAfter),
        };
        fate.tell(key, kind, || format!("{storing:?}"));
        storing
    }

    /// The clock goes on while a call waits.
    fn wait(&self, ms: i64) {
        self.broker.advance(self.broker.now_ms() + ms);
    }

    fn fault(&self, call: Call, key: Key, mut random: Random) -> Fault {
        let mut fate = self.fate.lock();
        let ends = matches!(call, Call::Commit | Call::Abort);
        let remedy = match random.below(10) {
            // A producer numbers its records: what it lost it never asks for again.
            0..3 if call != Call::Produce => Remedy::Retry,
            0..6 => Remedy::Abort,
            6..9 => Remedy::Rejoin,
            _ => Remedy::Displaced,
        };
        let delay_ms = delay(&mut random);
        match random.below(100) {
            0..15 if ends => {
                fate.tell(key, Kind::EndsLater, || format!("after {delay_ms} ms, {remedy:?}"));
                Fault::Later(injected(remedy), delay_ms)
            }
            15..20 if ends => {
                fate.tell(key, Kind::NeverEnds, || format!("{remedy:?}"));
                Fault::Before(injected(remedy))
            }
            20..60 if ends => {
                let mut late = || if random.below(2) == 0 { 0 } else { 500 + random.below(15_000) as i64 };
                let delays: Vec<i64> = (0..5).map(|_| late()).collect();
                if random.below(2) == 0 {
                    fate.tell(key, Kind::MarkersScattered, || format!("after {delays:?} ms"));
                } else {
                    fate.tell(key, Kind::CrashAmidMarkers, || format!("that come after {delays:?} ms"));
                    self.crash();
                }
                Fault::Scattered(delays)
            }
            0..55 => {
                fate.tell(key, Kind::Failed, || format!("{remedy:?}"));
                Fault::Before(injected(remedy))
            }
            55..75 => {
                fate.tell(key, Kind::ReplyLost, || format!("{remedy:?}"));
                Fault::After(injected(remedy))
            }
            75..80 => {
                fate.tell(key, Kind::CrashBeforeCall, String::new);
                self.crash();
                Fault::Before(injected(Remedy::Crash))
            }
            80..85 => {
                fate.tell(key, Kind::CrashAfterCall, String::new);
                self.crash();
                Fault::After(injected(Remedy::Crash))
            }
            _ => {
                fate.tell(key, Kind::SlowCall, || format!("{delay_ms} ms"));
                drop(fate);
                self.wait(delay_ms);
                Fault::None
            }
        }
    }
}

/// What becomes of a call to the store.
#[derive(Clone, Copy, Debug)]
pub enum Storing {
    Done,
    /// It takes so long until it is done, and so long until that is known.
    Slow(i64, i64),
    Refused,
    /// Done, and answered by an error.
    ReplyLost,
    /// Answered by an error, and done so much later: of a put only.
    Late(i64),
    CrashBefore,
    CrashAfter,
}

/// From a moment to longer than any time-out.
fn delay(random: &mut Random) -> i64 {
    let most = [20, 400, 3_000, 15_000, 80_000][random.below(20).min(random.below(20)) / 4];
    1 + random.below(most) as i64
}

fn injected(remedy: Remedy) -> LogError {
    LogError { remedy, doing: "simulating", cause: "injected".to_owned() }
}

/// Of ten thousand calls so many fail.
fn rate(call: Call) -> usize {
    match call {
        Call::Produce | Call::Seek | Call::Resume => 60,
        Call::Poll => 100,
        Call::Read | Call::Committed | Call::Bounds | Call::Reader => 200,
        Call::Begin | Call::SendOffsets => 300,
        Call::Commit => 1_200,
        _ => 600,
    }
}

impl Faults for Chaos {
    fn at(&mut self, call: Call) -> Fault {
        if self.crashed() {
            return Fault::Before(injected(Remedy::Crash));
        }
        let struck = self.fate.lock().strike(self.who, What::Call(call), rate(call));
        struck.map_or(Fault::None, |(key, random)| self.fault(call, key, random))
    }

    fn serve(&mut self, inputs: &mut Vec<(Input, usize)>) {
        let mut fate = self.fate.lock();
        if let Some((key, _)) = fate.strike(self.who, What::Serving, 200) {
            fate.tell(key, Kind::NothingComes, String::new);
            return inputs.clear();
        }
        let mut random = fate.next(self.who, What::Serving);
        // In any order, some twice, some not at all.
        let served = (0..inputs.len()).map(|_| (inputs[random.below(inputs.len())].0, 1 + random.below(self.most)));
        *inputs = served.collect();
    }
}
