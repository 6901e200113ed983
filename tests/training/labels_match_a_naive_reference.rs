//! Rows, labels and what is left out are those that a look through the lists of events finds, whatever order events come in and wherever
//! snapshots are cut.

use std::collections::{BTreeMap, BTreeSet};

use needle::touchpoint::Mark;
use needle::training::dataset::Account;
use proptest::prelude::*;

use crate::training_support::{Archive, CONFIG, DAY_MS, Event, HORIZON_DAYS, HOUR_MS, START_MS, archive, hash};

/// A state as a list of events tells it.
struct Plain {
    lead: u64,
    at_ms: i64,
    /// The first newer instant in the next state.
    until_ms: i64,
    /// Events that it knows.
    events: usize,
}

/// All events of a lead, and its states.
struct Naive {
    events: BTreeMap<u64, Vec<Event>>,
    states: Vec<Plain>,
    newest_ms: i64,
    repeat: bool,
}

impl Naive {
    fn new(events: &[Event], cuts: &BTreeSet<usize>, repeat: bool) -> Self {
        let mut of: BTreeMap<u64, Vec<Event>> = BTreeMap::new();
        let mut states = Vec::new();
        let newest_ms = events.iter().map(|event| event.at_ms).max().unwrap_or_default();
        for lead in events.iter().map(|event| event.lead).collect::<BTreeSet<_>>() {
            // What was known of it at each cut after which more had come.
            let mut known: Vec<Vec<Event>> = Vec::new();
            for cut in cuts.iter().copied().filter(|cut| *cut < events.len()).chain([events.len()]) {
                let now: Vec<Event> = events[..cut].iter().filter(|event| event.lead == lead).copied().collect();
                if now.len() > known.last().map_or(0, Vec::len) {
                    known.push(now);
                }
            }
            let newest = |state: &Vec<Event>| state.iter().map(|event| event.at_ms).max().unwrap_or_default();
            let lead = hash("default", lead);
            for (at, state) in known.iter().enumerate() {
                let at_ms = newest(state);
                let next = known.get(at + 1);
                if next.is_some_and(|next| newest(next) == at_ms) {
                    continue;
                }
                let newer = |event: &&Event| event.at_ms > at_ms;
                let until_ms = next.and_then(|next| next.iter().filter(newer).map(|event| event.at_ms).min());
                states.push(Plain { lead, at_ms, until_ms: until_ms.unwrap_or(i64::MAX), events: state.len() });
            }
            of.insert(lead, known.pop().unwrap_or_default());
        }
        Self { events: of, states, newest_ms, repeat }
    }

    fn first(&self, lead: u64, marks: &[Mark]) -> i64 {
        let of = self.events[&lead].iter().filter(|event| marks.contains(&event.mark));
        of.map(|event| event.at_ms).min().unwrap_or(i64::MAX)
    }

    /// Whether the outcome came, where the instant is a row.
    fn label(&self, lead: u64, at_ms: i64, left_out: &mut Account) -> Option<bool> {
        let until_ms = at_ms + HORIZON_DAYS * DAY_MS;
        if !self.repeat && at_ms >= self.first(lead, &[Mark::Positive, Mark::Negative]) {
            left_out.after_outcome += 1;
        } else if at_ms >= self.first(lead, &[Mark::Contact]) {
            left_out.after_contact += 1;
        } else if until_ms > self.newest_ms {
            left_out.too_young += 1;
        } else {
            let within = |event: &Event| at_ms < event.at_ms && event.at_ms <= until_ms;
            return Some(self.events[&lead].iter().any(|event| event.mark == Mark::Positive && within(event)));
        }
        None
    }
}

