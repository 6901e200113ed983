//! Whoever keeps house may die at any call to the store, the call done or not: what is loaded is the same, and the next one finishes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::keeper_support::shelf::Fate;
use crate::keeper_support::{HISTORY_DAYS, Leads, PARTITION, World, leads, models, save, wanted};
use needle::snapshot::head::Head;

const LEADS: [(&str, &str); 4] = [("acme/a", "one"), ("acme/b", "two"), ("zeta/a", "new"), ("b/b", "x")];

/// Two bases, and eight increments since, of three tenants.
fn before() -> (World, Arc<Head>) {
    let world = World::new();
    let mut head: Option<Arc<Head>> = None;
    for number in 0..24 {
        let known = head.as_ref().map_or(0, |head| head.number);
        let changed = &LEADS[number % 4..][..1];
        head = Some(world.saved(save(head, known, 10 + known as i64), changed));
        if number % 8 == 7 && number < 23 {
            head = world.kept().base;
        }
    }
    (world, head.expect("saved"))
}

fn loaded(world: &World) -> Leads {
    let loaded = world.loaded(wanted(1000));
    assert!(loaded.over.is_empty(), "{:?}", loaded.over);
    loaded.leads
}

#[test]
fn at_any_call() {
    for fate in [Fate::Refused, Fate::ReplyLost] {
        let mut calls = 0;
        loop {
            let (world, head) = before();
            let (keeper, shelf) = world.keeper();
            let dead = Arc::new(AtomicBool::new(false));
            let (mut left, died) = (calls, dead.clone());
            shelf.judge(move |_| match left {
                0 if died.swap(true, Ordering::Relaxed) => Fate::Refused,
                0 => fate,
                _ => {
                    left -= 1;
                    Fate::Done
                }
            });
            let house = keeper.keep_house(PARTITION, HISTORY_DAYS, models());
            world.clockwork.run();
            drop(house);
            world.clockwork.run();
            assert_eq!(world.clockwork.tasks(), 0);
            assert_eq!(loaded(&world), leads(&LEADS), "{fate:?} of call {calls}");

            // Its lane goes on, and so does the next one to keep house.
            let next = world.saved(save(Some(head), 26, 900), &[("acme/a", "later")]);
            let then = leads(&[LEADS[1], LEADS[2], LEADS[3], ("acme/a", "later")]);
            assert_eq!(loaded(&world), then, "{fate:?} of call {calls}");
            let mut head = next;
            while world.kept().base.is_none() {
                head = world.saved(save(Some(head.clone()), head.number, 900 + head.number as i64), &[("b/b", "x")]);
            }
            assert_eq!(loaded(&world), then, "{fate:?} of call {calls}");
            if !dead.load(Ordering::Relaxed) {
                break;
            }
            calls += 1;
        }
        assert!(calls > 30, "{calls}");
    }
}

#[test]
fn a_store_that_refuses_now_and_then_is_asked_again() {
    let (world, head) = before();
    let (keeper, shelf) = world.keeper();
    let mut count = 0;
    shelf.judge(move |_| {
        count += 1;
        [Fate::Done, Fate::Refused, Fate::ReplyLost][count % 3]
    });
    let (kept, troubles) = world.end_of_house(keeper.keep_house(PARTITION, HISTORY_DAYS, models()));
    assert_eq!(kept.base.expect("a base").number, head.number + 1);
    assert!(troubles.len() > 10);
    assert_eq!(loaded(&world), leads(&LEADS));
    let entries = world.paths().into_iter().filter(|path| path.ends_with(".json")).count() as u64;
    let named: Vec<_> = (1..=entries).flat_map(|number| world.entry(number).files).map(|file| file.path).collect();
    assert!(world.files().iter().all(|path| named.contains(path)));
}
