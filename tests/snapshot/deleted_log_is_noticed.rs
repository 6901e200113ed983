//! Somebody deletes the snapshots under a running writer: it does not go on from what is gone, and all leads, saved anew, are whole again.

use crate::keeper_support::{World, leads, rows, save, wanted};
use needle::snapshot::keeper::{SaveHead, Saving};

const ALL: &[(&str, &str)] = &[("acme/a", "two"), ("acme/b", "one")];

fn end(world: &World, head: SaveHead, offer: &[(&str, &str)]) -> Saving {
    let mut handle = world.keeper().0.save(head);
    handle.offer(rows(offer)).expect("room");
    handle.close();
    world.end_of_save(&mut handle).0
}

#[test]
fn what_is_gone_is_not_built_upon() {
    let world = World::new();
    let parent = world.saved(save(None, 0, 10), &[("acme/a", "one"), ("acme/b", "one")]);
    world.delete_all();
    let broken = end(&world, save(Some(parent), 1, 20), &[("acme/a", "two")]);
    let Saving::Broken(known) = broken else { panic!("{broken:?}") };
    assert_eq!((known, world.paths()), (1, vec![]));

    let anew = end(&world, save(None, known, 20), ALL);
    assert!(matches!(anew, Saving::Done(_, 2)), "{anew:?}");
    assert_eq!(world.loaded(wanted(20)).leads, leads(ALL));
}

#[test]
fn a_log_that_has_begun_anew_is_another() {
    let world = World::new();
    let parent = world.saved(save(None, 0, 10), &[("acme/a", "one"), ("acme/b", "one")]);
    world.delete_all();
    world.saved(save(None, 0, 10), &[("acme/a", "one"), ("acme/b", "one")]);
    let broken = end(&world, save(Some(parent), 1, 20), &[("acme/a", "two")]);
    assert!(matches!(broken, Saving::Broken(1)), "{broken:?}");
    assert_eq!((world.true_entries().len(), world.strays().len()), (1, 0));
}

#[test]
fn a_log_that_has_run_away_is_not_chased_for_ever() {
    // Whoever keeps house counts on it: what was written for entry n is introduced by n + SLIP at the latest.
    let slip = needle::snapshot::places::SLIP;
    let world = World::new();
    for number in 0..=slip {
        world.saved(save(None, number, 10), &[("acme/a", "one")]);
    }
    let broken = end(&world, save(None, 0, 20), ALL);
    assert!(matches!(broken, Saving::Broken(known) if known == slip + 1), "{broken:?}");
    assert_eq!(world.strays(), Vec::<String>::new());
    // The last place that is near enough.
    assert!(matches!(end(&world, save(None, 1, 20), ALL), Saving::Done(_, known) if known == slip + 2));
}

#[test]
fn rows_that_are_no_leads_are_not_tried_again() {
    let world = World::new();
    let unwritable = end(&world, save(None, 0, 10), &[("acme/a", "one"), ("nobody", "one")]);
    assert!(matches!(&unwritable, Saving::Unwritable(cause) if cause.contains("nobody")), "{unwritable:?}");
    assert_eq!(world.paths(), Vec::<String>::new());
}
