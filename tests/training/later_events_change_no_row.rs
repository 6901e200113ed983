//! No row sees the future: what happens later than all that is known now changes no row that there is now, neither its values nor its
//! label nor that it is there; it only adds rows.

use std::collections::{BTreeMap, BTreeSet};

use needle::touchpoint::Mark;
use needle::training::matrix::Matrix;
use proptest::prelude::*;

use crate::training_support::{CONFIG, DAY_MS, Event, HORIZON_DAYS, HOUR_MS, START_MS, archive};

/// By lead, instant and silence: label and values, to the bit.
fn rows(matrix: &Matrix) -> BTreeMap<(u64, i64, i64), (bool, Vec<u64>)> {
    let row = |(at, row): (usize, &needle::training::matrix::Row)| {
        let values = matrix.row(at).iter().map(|value| value.to_bits()).collect();
        ((row.lead, row.at_ms, row.silent_ms), (row.positive, values))
    };
    matrix.rows.iter().enumerate().map(row).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn but_add_some(hours in proptest::collection::vec((0..6u8, 0..1500i64, 0..8u8), 2..80), share in 0.2..0.9f64) {
        let mut events: Vec<Event> = hours.iter().map(|(lead, hour, mark)| {
            let mark = match mark { 0 => Mark::Positive, 1 => Mark::Negative, 2 => Mark::Contact, _ => Mark::None };
            Event { lead: *lead, at_ms: START_MS + hour * HOUR_MS, mark, themes: 1 }
        }).collect();
        events.sort_by_key(|event| event.at_ms);
        let now = ((events.len() as f64 * share) as usize).max(1);
        // Whatever shares the instant of the last one is known with it.
        let now_ms = events[now - 1].at_ms;
        let now = events.partition_point(|event| event.at_ms <= now_ms);
        let cuts: BTreeSet<usize> = (1..events.len()).collect();
        let before = rows(&archive(CONFIG, &events[..now], &cuts).read().matrix);
        let after = rows(&archive(CONFIG, &events, &cuts).read().matrix);
        for (row, told) in &before {
            prop_assert_eq!(after.get(row), Some(told), "{:?}", row);
        }
        for (lead, at_ms, silent_ms) in after.keys().filter(|row| !before.contains_key(row)) {
            let known_ms = at_ms + HORIZON_DAYS * DAY_MS;
            prop_assert!(known_ms > now_ms, "{lead} at {at_ms}, {silent_ms} ms silent, might have been there before");
        }
    }
}
