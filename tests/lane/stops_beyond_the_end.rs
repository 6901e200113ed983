//! A committed position beyond the end of its input: waited for as long as the brokers may be wrong, then said; never for ever.

use crate::lane_support::*;
use needle::log::Input;
use needle::log::memory::StoredRecord;

const INPUT: Input = Input { topic: 0, partition: 1 };
/// For so long a broker that says too little may be wrong.
const PATIENCE_MS: i64 = 30_000;

/// A world in which all records of two partitions are committed, and the lane is gone.
fn with_history() -> World {
    let mut world = World::new(usual(), 2);
    world.pipe_all(&generate(74, 2, 400));
    let mut former = Worker::new(&world, "a");
    world.settle(&mut [&mut former]);
    former.finish(world.now_ms);
    world
}

fn end(world: &World) -> i64 {
    world.broker.end("events", 1).expect("a topic")
}

/// Partition 1 is stopped when its time is over, and not before; the other one is worked on.
fn is_stopped_in_time(world: &mut World, worker: &mut Worker, position: i64, end: i64) {
    let stood = world.committed(INPUT);
    let since_ms = world.now_ms;
    world.tick_ms = 100;
    world.turn_until(&mut [&mut *worker], |_, workers| !workers[0].seen.stopped.is_empty()).expect("it is stopped");
    assert!((PATIENCE_MS..PATIENCE_MS + 5_000).contains(&(world.now_ms - since_ms)), "{}", world.now_ms - since_ms);
    let [(1, reason)] = &worker.seen.stopped[..] else { panic!("{:?}", worker.seen.stopped) };
    assert!(reason.contains(&format!("is {position}, beyond its end at {end}:")), "{reason}");
    world.pipe(0, 0, &generate(75, 1, 20)[0]);
    for _ in 0..200 {
        world.turn(&mut [&mut *worker]);
    }
    world.said(0).compare(&world.truth(0).0).expect("the other one goes on");
    assert_eq!((world.committed(INPUT), worker.seen.stopped.len()), (stood, 1), "nothing more of it");
}

#[test]
fn a_position_that_was_set_too_far() {
    let mut world = with_history();
    let end = end(&world);
    world.set_by_hand(INPUT, end + 1);
    let mut worker = Worker::new(&world, "a");
    is_stopped_in_time(&mut world, &mut worker, end + 1, end);
}

#[test]
fn brokers_that_have_lost_what_was_committed() {
    let mut world = with_history();
    let position = world.committed(INPUT).expect("committed");
    world.broker.lose_from("events", 1, 100).expect("lost");
    let mut worker = Worker::new(&world, "a");
    is_stopped_in_time(&mut world, &mut worker, position, 100);
}

/// All of it, and more than the fold's beginning is gone: no reader can even begin there.
#[test]
fn brokers_that_have_lost_everything() {
    let mut world = with_history();
    world.broker.delete_before("events", 1, 50).expect("deleted");
    world.set_by_hand(INPUT, 60);
    let mut worker = Worker::new(&world, "a");
    world.settle(&mut [&mut worker]);
    worker.finish(world.now_ms);
    let position = world.committed(INPUT).expect("committed");
    world.broker.delete_topic("events");
    world.broker.create_topic("events", 2);
    world.set_by_hand(Input { topic: 0, partition: 0 }, 0);
    world.set_by_hand(INPUT, position);
    let mut worker = Worker::new(&world, "b");
    world.tick_ms = 100;
    world.turn_until(&mut [&mut worker], |_, workers| !workers[0].seen.stopped.is_empty()).expect("it is stopped");
    assert!(worker.seen.stopped[0].1.contains("beyond its end at 0"), "{:?}", worker.seen.stopped);
}

#[test]
fn brokers_that_lose_it_while_it_is_read_back() {
    let mut world = with_history();
    let position = world.committed(INPUT).expect("committed");
    let mut worker = Worker::new(&world, "a").cuts(3, 4);
    let halfway = |_: &World, workers: &[&mut Worker]| {
        let mut restoring = workers[0].is_on().then(|| workers[0].lane().restoring()).into_iter().flatten();
        restoring.any(|(partition, read, _)| partition == 1 && read > 50)
    };
    world.turn_until(&mut [&mut worker], halfway).expect("on its way");
    world.broker.lose_from("events", 1, 150).expect("lost");
    is_stopped_in_time(&mut world, &mut worker, position, 150);
}

/// A leader that is behind is not an error, and nothing is missed where it catches up.
#[test]
fn brokers_that_take_their_time() {
    let mut world = with_history();
    let missing: Vec<StoredRecord> = world.piped(0, 1)[100..].to_vec();
    world.broker.lose_from("events", 1, missing[0].offset).expect("lost");
    let mut worker = Worker::new(&world, "a");
    while world.now_ms < PATIENCE_MS - 2_000 {
        world.turn(&mut [&mut worker]);
    }
    assert!(!worker.seen.restored.iter().any(|(partition, _)| *partition == 1));
    missing.iter().for_each(|record| put_back(&world, record));
    world.turn_until(&mut [&mut worker], |_, workers| workers[0].seen.restored.len() == 2).expect("restored");
    assert_eq!(worker.seen.stopped, []);
    world.pipe_all(&generate(76, 2, 100));
    world.settle(&mut [&mut worker]);
    world.assert_true();
}

/// At its old offset: what lies before it that nobody reads is filled with what nobody reads.
fn put_back(world: &World, record: &StoredRecord) {
    let StoredRecord { topic, partition, at_ms, key, value, headers, offset } = record;
    while end(world) < *offset {
        world.abort_upstream(INPUT);
    }
    let put = world.broker.append(topic, *partition, *at_ms, key.as_deref(), value.as_deref(), headers.clone());
    assert_eq!(put.expect("appended"), *offset);
}

/// At the end, and at an end that consists of what is never handed out.
#[test]
fn a_position_at_the_end_is_none_beyond_it() {
    let mut world = with_history();
    world.abort_upstream(INPUT);
    world.set_by_hand(INPUT, end(&world));
    let mut worker = Worker::new(&world, "a");
    world.pipe_all(&generate(77, 2, 100));
    world.settle(&mut [&mut worker]);
    assert_eq!(worker.seen.stopped, []);
    world.assert_true();
}
