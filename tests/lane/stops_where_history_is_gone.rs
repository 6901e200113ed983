//! Invariant 8: what can neither be processed nor set aside stops its partition, loudly, and no other.

use crate::lane_support::*;
use needle::lane::State;
use needle::lane::shard::Shard;
use needle::log::Input;

fn input(partition: i32) -> Input {
    Input { topic: 0, partition }
}

/// A world in which 40 records of each of three partitions are committed, and the lane is gone.
fn with_history() -> (World, Vec<Vec<Draft>>) {
    let mut world = World::new(usual(), 3);
    let records = generate(71, 3, 600);
    world.pipe_all(&records.iter().map(|records| records[..40].to_vec()).collect::<Vec<_>>());
    let mut former = Worker::new(&world, "a");
    world.settle(&mut [&mut former]);
    former.finish(world.now_ms);
    (world, records)
}

fn rest(records: &[Vec<Draft>], partitions: &[i32]) -> Vec<Vec<Draft>> {
    let of = |(partition, all): (i32, &Vec<Draft>)| {
        if partitions.contains(&partition) { all[40..].to_vec() } else { Vec::new() }
    };
    (0..).zip(records).map(of).collect()
}

/// Partition 1 is stopped, and says why; the others are worked on.
fn one_is_stopped(world: &mut World, records: &[Vec<Draft>], telling: &[&str]) {
    let stood = world.committed(input(1));
    let said = world.said(1);
    world.pipe_all(&rest(records, &[0, 2]));
    let mut worker = Worker::new(world, "a");
    world.settle(&mut [&mut worker]);
    world.pipe_all(&rest(records, &[1]));
    for _ in 0..200 {
        world.turn(&mut [&mut worker]);
    }
    let [(partition, reason)] = &worker.seen.stopped[..] else { panic!("{:?}", worker.seen.stopped) };
    assert_eq!(*partition, 1);
    assert!(telling.iter().all(|part| reason.contains(part)), "{reason}");
    assert_eq!(worker.lane().stopped().iter().collect::<Vec<_>>(), [(partition, reason)]);
    assert_eq!(worker.lane().state(), State::Running);
    assert_eq!((world.committed(input(1)), world.said(1)), (stood, said), "nothing more of it");
    for partition in [0, 2] {
        world.said(partition).compare(&world.truth(partition).0).expect("the others go on");
    }
}

#[test]
fn events_that_were_folded_are_deleted() {
    let (mut world, records) = with_history();
    let oldest = world.piped(0, 1)[5].offset;
    world.broker.delete_before("events", 1, oldest).expect("deleted");
    one_is_stopped(&mut world, &records, &["retention", "an input topic", "offset 0", &format!("oldest is {oldest}")]);
}

#[test]
fn score_changes_are_deleted() {
    let (mut world, records) = with_history();
    world.said(1);
    world.broker.delete_before("score-changes", 1, 3).expect("deleted");
    one_is_stopped(&mut world, &records, &["retention", "the score changes", "offset 0", "oldest is 3", "compact"]);
}

type Facts = Vec<(Vec<u8>, Vec<u8>)>;

fn facts(shard: &Shard) -> Facts {
    world::leads(shard).into_iter().map(|(key, (facts, _))| (key, facts)).collect()
}

/// Those of partition 1.
fn facts_of(worker: &Worker) -> Facts {
    worker.lane().shards().find(|shard| shard.partition == 1).map(facts).expect("it is worked on")
}

#[test]
fn a_position_set_by_hand_goes_on_from_what_is_left() {
    // To the oldest record, to one in the middle of what is left, and to one that is gone.
    for (set, from) in [(5, 5), (20, 5), (0, 5)] {
        let mut world = World::new(usual(), 2);
        let records = generate(72, 2, 200);
        world.pipe_all(&records);
        let at = |index: usize| world.piped(0, 1)[index].offset;
        let (set, from) = (at(set), at(from));
        world.broker.delete_before("events", 1, from).expect("deleted");
        world.set_by_hand(input(1), set);
        let mut worker = Worker::new(&world, "a");
        world.settle(&mut [&mut worker]);
        assert_eq!(worker.seen.stopped, []);
        // Facts of all that is left, words about what comes after the position.
        let left = world.piped(0, 1).iter().filter(|record| record.offset >= from).map(|record| (0, record));
        let (_, shard) = said::truth(&world.assembly, 1, left);
        let truth = facts(&shard);
        assert_eq!(facts_of(&worker), truth);
        let said = world.said(1);
        let first = said.changes[0].json()["input"]["offset"].as_i64().expect("an offset");
        assert!(first >= set.max(from), "{first} is before {set}");
        // And it can be restored: its own positions say from where.
        worker.finish(world.now_ms);
        let mut heir = Worker::new(&world, "b");
        world.turn_until(&mut [&mut heir], |_, workers| workers[0].seen.restored.len() == 2).expect("restored");
        assert_eq!(facts_of(&heir), truth);
    }
}
