//! Keeping house: what nobody needs goes, what somebody needs stays, each for a stated time.

use std::sync::Arc;
use std::time::Duration;

use crate::keeper_support::shelf::{Fate, Op, Shelf};
use crate::keeper_support::{HISTORY_DAYS, Taken, World, leads, rows, save, wanted};
use needle::snapshot::head::Head;
use needle::snapshot::keeper::{Keeper, Loading, Saving};
use needle::snapshot::passed_over::Reason;
use needle::snapshot::plain::Plain;
use needle::storage::runtime::Runtime;

/// Eight saves, and a base.
fn round(world: &World, head: Option<Arc<Head>>) -> Arc<Head> {
    let mut head = head;
    for _ in 0..8 {
        let known = head.as_ref().map_or(0, |head| head.number);
        head = Some(world.saved(save(head, known, 10 + known as i64), &[("acme/a", "new"), ("acme/b", "x")]));
    }
    world.kept().base.expect("a base")
}

fn base_files(world: &World) -> Vec<String> {
    world.files().into_iter().filter(|path| path.contains("/needle-base-")).collect()
}

/// Days go by.
fn wait(world: &World, days: u64) {
    let _slept = world.clockwork.sleep(Duration::from_secs(days * 86_400));
    assert!(world.clockwork.skip());
}

#[test]
fn bases_but_the_newest_two_go_and_increments_stay() {
    let world = World::new();
    let mut heads = vec![round(&world, None)];
    for _ in 0..3 {
        heads.push(round(&world, heads.last().cloned()));
    }
    let expected: Vec<String> = heads[2..].iter().map(|head| head.files[0].path.clone()).collect();
    assert_eq!(base_files(&world), expected);
    assert_eq!(world.files().len() - base_files(&world).len(), 32);
    let horizon = heads[2].number;
    for number in horizon..=heads[3].number {
        // Each of them can still be loaded.
        let reach = world.entry(number).reach[0].to;
        assert!(world.loaded(wanted(reach)).number() >= Some(horizon));
        assert!(world.entry(number).files.iter().all(|file| world.files().contains(&file.path)));
    }
    let marks: Vec<String> = world.paths().into_iter().filter(|path| !path.contains('.')).collect();
    assert_eq!(marks.len(), 2, "old marks go: {marks:?}");
}

#[test]
fn increments_and_their_entries_stay_for_the_history() {
    let world = World::new();
    let head = round(&world, None);
    wait(&world, u64::from(HISTORY_DAYS) / 2);
    let head = round(&world, Some(head));
    wait(&world, u64::from(HISTORY_DAYS) / 2 + 1);
    let head = round(&world, Some(head));
    // The first nine entries are beyond the horizon and older; the second nine are younger.
    let entries: Vec<String> = world.paths().into_iter().filter(|path| path.ends_with(".json")).collect();
    assert_eq!(entries, (10..=27).map(crate::keeper_support::entry_path).collect::<Vec<_>>());
    assert_eq!(world.files().len(), 16 + 2);
    // Old and needed: the horizon does not move without new bases.
    wait(&world, 1000);
    assert_eq!(world.kept().deleted, 0);
    assert_eq!(world.loaded(wanted(1000)).number(), Some(head.number));
}

#[test]
fn files_of_a_save_that_died_go_once_nobody_can_name_them() {
    let world = World::new();
    let (keeper, shelf) = world.keeper();
    shelf.judge(|call| if call.op == Op::Create { Fate::Refused } else { Fate::Done });
    let mut handle = keeper.save(save(None, 0, 5));
    handle.offer(rows(&[("acme/a", "lost")])).expect("room");
    handle.close();
    world.clockwork.run();
    assert!(matches!(handle.poll(), Saving::Struggling(_)));
    drop(handle);
    world.clockwork.run();
    let lost = world.strays();
    assert_eq!(lost.len(), 1);
    // Eight entries and the base: the ninth might have been its own.
    let head = round(&world, None);
    assert_eq!((head.number, world.strays()), (9, lost));
    round(&world, Some(head));
    assert_eq!(world.strays(), Vec::<String>::new());
}

#[test]
fn files_of_a_base_that_died_go_much_later() {
    let world = World::new();
    let head = round(&world, None);
    let dead = head.files[0].path.replace("-0.rows", "-7.rows");
    world.write(&dead, b"half of".to_vec());
    let head = round(&world, Some(head));
    assert_eq!(world.strays(), std::slice::from_ref(&dead));
    let head = world.saved(save(Some(head), 1009, 2000), &[]);
    round(&world, Some(head));
    assert!(!world.files().contains(&dead));
}

