//! A writer that went on after its partition had moved finds its place taken by one that reaches as far, and leaves nothing behind; one
//! whose facts begin elsewhere is no such.

use crate::keeper_support::{World, leads, reach, rows, save, wanted};
use needle::snapshot::head::Reach;
use needle::snapshot::keeper::{SaveHead, Saving};

fn saved_late(world: &World, late: SaveHead) -> Saving {
    let mut handle = world.keeper().0.save(late);
    handle.offer(rows(&[("acme/a", "zombie"), ("zeta/a", "zombie")])).expect("room");
    handle.close();
    world.end_of_save(&mut handle).0
}

#[test]
fn it_gives_up_at_the_first_that_reaches_as_far() {
    let world = World::new();
    let parent = world.saved(save(None, 0, 10), &[("acme/a", "one")]);
    let mut head = parent.clone();
    for to in [15, 20, 25] {
        head = world.saved(save(Some(head.clone()), head.number, to), &[("acme/a", "other")]);
    }
    for (to, expected) in [(12, 2), (15, 2), (18, 3), (25, 4)] {
        let end = saved_late(&world, save(Some(parent.clone()), 1, to));
        assert!(matches!(end, Saving::Overtaken(number) if number == expected), "{to}: {end:?}");
        assert_eq!(world.strays(), Vec::<String>::new());
        assert_eq!(world.true_entries().len(), 4);
    }
    assert_eq!(world.loaded(wanted(100)).leads, leads(&[("acme/a", "other")]));
}

#[test]
fn an_entry_that_cannot_be_read_keeps_nobody_from_the_next_place() {
    let world = World::new();
    world.saved(save(None, 0, 10), &[("acme/a", "one")]);
    world.saved(save(None, 1, 20), &[("acme/a", "two")]);
    world.write(&crate::keeper_support::entry_path(1), Vec::new());
    world.write(&crate::keeper_support::entry_path(2), b"{\"format\":9}".to_vec());
    let end = saved_late(&world, save(None, 0, 15));
    assert!(matches!(&end, Saving::Done(head, 3) if head.number == 3), "{end:?}");
    assert_eq!(world.loaded(wanted(20)).number(), Some(3));
}

#[test]
fn another_beginning_is_another_truth() {
    let world = World::new();
    world.saved(save(None, 0, 20), &[("acme/a", "one")]);
    let later = Reach { from: 5, ..reach(15).remove(0) };
    let end = saved_late(&world, SaveHead { reach: vec![later], ..save(None, 0, 15) });
    assert!(matches!(end, Saving::Done(_, 2)), "{end:?}");
}
