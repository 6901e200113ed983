//! A message that comes again changes nothing as far back as its id is kept: at once, later, many times, in any place.

use crate::lead_support::{at, bytes, events, fold, fold_one, kept_ids, recount};
use needle::lead::facts::{Dimension, FIRSTS, Facts, TIMELINE};
use needle::lead::fold::Folded;
use proptest::prelude::*;
use proptest::sample::Index;

proptest! {
    /// After every event some that came before come again, with the same instant or, as the record's time is later, a larger one.
    #[test]
    fn in_any_place(
        events in events(1..200),
        again in proptest::collection::vec((any::<Index>(), 0..3usize, prop_oneof![Just(0), 0..100_000_000_i64]), 200),
    ) {
        let mut facts = Facts::default();
        for (arrived, (event, (which, times, later_ms))) in events.iter().zip(&again).enumerate() {
            prop_assert_eq!(fold_one(&mut facts, event), Folded::New);
            let before = bytes(&facts);
            let ids = kept_ids(&facts);
            prop_assert_eq!(ids.len(), (arrived + 1).min(TIMELINE + FIRSTS));
            let id = *which.get(&ids);
            for _ in 0..*times {
                let same = events.iter().find(|event| event.touchpoint.id == id).expect("an id of these events");
                let at_ms = (same.touchpoint.at_ms + later_ms).min(crate::lead_support::END_MS - 1);
                prop_assert_eq!(fold_one(&mut facts, &at(same.clone(), at_ms)), Folded::Duplicate);
            }
            prop_assert_eq!(&bytes(&facts), &before);
        }
        prop_assert_eq!(facts, recount(&events));
    }

    /// All of them again, twice, in another order.
    #[test]
    fn all_of_them(events in events(1..=TIMELINE + FIRSTS), which in proptest::collection::vec(any::<Index>(), 140)) {
        let mut facts = fold(&events);
        let before = bytes(&facts);
        for event in events.iter().rev().chain(which.iter().map(|which| which.get(&events))) {
            prop_assert_eq!(fold_one(&mut facts, event), Folded::Duplicate);
        }
        prop_assert_eq!(bytes(&facts), before);
    }

    /// One whose id is no longer kept is new again: what the bound of the promise means.
    #[test]
    fn beyond_the_bound_it_counts_again(events in events(TIMELINE + FIRSTS + 1..120), which in any::<Index>()) {
        let mut facts = fold(&events);
        let kept = kept_ids(&facts);
        let forgotten: Vec<_> = events.iter().filter(|event| !kept.contains(&event.touchpoint.id)).cloned().collect();
        let total = facts.older.total(Dimension::ALL);
        prop_assert_eq!(fold_one(&mut facts, which.get(&forgotten)), Folded::New);
        prop_assert_eq!(facts.older.total(Dimension::ALL), total + 1);
    }
}
