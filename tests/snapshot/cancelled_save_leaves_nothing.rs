//! A save that is dropped before it is closed publishes nothing and removes what it wrote, wherever it stands; one that is dropped after
//! may be published, whole.

use crate::keeper_support::{World, leads, rows, save, wanted};
use needle::snapshot::keeper::Save;
use needle::snapshot::rows::Rows;

/// Enough for two full files and a little more, in turns.
fn offers() -> Vec<Rows> {
    let names: Vec<_> = (0..140_000).map(|lead| format!("acme/{lead:06}")).collect();
    names.chunks(4096).map(|chunk| rows(&chunk.iter().map(|name| (name.as_str(), "x")).collect::<Vec<_>>())).collect()
}

#[test]
fn dropped_before_it_is_closed() {
    let mut written = 0;
    for calls in 0..3 {
        let world = World::new();
        let parent = world.saved(save(None, 0, 10), &[("acme/a", "one")]);
        let (keeper, shelf) = world.keeper();
        shelf.hold();
        let mut handle: Save = keeper.save(save(Some(parent), 1, 20));
        let mut let_through = 0;
        'offers: for mut offer in offers() {
            while let Err(back) = handle.offer(offer) {
                offer = back;
                world.clockwork.run();
                if shelf.waits() {
                    if let_through == calls {
                        break 'offers;
                    }
                    let_through += 1;
                    shelf.let_one();
                }
            }
        }
        world.clockwork.run();
        while shelf.waits() && let_through < calls {
            let_through += 1;
            shelf.let_one();
            world.clockwork.run();
        }
        written = written.max(world.files().len() - 1);
        drop(handle);
        // What was on its way arrives, and the removals come through.
        world.clockwork.run();
        while shelf.waits() {
            shelf.let_one();
            world.clockwork.run();
        }
        assert_eq!(world.clockwork.tasks(), 0);
        assert_eq!((world.files().len(), world.true_entries().len()), (1, 1), "after {calls} calls");
        assert_eq!(world.loaded(wanted(20)).leads, leads(&[("acme/a", "one")]));
    }
    assert_eq!(written, 2, "files that had to be removed");
}

#[test]
fn dropped_after_it_is_closed() {
    let world = World::new();
    let mut handle = world.keeper().0.save(save(None, 0, 10));
    handle.offer(rows(&[("acme/a", "one")])).expect("room");
    handle.close();
    assert!(handle.offer(rows(&[("acme/b", "one")])).is_err(), "closed is closed");
    drop(handle);
    world.clockwork.run();
    assert_eq!((world.true_entries().len(), world.strays().len(), world.clockwork.tasks()), (1, 0, 0));
    assert_eq!(world.loaded(wanted(10)).leads, leads(&[("acme/a", "one")]));
}
