//! A load runs no farther ahead of whoever takes its rows than a few chunks and one file, and stops where its handle is dropped.

use crate::keeper_support::shelf::Op;
use crate::keeper_support::{World, rows, save, wanted};
use needle::snapshot::keeper::Loading;

const ROWS_A_FILE: usize = 20_000;

/// So many files, each of its own save.
fn world(files: usize) -> World {
    let world = World::new();
    let mut head = None;
    for file in 0..files {
        let names: Vec<_> = (0..ROWS_A_FILE).map(|lead| format!("acme/{file:02}-{lead:06}")).collect();
        let mut handle = world.keeper().0.save(save(head, file as u64, 10 + file as i64));
        for chunk in names.chunks(4096) {
            let mut offer = rows(&chunk.iter().map(|name| (name.as_str(), "x")).collect::<Vec<_>>());
            while let Err(back) = handle.offer(offer) {
                world.clockwork.run();
                offer = back;
            }
        }
        handle.close();
        match world.end_of_save(&mut handle).0 {
            needle::snapshot::keeper::Saving::Done(done, _) => head = Some(done),
            other => panic!("{other:?}"),
        }
    }
    world
}

#[test]
fn memory_does_not_grow_with_the_snapshot() {
    let world = world(10);
    let (keeper, shelf) = world.keeper();
    let mut load = keeper.load(wanted(100));
    let (mut taken, mut most_ahead) = (0, 0);
    loop {
        world.clockwork.run();
        // The entry is a call, too.
        let fetched = shelf.count(Op::Get).saturating_sub(1);
        most_ahead = most_ahead.max(fetched - taken / ROWS_A_FILE);
        match load.poll() {
            Loading::Begins(leads) => assert_eq!(leads, 10 * ROWS_A_FILE as u64),
            Loading::Rows(rows) => {
                assert!(rows.len() <= 4096);
                taken += rows.len();
            }
            Loading::Done(..) => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(taken, 10 * ROWS_A_FILE);
    // The file that rows are taken of, perhaps the one that they are decoded of, and the next.
    assert!((2..=3).contains(&most_ahead), "{most_ahead}");
}

#[test]
fn nobody_who_takes_no_rows_is_read_for() {
    let world = world(10);
    let (keeper, shelf) = world.keeper();
    let load = keeper.load(wanted(100));
    world.clockwork.run();
    assert_eq!(shelf.count(Op::Get), 1 + 2, "an entry, a file, and the next");
    assert_eq!(world.clockwork.tasks(), 1);
    drop(load);
    world.clockwork.run();
    assert_eq!((shelf.count(Op::Get), world.clockwork.tasks()), (1 + 2, 0));
}

#[test]
fn dropped_at_any_call_it_ends_there() {
    let world = world(3);
    // Two listings, an entry, three files.
    for calls in 0..6 {
        let (keeper, shelf) = world.keeper();
        shelf.hold();
        let mut load = keeper.load(wanted(100));
        world.clockwork.run();
        while shelf.calls().len() < calls {
            while let Loading::Begins(_) | Loading::Rows(_) = load.poll() {}
            if shelf.waits() {
                shelf.let_one();
            }
            world.clockwork.run();
        }
        drop(load);
        world.clockwork.run();
        assert_eq!((shelf.calls().len(), world.clockwork.tasks()), (calls, 0));
    }
}
