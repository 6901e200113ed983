//! What facts keep is what a plain list of the events says: the newest 64, the first 5, totals, counts for 35 days, traits, outcomes, forms.

use crate::lead_support::{END_MS, Happened, at, event, events, fold, fold_one, recount};
use needle::lead::facts::{DAY_MS, Dimension, Facts, Older};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

proptest! {
    #[test]
    fn facts_equal_a_recount(events in events(1..300)) {
        let (facts, expected) = (fold(&events), recount(&events));
        prop_assert_eq!(&facts.timeline, &expected.timeline);
        prop_assert_eq!(facts.firsts().collect::<Vec<_>>(), expected.firsts().collect::<Vec<_>>());
        prop_assert_eq!(&facts.older, &expected.older);
        prop_assert_eq!(facts, expected);
    }
}

/// So many events, at these instants.
fn at_instants(instants: impl Iterator<Item = i64>) -> Vec<Happened> {
    let like = event().new_tree(&mut TestRunner::deterministic()).expect("an event").current();
    let numbered = instants.zip(1..).map(|(at_ms, id)| {
        let mut event = at(like.clone(), at_ms);
        event.touchpoint.id = id;
        event
    });
    numbered.collect()
}

fn days_ago(facts: &Facts) -> Vec<(i64, u32)> {
    let today = facts.newest_ms() / DAY_MS;
    let Older { dimensions, days, by_day, .. } = &facts.older;
    assert!(days.is_empty() || dimensions[0] == Dimension::ALL);
    let all = by_day.iter().step_by(dimensions.len().max(1));
    days.iter().zip(all).map(|(day, count)| (today - i64::from(*day), *count)).collect()
}

#[test]
fn a_day_counts_from_its_first_to_its_last_millisecond_for_35_days() {
    // 64 newest ones today; below them one on each edge of the 34th and the 35th day before.
    let today = 1_000 * DAY_MS;
    let edges = [today - 35 * DAY_MS, today - 34 * DAY_MS - 1, today - 34 * DAY_MS, today - 33 * DAY_MS - 1];
    let newest = (0..64).map(|n| today + n);
    let mut events = at_instants(newest.chain(edges));
    assert_eq!(days_ago(&fold(&events)), [(34, 2)]);
    assert_eq!(fold(&events).older.total(Dimension::ALL), 4);
    // One more on the next day, and what was the last day is dropped.
    events.extend(at_instants(std::iter::once(today + DAY_MS)));
    events.last_mut().expect("the last event").touchpoint.id = 1_000;
    assert_eq!(days_ago(&fold(&events)), [(1, 1)]);
    // Late ones for a day that is long gone, and for one that is not.
    let late = at_instants([0, today - 33 * DAY_MS].into_iter());
    events.extend(late.into_iter().zip(2_000..).map(|(mut event, id)| {
        event.touchpoint.id = id;
        event
    }));
    let facts = fold(&events);
    assert_eq!(days_ago(&facts), [(34, 1), (1, 1)]);
    assert_eq!(facts.older.total(Dimension::ALL), 7);
    assert_eq!(facts.firsts().next().map(|t| t.at_ms), Some(0));
    assert_eq!(facts, recount(&events));
}

/// The first of all, alone on its day, comes again with an instant of the day before.
#[test]
fn a_day_on_which_nothing_is_left_is_no_day() {
    let mut events = at_instants((0..70).map(|n| (100 + n / 4) * DAY_MS));
    events[0].touchpoint.at_ms = 90 * DAY_MS;
    let mut facts = fold(&events);
    assert_eq!(facts.older.days.first(), Some(&90));
    let again = at(events[0].clone(), 89 * DAY_MS);
    fold_one(&mut facts, &again);
    assert_eq!(facts.older.days.first(), Some(&89));
    events[0] = again;
    assert_eq!(facts, recount(&events));
}

#[test]
fn at_both_ends_of_time() {
    let ends = (0..70).map(|n| n * 1_000).chain((1..70).map(|n| END_MS - n));
    let events = at_instants(ends);
    assert_eq!(fold(&events), recount(&events));
    assert_eq!(fold(events.iter().rev()), recount(&events));
}
