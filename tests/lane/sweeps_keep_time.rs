//! When time is looked at: once an interval, each partition at a time of its own, and not before the last pass is committed. A score is looked at
//! once it has stood for an interval; what has stood for long is looked at seldom, and never later than a fiftieth of that.

use needle::decision::{Glance, Occasion, Said};
use needle::lane::sweep::{Sweep, Sweeps};
use needle::lead::leads::Place;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const START_MS: i64 = 1_763_800_000_000;

/// When passes begin within two days, where each one is done and committed at once.
fn begun(partition: i32) -> Vec<i64> {
    let mut sweeps = Sweeps::default();
    let mut begun = Vec::new();
    for now_ms in (START_MS..START_MS + 48 * HOUR_MS).step_by(MINUTE_MS as usize) {
        sweeps.begin_if_due(partition, now_ms, HOUR_MS);
        if let Some(sweep) = sweeps.running() {
            assert_eq!((sweep.occasion, sweep.as_of_ms), (Occasion::Time, now_ms));
            begun.push(now_ms - START_MS);
            sweeps.go_on(None);
            sweeps.settle();
        }
    }
    begun
}

#[test]
fn once_an_interval_at_a_time_of_its_own() {
    let mut firsts = Vec::new();
    for partition in 0..16 {
        let begun = begun(partition);
        assert!((47..=48).contains(&begun.len()), "{} passes in 48 hours", begun.len());
        assert!(begun[0] > 0 && begun[0] <= HOUR_MS, "the first one after {} ms", begun[0]);
        assert!(begun.windows(2).all(|pair| pair[1] - pair[0] == HOUR_MS), "{begun:?}");
        firsts.push(begun[0]);
    }
    firsts.sort_unstable();
    firsts.dedup();
    assert_eq!(firsts.len(), 16, "no two of sixteen partitions at once");
}

#[test]
fn not_before_the_last_one_is_committed() {
    let mut sweeps = Sweeps::default();
    sweeps.begin_if_due(0, START_MS, HOUR_MS);
    sweeps.begin_if_due(0, START_MS + HOUR_MS, HOUR_MS);
    let first = sweeps.running().expect("due");
    // It is done, but what it has said is not committed.
    sweeps.has_said();
    sweeps.go_on(None);
    sweeps.begin_if_due(0, START_MS + 3 * HOUR_MS, HOUR_MS);
    assert_eq!(sweeps.running(), None);
    sweeps.roll_back();
    assert_eq!(sweeps.running(), Some(first), "undone, it begins again as of then");
    sweeps.has_said();
    sweeps.go_on(None);
    sweeps.commit();
    sweeps.begin_if_due(0, START_MS + 3 * HOUR_MS, HOUR_MS);
    assert_eq!(sweeps.running().map(|sweep| sweep.as_of_ms), Some(START_MS + 3 * HOUR_MS));
}

/// In which of the hourly passes a lead has its turn whose score was said at `START_MS`.
fn turns(hash: u64, passes: std::ops::RangeInclusive<i64>) -> Vec<i64> {
    let said = Some(Glance { said: Said { score: 50, at_ms: START_MS }, model: Some(1) });
    let has_turn = |hour: &i64| {
        let (as_of_ms, place) = (START_MS + hour * HOUR_MS, Place::default());
        Sweep { occasion: Occasion::Time, as_of_ms, place }.concerns(said, 1, hash, HOUR_MS)
    };
    passes.filter(has_turn).collect()
}

#[test]
fn the_longer_it_has_stood_the_less_often() {
    let (days, mut together) = (40 * 24, 0);
    for lead in 0..100_u64 {
        let hash = lead.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let turns = turns(hash, 0..=days);
        assert_eq!(turns[0], 1, "not at once, but when it has stood for an interval");
        let late = turns.windows(2).find(|pair| pair[1] - pair[0] > (pair[1] / 50).max(1));
        assert_eq!(late, None, "an interval, or a fiftieth of the time for which it has stood: {turns:?}");
        // Each of the first hundred hours, then fifty looks each time that it has stood for twice as long.
        assert!((240..280).contains(&turns.len()), "{} looks in 40 days", turns.len());
        together += usize::from(turns.contains(&(days - 3)));
    }
    assert!(together < 30, "{together} of 100 leads have their turn in one pass: not each in a pass of its own");
}
