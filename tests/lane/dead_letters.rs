//! Invariant 8: what cannot be read is set aside whole, once, and in the transaction that commits its position.

use crate::lane_support::dice::Fall;
use crate::lane_support::*;
use needle::log::Remedy;
use needle::log::memory::{Call, StoredRecord};

/// What a dead letter says of where it comes from.
fn place(line: &Line) -> (String, i32, i64) {
    let header = |name: &str| line.header(name).expect("a header");
    (
        header("needle_topic"),
        header("needle_partition").parse().expect("a number"),
        header("needle_offset").parse().expect("a number"),
    )
}

/// A dead letter is the record that it names, with headers added.
fn is_whole(line: &Line, piped: &[StoredRecord]) {
    let (topic, partition, offset) = place(line);
    let record = piped.iter().find(|record| record.offset == offset).expect("a record that was piped");
    assert_eq!((&*record.topic, record.partition), (topic.as_str(), partition));
    assert_eq!((&record.key, &record.value), (&line.key, &line.value));
    let (theirs, ours) = line.headers.split_at(record.headers.len());
    assert_eq!(theirs, record.headers);
    let names: Vec<_> = ours.iter().map(|(name, _)| String::from_utf8_lossy(name).into_owned()).collect();
    assert_eq!(names, ["needle_reason", "needle_detail", "needle_topic", "needle_partition", "needle_offset"]);
    assert!(ours.iter().all(|(_, value)| value.as_ref().is_some_and(|value| !value.is_empty())));
}

#[test]
fn each_once_and_whole() {
    for dice in [Dice::default(), Dice::random(5, 60, 60)] {
        let mut world = World::new(usual(), 2);
        world.pipe_all(&generate(81, 2, 700));
        let mut worker = Worker::new(&world, "a").cuts(1, 15).dice(dice);
        world.settle(&mut [&mut worker]);
        for partition in 0..2 {
            let letters = world.said(partition).letters;
            letters.iter().for_each(|line| is_whole(line, world.piped(0, partition)));
            let places: Vec<_> = letters.iter().map(place).collect();
            assert!(places.len() > 3 && places.is_sorted_by(|a, b| a < b), "each once, in order: {places:?}");
            let theirs = letters.iter().filter(|line| line.header("trace").is_some()).count();
            assert!(theirs > 0, "some had headers of their own");
        }
        world.assert_true();
    }
}

const GOOD: &str = r#"{"type":"page","userId":"u-1","messageId":"m-1","properties":{"path":"/pricing"}}"#;

#[test]
fn a_batch_counts_as_far_as_it_can_be_read() {
    let batch = format!(r#"{{"batch":[{GOOD},{{"type":"page"}},17,{}]}}"#, GOOD.replace("1\"", "2\""));
    let mut world = World::new(usual(), 1);
    world.pipe(0, 0, &[Draft::new(1_763_800_000_000, "k", batch)]);
    let mut worker = Worker::new(&world, "a");
    world.settle(&mut [&mut worker]);
    let said = world.said(0);
    let leads: Vec<_> = said.changes.iter().map(|line| line.json()["lead"].clone()).collect();
    assert_eq!(leads, ["u-1", "u-2"]);
    let ids: Vec<_> = said.changes.iter().map(|line| line.header("ce_id").expect("an id")).collect();
    assert_eq!(ids, ["events-0-0-0", "events-0-0-3"]);
    let [letter] = &said.letters[..] else { panic!("{:?}", said.letters) };
    is_whole(letter, world.piped(0, 0));
    let detail = letter.header("needle_detail").expect("a sentence");
    assert!(detail.contains('1') && detail.contains('2'), "it names the bad ones: {detail}");
    assert_eq!((worker.seen.dead_letters, worker.seen.events), (1, 2));
}

/// Neither comes without the other: the letter, and the position behind it.
#[test]
fn in_the_transaction_of_its_position() {
    for (lost, told) in [(false, 0), (true, 1)] {
        let mut world = World::new(usual(), 1);
        let fall = Fall { call: Call::Commit, lost, remedy: Remedy::Rejoin };
        let dice = Dice::at(&[(0, fall)]);
        let mut worker = Worker::new(&world, "a").dice(dice.clone());
        world.pipe(0, 0, &[Draft::new(1_763_800_000_000, "k", "not JSON")]);
        world.turn_until(&mut [&mut worker], |_, _| !dice.fell().is_empty()).expect("it fails");
        assert_eq!(world.said(0).letters.len(), told);
        assert_eq!(world.lagging().is_empty(), told == 1);
        world.settle(&mut [&mut worker]);
        assert_eq!(world.said(0).letters.len(), 1);
        world.assert_true();
    }
}

/// What is undone was never there, for whoever counts.
#[test]
fn counted_once_it_is_committed() {
    let mut world = World::new(usual(), 1);
    let dice = Dice::at(&[(0, Fall { call: Call::Commit, lost: false, remedy: Remedy::Abort })]);
    let mut worker = Worker::new(&world, "a").dice(dice.clone());
    world.pipe(0, 0, &[Draft::new(1_763_800_000_000, "k", "not JSON"), Draft::new(1_763_800_000_000, "k", GOOD)]);
    world.settle(&mut [&mut worker]);
    assert_eq!((worker.seen.aborts, worker.seen.commits), (1, 1));
    assert_eq!((worker.seen.dead_letters, worker.seen.events), (1, 1));
}