#[test]
fn what_is_not_its_own_is_left_alone() {
    let world = World::new();
    let other = Keeper::new(
        Arc::new(Shelf::new(world.memory.clone())),
        Arc::new(Plain),
        world.clockwork.clone(),
        "needle-increment",
    );
    let mut handle = other.save(save(None, 0, 10));
    handle.offer(rows(&[("acme/a", "other")])).expect("room");
    handle.close();
    let (Saving::Done(theirs, _), _) = world.end_of_save(&mut handle) else { panic!("not saved") };
    let notes = "leads/tenant=acme/partition=3/needle-increment-notes.txt";
    world.write(notes, b"mine".to_vec());
    let neighbour = "leads/tenant=acme/partition=33/needle-increment-000000000001-0123456789abcdef-0.rows";
    world.write(neighbour, b"not partition 3's".to_vec());
    let mut head = None;
    for _ in 0..4 {
        head = Some(round(&world, head));
    }
    for path in [&theirs.files[0].path, notes, neighbour] {
        assert!(world.files().iter().any(|there| there == path), "{path}");
    }
    assert_eq!(world.end_of_load(other.load(wanted(10), Taken::expecting)).leads, leads(&[("acme/a", "other")]));
}

#[test]
fn nothing_goes_where_a_newer_needle_has_been() {
    let world = World::new();
    let mut head = None;
    for _ in 0..3 {
        head = Some(round(&world, head));
    }
    let files = base_files(&world);
    let at = head.as_ref().map_or(0, |head| head.number) - 3;
    world.rewrite(at, |entry| entry.format = 2);
    for _ in 0..8 {
        let known = head.as_ref().map_or(0, |head| head.number);
        head = Some(world.saved(save(head, known, 10 + known as i64), &[("acme/a", "new")]));
    }
    let kept = world.kept();
    let base = kept.base.expect("a base all the same");
    assert!(kept.trouble.is_some_and(|trouble| trouble.contains("format 2")));
    assert_eq!((kept.deleted, base_files(&world)), (0, [files, vec![base.files[0].path.clone()]].concat()));
}

#[test]
fn no_base_is_made_of_what_is_damaged() {
    let world = World::new();
    let mut head: Option<Arc<Head>> = None;
    for number in 0..8 {
        head = Some(world.saved(save(head, number, 10 + number as i64), &[("acme/a", "one"), ("b/b", "two")]));
    }
    let files = head.expect("saved").files.clone();
    type Damage = fn(&World, &str);
    let damages: [(Damage, &str); 3] = [
        (|world, path| world.delete(path), "is not there"),
        (|world, path| world.write(path, world.read(path)[1..].to_vec()), "cut off"),
        (|world, path| world.write(path, world.read(path).iter().map(|byte| byte ^ 1).collect()), "altered"),
    ];
    for (damage, expected) in damages {
        let path = &files[5].path;
        let bytes = world.read(path);
        damage(&world, path);
        let kept = world.kept();
        assert!(kept.trouble.as_ref().is_some_and(|trouble| trouble.contains(expected)), "{kept:?}");
        assert_eq!((kept.base, kept.deleted, base_files(&world).len()), (None, 0, 0));
        world.write(path, bytes);
    }
    assert!(world.kept().base.is_some());
}

#[test]
fn whoever_builds_on_what_may_be_gone_is_told_to_begin_anew() {
    let world = World::new();
    let old = world.saved(save(None, 0, 5), &[("acme/z", "old")]);
    let mut head = Some(old.clone());
    for _ in 0..2 {
        head = Some(round(&world, head));
    }
    let newest = head.expect("a base");
    // Set back to older offsets, a group goes on from an old entry: nothing has gone that it needs before there is a horizon beyond it.
    let (keeper, shelf) = world.keeper();
    let mut handle = keeper.save(save(Some(old.clone()), newest.number, 7));
    handle.close();
    let (end, _) = world.end_of_save(&mut handle);
    assert!(matches!(end, Saving::Broken(number) if number == newest.number + 1), "{end:?}");
    assert_eq!(shelf.count(Op::Delete), 0);
    // From the newest one it is not.
    world.saved(save(Some(newest.clone()), newest.number + 1, 100), &[]);
}

#[test]
fn a_load_that_misses_a_file_begins_anew_where_the_log_has_gone_on() {
    let world = World::new();
    let head = round(&world, None);
    let (keeper, shelf) = world.keeper();
    shelf.hold();
    let mut load = keeper.load(wanted(1000), Taken::expecting);
    // Folders, numbers, the entry: then it would read the base's file.
    for _ in 0..3 {
        world.clockwork.run();
        assert!(shelf.waits());
        shelf.let_one();
    }
    world.clockwork.run();
    assert!(shelf.waits() && matches!(load.poll(), Loading::Waits));
    let mut head = head;
    for _ in 0..2 {
        head = round(&world, Some(head));
    }
    for _ in 0..20 {
        shelf.let_one();
        world.clockwork.run();
    }
    let loaded = world.end_of_load(load);
    assert!(matches!(loaded.over[0].reason, Reason::FileMissing { .. }), "{:?}", loaded.over);
    assert_eq!((loaded.number(), loaded.over.len()), (Some(head.number), 1));
    assert_eq!(loaded.leads, leads(&[("acme/a", "new"), ("acme/b", "x")]));
}
