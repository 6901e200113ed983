//! An entry that is damaged, or true of something else, is passed over for the one before, with the reason in a sentence that says what was
//! expected and what was found. What was handed over of it is void.

use std::sync::{Arc, Mutex};

use crate::keeper_support::{PARTITION, Taken, World, entry_path, leads, rows, save, topic, wanted};
use needle::lead::arena::Full;
use needle::snapshot::head::{Reach, TopicIdentity};
use needle::snapshot::keeper::{Found, Keeper, Loading, SaveHead, Wanted, WantedInput};
use needle::snapshot::passed_over::Reason;
use needle::snapshot::rows::LeadRow;
use needle::snapshot::sink::Sink;

const FIRST: &[(&str, &str)] = &[("acme/a", "one"), ("acme/b", "one")];

/// Entry 1 at offset 10; entry 2 at 20, with two files of its own.
fn two() -> World {
    let world = World::new();
    let parent = world.saved(save(None, 0, 10), FIRST);
    world.saved(save(Some(parent), 1, 20), &[("acme/a", "two"), ("zeta/a", "two")]);
    world
}

/// What entry 2 is passed over for, and whether its sentence has all these words; entry 1 comes in its place.
#[track_caller]
fn passed_over(world: &World, wanted: Wanted, words: &[&str]) -> Reason {
    let loaded = world.loaded(wanted);
    assert_eq!((loaded.number(), loaded.known), (Some(1), 2), "{:?}", loaded.over);
    assert_eq!(loaded.leads, leads(FIRST));
    let [over] = &loaded.over[..] else { panic!("{:?}", loaded.over) };
    assert_eq!((over.number, over.and_older), (2, 0));
    let sentence = over.to_string();
    println!("{sentence}");
    for word in words.iter().chain(&[entry_path(2).as_str()]) {
        assert!(sentence.contains(word), "`{word}` is not in: {sentence}");
    }
    over.reason.clone()
}

fn said(found: &Reason, expected: fn(&Reason) -> bool) {
    assert!(expected(found), "{found:?}");
}

/// The file of entry 2 that comes first, and the one that comes last.
fn files(world: &World) -> [String; 2] {
    let files = world.entry(2).files;
    [files[1].path.clone(), files[2].path.clone()]
}

#[test]
fn an_empty_entry() {
    let world = two();
    world.write(&entry_path(2), Vec::new());
    said(&passed_over(&world, wanted(20), &["empty"]), |reason| *reason == Reason::Empty);
}

#[test]
fn an_entry_cut_off_anywhere() {
    let whole = two().read(&entry_path(2));
    for len in 1..whole.len() {
        let world = two();
        world.write(&entry_path(2), whole[..len].to_vec());
        said(&passed_over(&world, wanted(20), &["JSON"]), |reason| matches!(reason, Reason::Malformed { .. }));
    }
}

#[test]
fn an_entry_with_any_byte_altered() {
    let whole = two().read(&entry_path(2));
    for at in 0..whole.len() {
        let world = two();
        let mut bytes = whole.clone();
        // Digits stay digits, letters letters: it is JSON still.
        bytes[at] ^= 1;
        world.write(&entry_path(2), bytes);
        let reason = passed_over(&world, wanted(20), &[]);
        said(&reason, |reason| {
            matches!(reason, Reason::Altered { .. } | Reason::Malformed { .. } | Reason::NewerFormat { .. })
        });
    }
}

#[test]
fn an_entry_of_a_newer_format() {
    let world = two();
    let json = r#"{"format":2,"needle":"7.1.0","something":"else"}"#;
    world.write(&entry_path(2), json.into());
    let reason = passed_over(&world, wanted(20), &["format 2", "needle 7.1.0", "up to 1"]);
    said(&reason, |reason| matches!(reason, Reason::NewerFormat { known: 1, found: 2, .. }));
}

#[test]
fn an_entry_that_belongs_elsewhere() {
    for (change, words) in [
        ((|entry| entry.partition = 4) as fn(&mut needle::snapshot::entry::Entry), ["partition 4", "partition 3"]),
        (|entry| entry.application = "other".into(), ["`other`", "`needle`"]),
    ] {
        let world = two();
        world.rewrite(2, change);
        let reason = passed_over(&world, wanted(20), &words);
        said(&reason, |reason| matches!(reason, Reason::OtherPartition { .. }));
    }
    let world = two();
    world.rewrite(2, |entry| entry.number = 7);
    said(&passed_over(&world, wanted(20), &["number 2", "number 7"]), |reason| {
        matches!(reason, Reason::Malformed { .. })
    });
}

