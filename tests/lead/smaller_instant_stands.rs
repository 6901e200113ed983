//! A message without an instant of its own gets its record's time, so it may come again with another one: the smaller instant
//! stands, in whatever order they come, as far back as the timeline reaches.

use crate::lead_support::{Happened, at, bytes, decoded, event, events, fold, fold_one, recount};
use needle::lead::facts::{FIRSTS, Facts, TIMELINE};
use needle::lead::fold::Folded;
use proptest::prelude::*;
use proptest::sample::Index;

/// What cannot come back once a larger instant has displaced it: values of traits, the last form.
fn without_last_values(mut events: Vec<Happened>) -> Vec<Happened> {
    for event in &mut events {
        event.traits.clear();
        event.completeness = None;
    }
    events
}

/// Each event once or more, with its own instant and with later ones, in any order.
fn delivered(events: Vec<Happened>) -> impl Strategy<Value = (Vec<Happened>, Vec<Happened>)> {
    let later = proptest::collection::vec(proptest::collection::vec(0..10_000_000_000_i64, 0..4), events.len());
    later.prop_flat_map(move |later| {
        let again = events.iter().zip(later).flat_map(|(event, later)| {
            later
                .into_iter()
                .map(|ms| at(event.clone(), (event.touchpoint.at_ms + ms).min(crate::lead_support::END_MS - 1)))
        });
        let deliveries: Vec<_> = events.iter().cloned().chain(again).collect();
        (Just(events.clone()), Just(deliveries).prop_shuffle())
    })
}

fn events_without_last_values(
    count: impl Into<proptest::collection::SizeRange>,
) -> impl Strategy<Value = Vec<Happened>> {
    events(count).prop_map(without_last_values)
}

proptest! {
    #[test]
    fn while_all_are_in_the_timeline(
        (events, deliveries) in events_without_last_values(1..=TIMELINE).prop_flat_map(delivered),
    ) {
        prop_assert_eq!(bytes(&fold(&deliveries)), bytes(&recount(&events)));
    }

    /// Where no other message says the same trait or completes a form, those too have the smaller instant.
    #[test]
    fn for_its_own_values(
        (_, deliveries) in events_without_last_values(1..=TIMELINE).prop_flat_map(delivered),
        mut speaker in event(),
        mut instants in proptest::collection::vec(0..crate::lead_support::END_MS, 1..4),
        places in proptest::collection::vec(any::<Index>(), 4),
    ) {
        speaker.touchpoint.id = 7;
        speaker.completeness = Some(0.5);
        let mut arrived = deliveries;
        for (at_ms, place) in instants.iter().zip(places) {
            arrived.insert(place.index(arrived.len() + 1), at(speaker.clone(), *at_ms));
        }
        let facts = fold(&arrived);
        instants.sort_unstable();
        let expected = recount(&[at(speaker, instants[0])]);
        prop_assert_eq!(facts.traits, expected.traits);
        prop_assert_eq!(facts.form, expected.form);
    }

    /// In a longer history: one of the timeline moves within it, and it does so whichever instant comes first.
    #[test]
    fn within_the_reach_of_the_timeline(
        mut events in events_without_last_values(TIMELINE + 1..200),
        which in 1..TIMELINE - 1,
        share in 0.0..1.0_f64,
    ) {
        let facts = fold(&events);
        // The newest one stays, so that no day falls behind and comes back.
        let moving = facts.timeline[which];
        let reach_ms = facts.timeline[0].at_ms + 1;
        prop_assume!(reach_ms < moving.at_ms);
        let smaller_ms = reach_ms + ((moving.at_ms - reach_ms) as f64 * share) as i64;
        let event = events.iter_mut().find(|event| event.touchpoint.id == moving.id).expect("an event of these");
        let moved = at(event.clone(), smaller_ms);
        *event = moved.clone();
        let mut arrived = facts;
        prop_assert_eq!(fold_one(&mut arrived, &moved), Folded::Duplicate);
        prop_assert_eq!(bytes(&arrived), bytes(&recount(&events)));
    }

    /// One of the first five moves still further back.
    #[test]
    fn among_the_first(mut events in events_without_last_values(TIMELINE + 1..200), which in 0..FIRSTS, back_ms in 0..1_000_000_i64) {
        let facts = fold(&events);
        let moving = facts.older.firsts[which % facts.older.firsts.len()];
        let event = events.iter_mut().find(|event| event.touchpoint.id == moving.id).expect("an event of these");
        let moved = at(event.clone(), (moving.at_ms - back_ms).max(0));
        *event = moved.clone();
        let mut arrived = facts;
        prop_assert_eq!(fold_one(&mut arrived, &moved), Folded::Duplicate);
        prop_assert_eq!(bytes(&arrived), bytes(&recount(&events)));
    }

    /// Beyond it there are sums alone: nothing moves, and nothing breaks, even if all of the timeline comes again so.
    #[test]
    fn beyond_it_nothing_moves(events in events(TIMELINE + 1..200), at_ms in 0..crate::lead_support::END_MS) {
        let mut facts: Facts = fold(&events);
        let before = facts.clone();
        let beyond_ms = at_ms % before.timeline[0].at_ms.max(1);
        prop_assume!(beyond_ms < before.timeline[0].at_ms);
        for touchpoint in &before.timeline {
            let event = events.iter().find(|event| event.touchpoint.id == touchpoint.id).expect("an event of these");
            prop_assert_eq!(fold_one(&mut facts, &at(event.clone(), beyond_ms)), Folded::Duplicate);
            prop_assert_eq!(&facts.timeline, &before.timeline);
            prop_assert_eq!(&facts.older, &before.older);
        }
        prop_assert_eq!(&decoded(&bytes(&facts)), &facts);
    }
}
