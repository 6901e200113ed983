//! Partitions whose committed position is not known yet, and how long each question for it may hold the lane up.
//!
//! What somebody who died has left pending is not told before the brokers have aborted it, which may be ten seconds later. A lane that has
//! other partitions meanwhile, to work on or to bring back, asks for the pending ones by themselves, and briefly. One that has none has
//! nothing else to do.

use std::time::Duration;

use crate::log::Input;

/// How long one question may hold the lane up that has nothing else to do, and any lane in the end: brokers may be far away.
pub const PATIENTLY: Duration = Duration::from_millis(200);
/// How long while there is something else to do.
const BRIEFLY: Duration = Duration::from_millis(20);
/// After so many questions without an answer the next ones may take twice as long.
const TRIES: u32 = 2;
/// How long until it is asked again.
pub const AGAIN_MS: i64 = 500;

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
        wait(self.tries, lane_is_busy)
    }

    /// There was no answer.
    pub fn put_off(&mut self, now_ms: i64) {
        self.tries += 1;
        self.due_ms = now_ms + AGAIN_MS;
    }
}

/// How long a question may take after so many without an answer.
pub fn wait(tries: u32, lane_is_busy: bool) -> Duration {
    if !lane_is_busy {
        return PATIENTLY;
    }
    BRIEFLY.saturating_mul(1 << (tries / TRIES).min(8)).min(PATIENTLY)
}

/// Whose turn it is: of those that are due, the one that has been so for longest, or those that are asked for in vain would come before
/// others for ever.
pub fn next(asking: &[Asking], now_ms: i64) -> Option<usize> {
    let due = asking.iter().enumerate().filter(|(_, asking)| asking.due_ms <= now_ms);
    due.min_by_key(|(_, asking)| asking.due_ms).map(|(at, _)| at)
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
        assert_eq!(waits[..5], [20, 20, 40, 40, 80]);
        assert!(waits.is_sorted() && waits[39] == PATIENTLY.as_millis());
    }

    /// Each question takes as long as it may, so that the first is due again before the last has been asked.
    #[test]
    fn everybody_is_asked() {
        let mut all: Vec<Asking> = (0..9).map(|partition| Asking::new(partition, Vec::new(), 0)).collect();
        let (mut now_ms, mut asked) = (0, Vec::new());
        while asked.len() < 18 {
            let Some(at) = next(&all, now_ms) else { panic!("nobody is due at {now_ms}") };
            let mut one = all.swap_remove(at);
            asked.push(one.partition);
            now_ms += PATIENTLY.as_millis() as i64;
            one.put_off(now_ms);
            all.push(one);
        }
        asked[..9].sort_unstable();
        assert_eq!(asked[..9], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    }
}
