//! Merging two leads gives what folding the events of both would have given.

use std::collections::BTreeMap;

use crate::lead_support::{END_MS, Happened, at, bytes, decoded, events, fold, kept_ids, recount};
use needle::lead::facts::{FIRSTS, Facts, TIMELINE};
use proptest::prelude::*;
use proptest::sample::Index;

fn merged(a: &Facts, b: &Facts) -> Facts {
    let mut facts = a.clone();
    facts.merge(b);
    facts
}

/// Events dealt to as many leads.
fn dealt(leads: usize, count: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = Vec<Vec<Happened>>> {
    (events(count), proptest::collection::vec(0..leads, 1..10)).prop_map(move |(events, pattern)| {
        let mut dealt = vec![Vec::new(); leads];
        for (event, lead) in events.into_iter().zip(pattern.into_iter().cycle()) {
            dealt[lead].push(event);
        }
        dealt
    })
}

/// Two leads with common events. Of every common one both know the id, and both have no more than `limit` events.
fn overlapping(limit: usize) -> impl Strategy<Value = (Vec<Happened>, Vec<Happened>)> {
    (events(2..2 * limit), any::<[Index; 2]>()).prop_map(move |(events, ends)| {
        let mut ends = ends.map(|end| end.index(events.len() + 1));
        ends.sort_unstable();
        let a = events[..ends[1].min(limit)].to_vec();
        let b = events[ends[0].max(events.len().saturating_sub(limit))..].to_vec();
        (a, b)
    })
}

fn union<'a>(sets: impl IntoIterator<Item = &'a Vec<Happened>>) -> Vec<Happened> {
    let by_id: BTreeMap<_, _> = sets.into_iter().flatten().map(|event| (event.touchpoint.id, event.clone())).collect();
    by_id.into_values().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn of_leads_that_share_nothing(dealt in dealt(2, 0..400)) {
        let [a, b] = [fold(&dealt[0]), fold(&dealt[1])];
        let both = merged(&a, &b);
        prop_assert_eq!(&both, &recount(&union(&dealt)));
        prop_assert_eq!(bytes(&both), bytes(&merged(&b, &a)));
        prop_assert_eq!(&merged(&both, &Facts::default()), &both);
        prop_assert_eq!(&merged(&Facts::default(), &both), &both);
    }

    #[test]
    fn of_three_in_any_order(dealt in dealt(3, 0..500)) {
        let [a, b, c] = [fold(&dealt[0]), fold(&dealt[1]), fold(&dealt[2])];
        let all = bytes(&recount(&union(&dealt)));
        prop_assert_eq!(bytes(&merged(&merged(&a, &b), &c)), all.clone());
        prop_assert_eq!(bytes(&merged(&a, &merged(&b, &c))), all.clone());
        prop_assert_eq!(bytes(&merged(&merged(&c, &a), &b)), all);
    }

    /// What is folded after the merge lands where it belongs.
    #[test]
    fn and_folding_goes_on(dealt in dealt(3, 0..400)) {
        let mut facts = merged(&fold(&dealt[0]), &fold(&dealt[1]));
        for event in &dealt[2] {
            crate::lead_support::fold_one(&mut facts, event);
        }
        prop_assert_eq!(facts, recount(&union(&dealt)));
    }

    /// With 69 events a lead still knows the ids of all.
    #[test]
    fn of_leads_that_share_events((a, b) in overlapping(TIMELINE + FIRSTS)) {
        let both = merged(&fold(&a), &fold(&b));
        prop_assert_eq!(&both, &recount(&union([&a, &b])));
        prop_assert_eq!(&merged(&fold(&b), &fold(&a)), &both);
        // A part of it again changes nothing.
        if union([&a, &b]).len() <= TIMELINE + FIRSTS {
            prop_assert_eq!(&merged(&both, &fold(&a)), &both);
        }
    }

    /// Longer leads, whose common events are among those of which both know the ids.
    #[test]
    fn of_long_leads_that_share_what_both_know(dealt in dealt(3, 100..400)) {
        let mut common = dealt[2].clone();
        let (a, b) = loop {
            let [a, b] = [[&dealt[0], &common[..]].concat(), [&dealt[1], &common[..]].concat()];
            let (known_to_a, known_to_b) = (kept_ids(&fold(&a)), kept_ids(&fold(&b)));
            let before = common.len();
            common.retain(|event| [&known_to_a, &known_to_b].iter().all(|ids| ids.contains(&event.touchpoint.id)));
            if common.len() == before {
                break (a, b);
            }
        };
        let both = merged(&fold(&a), &fold(&b));
        prop_assert_eq!(&both, &recount(&union([&a, &b])));
        prop_assert_eq!(merged(&fold(&b), &fold(&a)), both);
    }

    /// However many events: what is the same on both sides are the same events.
    #[test]
    fn of_a_lead_with_itself(events in events(0..300)) {
        let facts = fold(&events);
        prop_assert_eq!(merged(&facts, &facts), facts);
    }

    /// The sides may disagree about the instants of common events, to any extent: both orders of merging agree, and the result has bytes.
    #[test]
    fn of_leads_that_disagree_about_instants(
        dealt in dealt(3, 0..400),
        moves in proptest::collection::vec(prop_oneof![Just(0), 0..END_MS], 400),
    ) {
        let [mut a, mut b] = [dealt[0].clone(), dealt[1].clone()];
        for (event, at_ms) in dealt[2].iter().zip(moves) {
            a.push(event.clone());
            b.push(at(event.clone(), at_ms));
        }
        let both = merged(&fold(&a), &fold(&b));
        prop_assert_eq!(&merged(&fold(&b), &fold(&a)), &both);
        prop_assert_eq!(&decoded(&bytes(&both)), &both);
    }

    /// While all are in the timeline, the smaller of two instants stands.
    #[test]
    fn takes_the_smaller_instant(dealt in dealt(3, 0..=TIMELINE), later_ms in proptest::collection::vec(0..END_MS, TIMELINE)) {
        let [mut a, mut b] = [dealt[0].clone(), dealt[1].clone()];
        for (number, (event, later_ms)) in dealt[2].iter().zip(later_ms).enumerate() {
            let later = at(event.clone(), (event.touchpoint.at_ms + later_ms).min(END_MS - 1));
            let (first, second) = if number % 2 == 0 { (&mut a, &mut b) } else { (&mut b, &mut a) };
            first.push(event.clone());
            second.push(later);
        }
        let both = merged(&fold(&a), &fold(&b));
        prop_assert_eq!(both.timeline, recount(&union(&dealt)).timeline);
    }
}