#[test]
fn an_entry_of_another_topic() {
    let world = two();
    world.rewrite(2, |entry| entry.reach[0].topic.id = "made-before".into());
    let reason = passed_over(&world, wanted(20), &["`events`", "made-before", "events-id"]);
    said(&reason, |reason| matches!(reason, Reason::OtherTopic { .. }));

    let world = two();
    world.rewrite(2, |entry| entry.said.topic.id = "made-before".into());
    let reason = passed_over(&world, wanted(20), &["`score-changes`", "made-before", "score-changes-id"]);
    said(&reason, |reason| matches!(reason, Reason::OtherTopic { .. }));

    let world = two();
    world.rewrite(2, |entry| entry.reach[0].topic = topic("clicks"));
    let reason = passed_over(&world, wanted(20), &["`clicks`", "`events`"]);
    said(&reason, |reason| matches!(reason, Reason::UnknownTopic { .. }));

    let world = two();
    world.rewrite(2, |entry| entry.said.topic = topic("old-changes"));
    let reason = passed_over(&world, wanted(20), &["`old-changes`", "`score-changes`"]);
    said(&reason, |reason| matches!(reason, Reason::OtherOutput { .. }));
}

#[test]
fn an_entry_beyond_the_committed_position() {
    let reason = passed_over(&two(), wanted(19), &["`events`", "20", "19"]);
    assert_eq!(reason, Reason::BeyondCommitted { topic: "events".into(), committed: 19, found: 20 });
    assert_eq!(two().loaded(wanted(20)).number(), Some(2));
    assert_eq!(two().loaded(wanted(9)).number(), None);
}

#[test]
fn an_entry_of_another_beginning() {
    let world = two();
    world.rewrite(2, |entry| entry.reach[0].from = 4);
    let reason = passed_over(&world, wanted(20), &["`events`", "offset 4", "begin at 0"]);
    assert_eq!(reason, Reason::OtherBeginning { topic: "events".into(), expected: 0, found: 4 });
    // Where nobody knows the beginning, any will do.
    let anywhere = WantedInput { topic: topic("events"), committed: 20, from: None };
    assert_eq!(world.loaded(Wanted { inputs: vec![anywhere], ..wanted(20) }).number(), Some(2));
}

#[test]
fn an_input_that_was_configured_later_is_no_fault() {
    let later = WantedInput { topic: topic("more"), committed: 0, from: None };
    let Wanted { mut inputs, .. } = wanted(20);
    inputs.insert(0, later);
    assert_eq!(two().loaded(Wanted { inputs, ..wanted(20) }).number(), Some(2));
}

#[test]
fn a_file_that_is_missing() {
    for at in 0..2 {
        let world = two();
        let path = &files(&world)[at];
        world.delete(path);
        assert_eq!(passed_over(&world, wanted(20), &[path]), Reason::FileMissing { path: path.clone() });
    }
}

#[test]
fn a_file_that_is_cut_off() {
    for at in 0..2 {
        let world = two();
        let path = &files(&world)[at];
        let bytes = world.read(path);
        let whole = bytes.len() as u64;
        world.write(path, bytes[..bytes.len() - 3].to_vec());
        let reason = passed_over(&world, wanted(20), &[path, &whole.to_string(), &(whole - 3).to_string()]);
        assert_eq!(reason, Reason::FileLength { path: path.clone(), expected: whole, found: whole - 3 });
    }
}

#[test]
fn a_file_that_is_corrupt() {
    for at in 0..2 {
        let world = two();
        let path = &files(&world)[at];
        let mut bytes = world.read(path);
        bytes[30] ^= 1;
        world.write(path, bytes);
        let expected = &world.entry(2).files[at + 1].xxh3;
        let reason = passed_over(&world, wanted(20), &[path, expected]);
        said(&reason, |reason| matches!(reason, Reason::FileAltered { .. }));
    }
}

#[test]
fn a_file_that_is_none_or_has_other_rows() {
    use xxhash_rust::xxh3::xxh3_64;
    let world = two();
    let path = files(&world)[1].clone();
    let other = b"a file that somebody has put here".to_vec();
    world.rewrite(2, |entry| {
        entry.files[2].bytes = other.len() as u64;
        entry.files[2].xxh3 = format!("{:016x}", xxh3_64(&other));
    });
    world.write(&path, other);
    said(&passed_over(&world, wanted(20), &[&path]), |reason| matches!(reason, Reason::FileUnreadable { .. }));

    let world = two();
    world.rewrite(2, |entry| entry.files[2].rows = 5);
    let reason = passed_over(&world, wanted(20), &[&path, "1 rows", "5 were"]);
    said(&reason, |reason| matches!(reason, Reason::FileRows { expected: 5, found: 1, .. }));
}

