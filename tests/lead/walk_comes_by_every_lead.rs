//! A walk over the leads that is gone on with again and again comes by every lead that is there all the time, whatever comes and goes in
//! between, and to its end.

use std::collections::BTreeSet;

use needle::lead::leads::{Kept, Leads, Origin, Place};
use proptest::prelude::*;

fn put(leads: &mut Leads, number: usize, len: usize) {
    let key = format!("default/u-{number}");
    let facts = vec![7; len];
    let kept = Kept { key: key.as_bytes(), facts: &facts, decisions: &[], origin: Origin::default(), mark: 1 };
    leads.put(Leads::hash(key.as_bytes()), kept).expect("room");
}

fn remove(leads: &mut Leads, number: usize) {
    let key = format!("default/u-{number}");
    leads.remove(Leads::hash(key.as_bytes()), key.as_bytes());
}

proptest! {
    #[test]
    fn whatever_comes_in_between(
        there in 1..300usize,
        steps in prop::collection::vec((1..40usize, 1..60usize, 0..30usize, any::<bool>()), 1..40),
    ) {
        let mut leads = Leads::default();
        (0..there).for_each(|number| put(&mut leads, number, 30));
        let (mut place, mut seen, mut next, mut done) = (Place::default(), BTreeSet::new(), there, false);
        let rest = std::iter::repeat_n((usize::MAX, 64, 0, false), 1_000);
        for (most, places, new, go) in steps.into_iter().chain(rest) {
            let mut visits = 0;
            done = leads.walk(&mut place, places, |kept| {
                visits += 1;
                seen.insert(String::from_utf8_lossy(kept.key).into_owned());
                visits < most
            });
            prop_assert!(visits <= most.min(places));
            if done {
                break;
            }
            // Others come, those that are there grow, some that came go again.
            (next..next + new).for_each(|number| put(&mut leads, number, 30));
            (0..there).step_by(7).for_each(|number| put(&mut leads, number, 30 + new));
            if go {
                (next..next + new).for_each(|number| remove(&mut leads, number));
            }
            next += new;
        }
        prop_assert!(done, "it comes to its end");
        let missed: Vec<_> = (0..there).filter(|number| !seen.contains(&format!("default/u-{number}"))).collect();
        prop_assert!(missed.is_empty(), "{missed:?} of {there}");
    }
}
