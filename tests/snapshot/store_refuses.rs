//! A store that refuses is asked again, after 100 ms and then twice as long each time up to 10 s, and each try is told once.

use std::time::Duration;

use crate::keeper_support::shelf::{Fate, Op};
use crate::keeper_support::{Loaded, Taken, World, leads, rows, save, wanted};
use needle::snapshot::keeper::{Loading, Saving};

/// The waits before each of so many tries.
fn waits(tries: u32) -> Duration {
    (0..tries).map(|n| Duration::from_millis(100 * (1 << n.min(20))).min(Duration::from_secs(10))).sum()
}

#[test]
fn a_save_goes_on_until_it_is_through() {
    for refused in [Op::Put, Op::Create, Op::Get] {
        let world = World::new();
        let parent = world.saved(save(None, 0, 5), &[("acme/b", "one")]);
        let (keeper, shelf) = world.keeper();
        let mut left = 9;
        shelf.judge(move |call| {
            let refuse = call.op == refused && left > 0;
            left -= i32::from(refuse);
            if refuse { Fate::Refused } else { Fate::Done }
        });
        let mut handle = keeper.save(save(Some(parent), 1, 10));
        handle.offer(rows(&[("acme/a", "one")])).expect("room");
        handle.close();
        let (end, troubles) = world.end_of_save(&mut handle);
        assert!(matches!(end, Saving::Done(_, 2)), "{end:?}");
        assert_eq!((troubles.len(), world.clockwork.now()), (9, waits(9)));
        assert!(troubles.iter().all(|trouble| trouble.contains(".rows") || trouble.contains(".json")), "{troubles:?}");
        assert_eq!(world.loaded(wanted(10)).leads, leads(&[("acme/a", "one"), ("acme/b", "one")]));
        assert_eq!(world.strays(), Vec::<String>::new());
    }
}

#[test]
fn a_load_goes_on_until_it_is_through() {
    for refused in [Op::List, Op::Get] {
        let world = World::new();
        world.saved(save(None, 0, 10), &[("acme/a", "one"), ("zeta/a", "one")]);
        let (keeper, shelf) = world.keeper();
        // Every call of the kind, three times each.
        let mut count = 0;
        shelf.judge(move |call| {
            count += usize::from(call.op == refused);
            if call.op == refused && !count.is_multiple_of(4) { Fate::Refused } else { Fate::Done }
        });
        let Loaded { leads: found, troubles, over, .. } = world.end_of_load(keeper.load(wanted(10), Taken::expecting));
        assert_eq!(found, leads(&[("acme/a", "one"), ("zeta/a", "one")]));
        // Two listings; an entry and two files.
        assert_eq!((troubles.len(), over.len()), (if refused == Op::List { 6 } else { 9 }, 0));
    }
}

#[test]
fn a_handle_that_is_dropped_ends_the_waiting() {
    let world = World::new();
    world.saved(save(None, 0, 10), &[("acme/a", "one")]);
    let (keeper, shelf) = world.keeper();
    shelf.judge(|call| if call.op == Op::Delete { Fate::Done } else { Fate::Refused });
    let mut load = keeper.load(wanted(10), Taken::expecting);
    let mut closed = keeper.save(save(None, 1, 20));
    closed.offer(rows(&[("acme/a", "one")])).expect("room");
    closed.close();
    for _ in 0..100 {
        world.clockwork.run();
        // Nobody listens for long: nothing piles up.
        assert!(world.clockwork.skip());
    }
    assert!(matches!(load.poll(), Loading::Struggling(_)));
    assert!(matches!(closed.poll(), Saving::Struggling(_)));
    assert_eq!(world.clockwork.tasks(), 2);
    drop((load, closed));
    world.clockwork.run();
    assert_eq!(world.clockwork.tasks(), 0);
    assert_eq!((world.strays().len(), world.true_entries().len()), (0, 1));
}

#[test]
fn a_slow_store_is_waited_for_and_blocks_nobody() {
    let world = World::new();
    let (keeper, shelf) = world.keeper();
    shelf.hold();
    let mut slow = keeper.save(save(None, 0, 10));
    slow.offer(rows(&[("acme/a", "one")])).expect("room");
    slow.close();
    // Others are done meanwhile.
    let head = world.saved(save(None, 0, 5), &[("acme/a", "early")]);
    assert_eq!(head.number, 1);
    let mut steps = 0;
    while shelf.waits() {
        assert!(matches!(slow.poll(), Saving::Waits));
        shelf.let_one();
        world.clockwork.run();
        steps += 1;
    }
    // A file, the slot that is taken, what is in it, the next slot.
    assert_eq!(steps, 4);
    assert!(matches!(slow.poll(), Saving::Done(_, 2)));
    assert_eq!(world.clockwork.now(), Duration::ZERO);
}