/// How many rows each sink of a load has taken in.
#[derive(Debug)]
struct Counting(Arc<Mutex<Vec<usize>>>);

impl Counting {
    fn one_more(of_each: &Arc<Mutex<Vec<usize>>>) -> Self {
        of_each.lock().expect("no panic").push(0);
        Self(of_each.clone())
    }
}

impl Sink for Counting {
    fn take(&mut self, _: LeadRow<'_>) -> Result<(), Full> {
        *self.0.lock().expect("no panic").last_mut().expect("a sink") += 1;
        Ok(())
    }
}

#[test]
fn rows_of_an_entry_that_ends_badly_are_void() {
    let world = two();
    world.delete(&files(&world)[1]);
    let of_each: Arc<Mutex<Vec<usize>>> = Arc::default();
    let told = of_each.clone();
    let mut load = world.keeper().0.load(wanted(20), move |_| Counting::one_more(&told));
    world.clockwork.run();
    assert!(matches!(load.poll(), Loading::Over(over) if over.number == 2));
    assert!(matches!(load.poll(), Loading::Done(Found { head: Some(head), known: 2, .. }) if head.number == 1));
    // The base's, and one of the two, before that was found out; then all that there is before, by a sink of their own.
    assert_eq!((&*of_each.lock().expect("no panic"), load.taken()), (&vec![3, 2], 2));
}

#[test]
fn a_bad_file_is_not_fetched_for_older_entries_that_name_it() {
    let world = World::new();
    let mut head = world.saved(save(None, 0, 10), FIRST);
    head = world.saved(save(Some(head), 1, 20), &[("acme/a", "two")]);
    let bad = head.files[1].path.clone();
    for number in 2..40 {
        head = world.saved(save(Some(head), number, 20 + number as i64), &[]);
    }
    world.delete(&bad);
    let (keeper, shelf) = world.keeper();
    let loaded = world.end_of_load(keeper.load(wanted(100), Taken::expecting));
    assert_eq!((loaded.number(), loaded.known, loaded.leads), (Some(1), 40, leads(FIRST)));
    assert_eq!(shelf.calls().iter().filter(|call| call.path == bad).count(), 1);
    // One sentence for all of them.
    let [over] = &loaded.over[..] else { panic!("{:?}", loaded.over) };
    assert_eq!((over.number, over.and_older, &over.reason), (40, 38, &Reason::FileMissing { path: bad }));
    assert!(over.to_string().ends_with("the 38 before it"), "{over}");
}

#[test]
fn nothing_usable_is_nothing_with_its_reasons() {
    let world = two();
    world.write(&entry_path(1), b"[]".to_vec());
    let loaded = world.loaded(wanted(19));
    assert_eq!((loaded.head, loaded.known, loaded.leads.len()), (None, 2, 0));
    assert_eq!(loaded.over.iter().map(|over| over.number).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn another_application_sees_nothing_of_it() {
    let world = two();
    let (_, shelf) = world.keeper();
    let other =
        Keeper::new(Arc::new(shelf), Arc::new(needle::snapshot::plain::Plain), world.clockwork.clone(), "needle-2");
    assert_eq!(world.end_of_load(other.load(wanted(20), Taken::expecting)).known, 0);
    assert_eq!(world.loaded(Wanted { partition: PARTITION + 1, ..wanted(20) }).known, 0);
}

#[test]
fn a_writer_that_is_no_needle_is_found_out() {
    // What a lane would never ask for: positions that run backwards, no input, one twice.
    let odd: [fn(&mut Vec<Reach>); 3] =
        [|reach| reach[0].from = 30, Vec::clear, |reach| reach.push(Reach { to: 11, ..reach[0].clone() })];
    for change in odd {
        let world = two();
        let mut head = SaveHead { ..save(None, 2, 20) };
        change(&mut head.reach);
        let mut handle = world.keeper().0.save(head);
        handle.offer(rows(&[("acme/a", "odd")])).expect("room");
        handle.close();
        world.end_of_save(&mut handle);
        let loaded = world.loaded(wanted(20));
        assert_eq!((loaded.number(), loaded.over.len()), (Some(2), 1), "{:?}", loaded.over);
    }
    let none = TopicIdentity { name: "events".into(), id: String::new() };
    let inputs = vec![WantedInput { topic: none, committed: 20, from: Some(0) }];
    assert_eq!(two().loaded(Wanted { inputs, ..wanted(20) }).number(), None, "no id is not any id");
}
