//! Partitions whose committed position is not known yet, and how long each question for it may hold the lane up.
//!
//! What somebody who died has left pending is not told before the brokers have aborted it, which may be ten seconds later. The lane has
//! other partitions meanwhile, so it asks for the pending ones by themselves, and briefly. Where it has none, it has nothing else to do.

use std::time::Duration;

use crate::log::Input;

/// How long one question may hold the lane up that has nothing else to do, and any lane in the end: brokers may be far away.
pub const PATIENTLY: Duration = Duration::from_millis(200);
/// How long while there is something else to do.
const BRIEFLY: Duration = Duration::from_millis(20);
/// After so many questions without an answer the next ones may take twice as long.
const TRIES: u32 = 4;
/// How long until it is asked again.
const AGAIN_MS: i64 = 500;

/// One partition of all inputs.
pub struct Asking {
    pub partition: i32,
    pub inputs: Vec<Input>,
    pub due_ms: i64,
    tries: u32,
}

impl Asking {
    pub fn new(partition: i32, inputs: Vec<Input>, due_ms: i64) -> Self {
        Self { partition, inputs, due_ms, tries: 0 }
    }

    /// To be asked for a while later than now.
    pub fn later(partition: i32, inputs: Vec<Input>, now_ms: i64) -> Self {
        Self::new(partition, inputs, now_ms + AGAIN_MS)
    }

    /// How long the next question may take.
    pub fn wait(&self, lane_is_busy: bool) -> Duration {
        if !lane_is_busy {
            return PATIENTLY;
        }
        BRIEFLY.saturating_mul(1 << (self.tries / TRIES).min(8)).min(PATIENTLY)
    }

    /// There was no answer.
    pub fn put_off(&mut self, now_ms: i64) {
        self.tries += 1;
        self.due_ms = now_ms + AGAIN_MS;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_lane_asks_briefly_and_in_the_end_as_long_as_any() {
        let mut asking = Asking::new(0, Vec::new(), 0);
        let mut waits = Vec::new();
        for turn in 0..40 {
            waits.push(asking.wait(true).as_millis());
            assert_eq!(asking.wait(false), PATIENTLY);
            asking.put_off(turn);
            assert_eq!(asking.due_ms, turn + AGAIN_MS);
        }
        assert_eq!(waits[..5], [20, 20, 20, 20, 40]);
        assert!(waits.is_sorted() && waits[39] == PATIENTLY.as_millis());
    }
}