fn check(archive: &Archive, naive: &Naive) -> Result<(), TestCaseError> {
    let read = archive.read();
    let (matrix, account) = (&read.matrix, &read.account);
    let mut left_out = Account::default();
    let mut on_events = BTreeMap::new();
    for Plain { lead, at_ms, .. } in &naive.states {
        if let Some(positive) = naive.label(*lead, *at_ms, &mut left_out) {
            on_events.insert((*lead, *at_ms), positive);
        }
    }
    let found = matrix.rows.iter().filter(|row| row.silent_ms == 0);
    let found: BTreeMap<_, _> = found.map(|row| ((row.lead, row.at_ms), row.positive)).collect();
    prop_assert_eq!(&found, &on_events);
    let mut silent = BTreeSet::new();
    for row in matrix.rows.iter().filter(|row| row.silent_ms > 0) {
        let of = naive.states.iter().find(|s| s.lead == row.lead && s.at_ms == row.at_ms - row.silent_ms);
        let of = of.ok_or_else(|| TestCaseError::fail(format!("{row:?} is of no state")))?;
        prop_assert!(row.at_ms < of.until_ms, "{:?} is not silent until then", row);
        prop_assert!(silent.insert((of.lead, of.at_ms)), "{:?} is the second of its state", row);
        prop_assert_eq!(naive.label(row.lead, row.at_ms, &mut Account::default()), Some(row.positive));
    }
    let count = matrix.columns.iter().position(|column| column.name == "touchpoints_count_ever").expect("a column");
    for (at, row) in matrix.rows.iter().enumerate() {
        let of = naive.states.iter().find(|s| s.lead == row.lead && s.at_ms == row.at_ms - row.silent_ms);
        prop_assert_eq!(Some(matrix.row(at)[count] as usize), of.map(|state| state.events), "{:?}", row);
    }
    prop_assert_eq!(found.len() + silent.len(), matrix.rows.len(), "a row twice");
    prop_assert!(matrix.rows.iter().all(|row| row.weight == 1.0));
    prop_assert!(matrix.rows.is_sorted_by_key(|row| (row.at_ms, row.lead)));
    // Silent instants are left out for the same reasons; how many there are nobody but the drawing knows.
    let silent_out = account.silent - silent.len() as u64;
    let out = |account: &Account| account.after_outcome + account.after_contact + account.too_young;
    prop_assert_eq!(out(account), out(&left_out) + silent_out);
    for (counted, at_least) in [
        (account.after_outcome, left_out.after_outcome),
        (account.after_contact, left_out.after_contact),
        (account.too_young, left_out.too_young),
    ] {
        prop_assert!(counted >= at_least && counted <= at_least + silent_out);
    }
    prop_assert_eq!(account.instants, naive.states.len() as u64 + account.silent);
    prop_assert_eq!(account.rows, matrix.rows.len() as u64);
    prop_assert_eq!(account.positives, matrix.positives() as u64);
    prop_assert_eq!(account.leads, naive.events.len() as u64);
    prop_assert_eq!(account.newest_ms, Some(naive.newest_ms));
    Ok(())
}

/// Events of few leads over 50 days, most of them in order; the horizon is 10.
fn events() -> impl Strategy<Value = Vec<Event>> {
    let mark = prop_oneof![
        12 => Just(Mark::None), 2 => Just(Mark::Positive), 1 => Just(Mark::Negative), 1 => Just(Mark::Contact),
    ];
    let event = (0..6u8, 0..1200i64, mark, 0..3u64).prop_map(|(lead, hour, mark, themes)| {
        // Whole hours, so that now and then several fall on one instant.
        Event { lead, at_ms: START_MS + hour * HOUR_MS, mark, themes }
    });
    let late = proptest::collection::vec(event, 1..60);
    (late, any::<bool>()).prop_map(|(mut events, in_order)| {
        if in_order {
            events.sort_by_key(|event| event.at_ms);
        }
        events
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn as_a_look_through_all_events(
        events in events(),
        cuts in proptest::collection::btree_set(1..60usize, 0..40),
        repeat in any::<bool>(),
    ) {
        let toml = format!("{CONFIG}\noutcomes = {{ repeat = {repeat} }}");
        check(&archive(&toml, &events, &cuts), &Naive::new(&events, &cuts, repeat))?;
    }
}
