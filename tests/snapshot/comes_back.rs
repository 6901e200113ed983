//! What was saved is what is loaded: the newest of each lead, over several saves, tenants and files, with the positions it stands at.

use crate::keeper_support::{Taken, World, leads, reach, rows, save, wanted};
use needle::snapshot::keeper::Saving;

#[test]
fn later_saves_stand_over_earlier_ones() {
    let world = World::new();
    let first = world.saved(save(None, 0, 10), &[("acme/b", "one"), ("acme/a", "one"), ("zeta/a", "four")]);
    assert_eq!((first.number, first.files.len()), (1, 2));
    let second = world.saved(save(Some(first.clone()), 1, 20), &[("acme/a", "other")]);
    assert_eq!((second.number, second.files.len()), (2, 3));
    assert_eq!(second.files[..2], first.files);

    let loaded = world.loaded(wanted(25));
    assert_eq!(loaded.leads, leads(&[("acme/b", "one"), ("acme/a", "other"), ("zeta/a", "four")]));
    assert_eq!((loaded.head.as_deref(), loaded.known), (Some(&*second), 2));
    assert_eq!(second.reach, reach(20));
    assert!(loaded.over.is_empty() && loaded.troubles.is_empty());
    assert!(world.strays().is_empty());
}

#[test]
fn an_empty_log_has_nothing() {
    let loaded = World::new().loaded(wanted(25));
    assert_eq!((loaded.head, loaded.known, loaded.leads.len()), (None, 0, 0));
}

#[test]
fn a_save_without_rows_moves_the_positions() {
    let world = World::new();
    let first = world.saved(save(None, 0, 10), &[("acme/a", "one")]);
    let mut save = world.keeper().0.save(save(Some(first.clone()), 1, 20));
    save.close();
    let (Saving::Done(head, 2), _) = world.end_of_save(&mut save) else { panic!("not saved") };
    assert_eq!((&head.files, &head.reach), (&first.files, &reach(20)));
    assert_eq!(world.entry(2).added, 0);
    assert_eq!(world.loaded(wanted(20)).leads, leads(&[("acme/a", "one")]));
}

#[test]
fn a_tenant_of_many_leads_has_several_files_each_sorted() {
    let world = World::new();
    let names: Vec<String> =
        (0..150_000u32).map(|lead| format!("acme/{:08x}", lead.wrapping_mul(2_654_435_761))).collect();
    let mut handle = world.keeper().0.save(save(None, 0, 10));
    for chunk in names.chunks(4096) {
        let chunk: Vec<_> = chunk.iter().map(|name| (name.as_str(), "x")).collect();
        let mut offered = rows(&chunk);
        while let Err(back) = handle.offer(offered) {
            world.clockwork.run();
            offered = back;
        }
    }
    handle.close();
    let (Saving::Done(head, _), _) = world.end_of_save(&mut handle) else { panic!("not saved") };
    assert_eq!(head.files.iter().map(|file| file.rows).collect::<Vec<_>>(), [65_536, 65_536, 150_000 - 2 * 65_536]);
    let loaded = world.loaded(wanted(10));
    assert!(loaded.leads.keys().eq(&std::collections::BTreeSet::from_iter(names)));
}

#[test]
fn a_long_log_is_found_in_few_calls() {
    let world = World::new();
    let head = world.saved(save(None, 122_998, 10), &[("acme/a", "one")]);
    assert_eq!(head.number, 122_999);
    let mut head = Some(head);
    for number in 122_999..123_001 {
        head = Some(world.saved(save(head, number, 10 + number as i64), &[]));
    }
    for thousand in 0..122 {
        world.write(&crate::keeper_support::entry_path(thousand * 1000), b"never read".to_vec());
    }
    let (keeper, shelf) = world.keeper();
    let loaded = world.end_of_load(keeper.load(wanted(i64::MAX), Taken::expecting));
    assert_eq!((loaded.number(), loaded.known), (Some(123_001), 123_001));
    assert_eq!(shelf.calls().len(), 4, "folders, a folder, an entry, a file: {:?}", shelf.calls());
}
