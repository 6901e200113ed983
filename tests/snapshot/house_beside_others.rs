//! Two keep house while a lane saves and another loads, and their calls reach the store in any order: what entries from the horizon on name is
//! there at every moment, what is loaded was true, and what was saved last is found.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::keeper_support::shelf::Op;
use crate::keeper_support::{HISTORY_DAYS, Leads, PARTITION, Taken, World, leads, models, save, wanted};
use needle::snapshot::head::Head;
use needle::snapshot::keeper::{Found, Load, Loading, Saving};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// The newest base but one, as noted.
fn horizon(world: &World) -> u64 {
    let marks = world.paths().into_iter().filter(|path| path.contains("/horizon/"));
    marks.filter_map(|path| path.rsplit('/').next()?.parse().ok()).max().unwrap_or(0)
}

/// What a lane has committed so far, and what it was at each of its saves.
struct Lane {
    leads: Leads,
    at: BTreeMap<i64, Leads>,
    to: i64,
    head: Option<Arc<Head>>,
    known: u64,
}

impl Lane {
    /// The next save: one lead has changed.
    fn next(&mut self, changed: u8) -> (needle::snapshot::keeper::SaveHead, (String, String)) {
        self.to += 1;
        let (key, facts) = (format!("t{}/l{}", changed % 2, changed % 7), format!("{:x}", self.to));
        self.leads.extend(leads(&[(&key, &facts)]));
        self.at.insert(self.to, self.leads.clone());
        (save(self.head.clone(), self.known, self.to), (key, facts))
    }

    fn saved(&mut self, end: Saving) {
        let Saving::Done(head, known) = end else { panic!("{end:?}") };
        (self.head, self.known) = (Some(head), known);
    }
}

/// As many calls as there are choices, each of whose turn it is. Returns how many bases were made.
fn any_order(choices: &[u8]) -> Result<usize, TestCaseError> {
    let world = World::new();
    let mut lane = Lane { leads: Leads::new(), at: BTreeMap::new(), to: 0, head: None, known: 0 };
    for number in 0..24 {
        let (save, (key, facts)) = lane.next(number);
        let head = world.saved(save, &[(&key, &facts)]);
        (lane.known, lane.head) = (head.number, Some(head));
        if number % 8 == 7 && number < 23 {
            let base = world.kept().base.expect("a base");
            (lane.known, lane.head) = (base.number, Some(base));
        }
    }
    let ((a, on_a), (b, on_b), (c, on_c), (d, on_d)) = (world.keeper(), world.keeper(), world.keeper(), world.keeper());
    let shelves = [on_a, on_b, on_c, on_d];
    shelves.iter().for_each(|shelf| shelf.hold());
    let mut houses = [None, None];
    let mut saving = None;
    let mut loading: Option<(Load<Taken>, i64)> = None;
    let (mut bases, mut seen) = (0, [(0, 0); 4]);
    for choice in choices.iter().copied() {
        for (house, keeper) in houses.iter_mut().zip([&a, &b]) {
            house.get_or_insert_with(|| keeper.keep_house(PARTITION, HISTORY_DAYS, models()));
        }
        if saving.is_none() {
            let (save, (key, facts)) = lane.next(choice);
            let mut handle = c.save(save);
            handle.offer(crate::keeper_support::rows(&[(&key, &facts)])).expect("room");
            handle.close();
            saving = Some(handle);
        }
        let committed = lane.to;
        loading.get_or_insert_with(|| (d.load(wanted(committed), Taken::expecting), committed));
        world.clockwork.run();
        // Keeping house takes many calls; a save takes six.
        let which = [2, 1, 0, 1, 0, 0, 3, 1][usize::from(choice) % 8];
        if shelves[which].waits() {
            shelves[which].let_one();
        }
        world.clockwork.run();
        let now = shelves.each_ref().map(|shelf| (shelf.count(Op::Delete), shelf.count(Op::Create)));
        if now != seen {
            seen = now;
            world.true_entries_from(horizon(&world));
        }

        for house in &mut houses {
            match house.as_mut().expect("begun").poll() {
                needle::snapshot::housekeeping::Keeping::Waits => {}
                needle::snapshot::housekeeping::Keeping::Done(kept) => {
                    bases += usize::from(kept.base.is_some());
                    *house = None;
                }
                other => panic!("{other:?}"),
            }
        }
        match saving.as_mut().expect("begun").poll() {
            Saving::Waits => {}
            end => {
                lane.saved(end);
                saving = None;
            }
        }
        let (load, committed) = loading.as_mut().expect("begun");
        match load.poll() {
            Loading::Waits | Loading::Over(_) => {}
            Loading::Done(Found { sink, head, .. }) => {
                let to = head.expect("a head").reach[0].to;
                prop_assert!(to <= *committed);
                prop_assert_eq!(&sink.leads, &lane.at[&to]);
                loading = None;
            }
            other => panic!("{other:?}"),
        }
    }
    drop((houses, saving, loading));
    for shelf in &shelves {
        for _ in 0..100 {
            shelf.let_one();
        }
    }
    world.clockwork.run();
    let loaded = world.loaded(wanted(i64::MAX));
    let to = loaded.head.expect("a head").reach[0].to;
    prop_assert!(to + 1 >= lane.to);
    prop_assert_eq!(&loaded.leads, &lane.at[&to]);
    Ok(bases)
}

#[test]
fn nothing_is_lost() {
    let config = ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() };
    // Few of the orders leave no time for a base.
    let bases = Cell::new(0);
    let run = TestRunner::new(config).run(&proptest::collection::vec(any::<u8>(), 600..900), |choices| {
        bases.set(bases.get() + any_order(&choices)?);
        Ok(())
    });
    run.unwrap_or_else(|error| panic!("{error}"));
    assert!(bases.get() >= 12, "{} bases", bases.get());
}
