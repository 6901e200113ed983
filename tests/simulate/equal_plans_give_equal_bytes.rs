//! Equal plans give equal bytes, in the order of time, with the truth watched or not; another seed gives others; and more leads change
//! nothing about those who were there before.

use std::collections::BTreeSet;

use needle::simulate::law::Law;
use needle::simulate::outlook::Outlook;
use needle::simulate::{Happening, Journeys, Plan, Seen};

use crate::support::plan;

fn happenings(plan: &Plan) -> Vec<Happening> {
    Journeys::by(plan, Law::USUAL, None).collect()
}

#[test]
fn the_same_seed_says_the_same_and_another_does_not() {
    let plan_1 = plan(1, 400, 120);
    let first = happenings(&plan_1);
    assert!(first.len() > 2_000, "{}", first.len());
    assert_eq!(first, happenings(&plan_1));
    // Names and ids would differ by themselves: what is looked at is when things happen.
    let instants = |of: &[Happening]| -> BTreeSet<i64> { of.iter().map(|happening| happening.at_ms).collect() };
    let shared = instants(&first).intersection(&instants(&happenings(&plan(2, 400, 120)))).count();
    assert!(shared < 10, "{shared} instants of {}", first.len());
}

#[test]
fn instants_never_go_back_and_stay_within_the_plan() {
    for seed in 0..20 {
        let plan = plan(seed, 150, 200);
        let happenings = happenings(&plan);
        assert!(happenings.is_sorted_by_key(|happening| happening.at_ms), "seed {seed}");
        let within = |happening: &Happening| (plan.start_ms..plan.end_ms()).contains(&happening.at_ms);
        assert!(happenings.iter().all(within), "seed {seed}");
    }
}

#[test]
fn a_lead_does_nothing_twice_at_one_instant() {
    let mut seen = BTreeSet::new();
    for happening in happenings(&plan(5, 500, 200)) {
        assert!(seen.insert((happening.key.clone(), happening.at_ms)), "{happening:?}");
    }
}

#[test]
fn more_leads_change_nothing_about_the_others() {
    let few = happenings(&plan(3, 300, 120));
    let keys: BTreeSet<&str> = few.iter().map(|happening| happening.key.as_str()).collect();
    let mut many = happenings(&plan(3, 900, 120));
    assert!(many.len() > 2 * few.len());
    many.retain(|happening| keys.contains(happening.key.as_str()));
    assert_eq!(few, many);
}

#[test]
fn watching_changes_nothing() {
    let plan = plan(4, 300, 120);
    let mut watched = Journeys::by(&plan, Law::USUAL, Some(Outlook::new(&Law::USUAL, 30)));
    let mut events = Vec::new();
    let (mut last_ms, mut silences) = (i64::MIN, 0);
    while let Some(seen) = watched.watch() {
        let at_ms = match seen {
            Seen::Event(happening, truth) => {
                assert!(truth.is_none_or(|truth| truth.at_ms == happening.at_ms && truth.lead == happening.key));
                events.push(happening);
                events[events.len() - 1].at_ms
            }
            Seen::Silence(truth) => {
                silences += 1;
                truth.at_ms
            }
        };
        assert!(at_ms >= last_ms);
        last_ms = at_ms;
    }
    assert_eq!(events, happenings(&plan));
    assert!(silences > 1_000, "{silences}");
}
