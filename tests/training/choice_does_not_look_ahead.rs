//! Which silence of a state is looked at does not depend on when the next touchpoint comes: the row is there as long as that has not come,
//! and gone when it has. So rows at a silence are a fair sample of all leads that were as silent.

use std::collections::BTreeSet;

use crate::training_support::{CONFIG, DAY_MS, HORIZON_DAYS, START_MS, archive, hash, page};

const LEADS: u8 = 250;

/// How long each lead is silent at its silent row, if it has one; leads come at the start, and again after `gap_ms`.
fn silences(gap_ms: Option<i64>) -> Vec<Option<i64>> {
    let mut events: Vec<_> = (0..LEADS).map(|lead| page(lead, START_MS)).collect();
    events.extend(gap_ms.into_iter().flat_map(|gap_ms| (0..LEADS).map(move |lead| page(lead, START_MS + gap_ms))));
    // So that nothing is too young.
    events.push(page(LEADS, START_MS + 100 * HORIZON_DAYS * DAY_MS));
    let cuts = BTreeSet::from([usize::from(LEADS)]);
    let matrix = archive(CONFIG, &events, &cuts).read().matrix;
    let silent = |lead: u8| {
        let of = matrix.rows.iter().find(|row| {
            row.lead == hash("default", lead) && row.silent_ms > 0 && row.at_ms - row.silent_ms == START_MS
        });
        of.map(|row| row.silent_ms)
    };
    (0..LEADS).map(silent).collect()
}

#[test]
fn a_silence_is_kept_until_it_is_broken() {
    let drawn = silences(None);
    for days in [1, 3, 9, 27] {
        let broken = silences(Some(days * DAY_MS));
        for (drawn, found) in drawn.iter().zip(&broken) {
            let drawn = drawn.expect("silent for ever");
            assert_eq!(*found, (drawn < days * DAY_MS).then_some(drawn));
        }
    }
}

#[test]
fn every_octave_has_its_share() {
    let horizon_ms = HORIZON_DAYS * DAY_MS;
    let mut octaves = [0; 9];
    for silent_ms in silences(None) {
        let times = silent_ms.expect("silent for ever") / (horizon_ms / 128);
        octaves[times.ilog2() as usize] += 1;
    }
    // 28 are expected; five standard deviations are 25.
    assert!(octaves.iter().all(|leads| (3..=53).contains(leads)), "{octaves:?}");
}
