//! A load is no more than one file ahead of whoever takes its rows in, stops where its handle is dropped, and ends where there is no room.

use crate::keeper_support::shelf::{Op, Shelf};
use crate::keeper_support::{Taken, World, rows, save, wanted};
use needle::lead::arena::Full;
use needle::snapshot::keeper::Loading;
use needle::snapshot::rows::LeadRow;
use needle::snapshot::sink::Sink;

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

/// Looks with every row how many files have been fetched.
struct Watching {
    shelf: Shelf,
    taken: usize,
    most_ahead: usize,
}

impl Sink for Watching {
    fn take(&mut self, _: LeadRow<'_>) -> Result<(), Full> {
        // The entry is a call, too.
        let fetched = self.shelf.count(Op::Get) - 1;
        self.most_ahead = self.most_ahead.max(fetched - self.taken / ROWS_A_FILE);
        self.taken += 1;
        Ok(())
    }
}

#[test]
fn memory_does_not_grow_with_the_snapshot() {
    let world = world(10);
    let (keeper, shelf) = world.keeper();
    let mut load = keeper.load(wanted(100), move |leads| {
        assert_eq!(leads, 10 * ROWS_A_FILE as u64);
        Watching { shelf: shelf.clone(), taken: 0, most_ahead: 0 }
    });
    world.clockwork.run();
    let Loading::Done(found) = load.poll() else { panic!("it has not ended") };
    assert_eq!((found.sink.taken, load.taken()), (10 * ROWS_A_FILE, 10 * ROWS_A_FILE as u64));
    assert_eq!(found.sink.most_ahead, 2, "the file that rows are taken of, and the next");
}

/// Has room for some rows.
#[derive(Debug)]
struct Small(usize);

impl Sink for Small {
    fn take(&mut self, row: LeadRow<'_>) -> Result<(), Full> {
        self.0 = self.0.checked_sub(1).ok_or(Full(row.key.len()))?;
        Ok(())
    }
}

#[test]
fn without_room_it_ends_and_says_so() {
    let world = world(2);
    let (keeper, shelf) = world.keeper();
    let mut load = keeper.load(wanted(100), |_| Small(7));
    world.clockwork.run();
    let end = load.poll();
    assert!(matches!(end, Loading::Full(Full(len)) if len == "acme/00-000007".len()), "{end:?}");
    // No older snapshot is tried.
    assert_eq!((shelf.count(Op::Get), world.clockwork.tasks()), (1 + 2, 0));
}

#[test]
fn dropped_at_any_call_it_ends_there() {
    let world = world(3);
    // Two listings, an entry, three files.
    for calls in 0..6 {
        let (keeper, shelf) = world.keeper();
        shelf.hold();
        let mut load = keeper.load(wanted(100), Taken::expecting);
        world.clockwork.run();
        while shelf.calls().len() < calls {
            assert!(matches!(load.poll(), Loading::Waits));
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
