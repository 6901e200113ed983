//! A partition that cannot be worked on yet holds up nobody but itself: its history is long, a dead lane's transaction is pending on it,
//! or what it is restored from is gone.

use crate::lane_support::dice::Fall;
use crate::lane_support::*;
use needle::lane::State;
use needle::log::memory::{Call, MemoryLog, Settings};
use needle::log::{Batch, Change, Input, Log, Position, Remedy};

/// Within so many turns a new record is committed, whatever else goes on.
const SOON: usize = 20;

fn input(partition: i32) -> Input {
    Input { topic: 0, partition }
}

/// The rest of a partition's records, one after the other, each committed soon.
fn goes_on(world: &mut World, worker: &mut Worker, partition: i32, records: &[Draft]) {
    for record in records {
        world.pipe(0, partition, std::slice::from_ref(record));
        let end = world.piped(0, partition).last().map(|record| record.offset + 1);
        let turns = (0..SOON).take_while(|_| {
            world.turn(&mut [worker]);
            world.committed(input(partition)) != end
        });
        assert!(turns.count() < SOON, "partition {partition} is held up");
    }
}

/// Commits positions as a lane that had nothing to say.
fn commit_in_silence(world: &mut World, partitions: &[i32]) {
    let settings = Settings::new(GROUP, "silent", world.assembly.config.topics.clone());
    let mut log = MemoryLog::new(&world.broker, settings).expect("a log");
    let Ok(Some(Change::Assigned(inputs))) = log.poll(&mut Batch::default(), 1, std::time::Duration::ZERO) else {
        panic!("nothing assigned")
    };
    log.own(&inputs.iter().map(|input| (*input, 0)).collect::<Vec<_>>()).expect("owned");
    let end = |partition: i32| world.piped(0, partition).last().expect("records").offset + 1;
    let position =
        |partition: &i32| (input(*partition), Position { offset: end(*partition), note: "needle/1 from=0".to_owned() });
    log.begin().expect("begun");
    log.commit(&partitions.iter().map(position).collect::<Vec<_>>()).expect("committed");
    log.leave().expect("left");
}

#[test]
fn a_long_history_is_restored_beside_the_others_work() {
    let mut world = World::new(usual(), 3);
    let records = generate(21, 3, 1800);
    let (long, short) = (&records[0][..500], &records[1]);
    world.pipe(0, 0, long);
    world.pipe(0, 1, &short[..30]);
    commit_in_silence(&mut world, &[0, 1]);
    // A slice is four records at most, so the long one takes more than a hundred turns.
    let mut worker = Worker::new(&world, "a").cuts(1, 4);
    let mut turns = 0;
    world
        .turn_until(&mut [&mut worker], |_, workers| {
            turns += 1;
            workers[0].seen.restored.iter().any(|(partition, _)| *partition == 1)
        })
        .expect("restored");
    assert!(turns < 60, "the short one is back after {turns} turns");
    // Partition 1 has history of its own, partition 2 begins.
    goes_on(&mut world, &mut worker, 1, &short[30..60]);
    goes_on(&mut world, &mut worker, 2, &records[2][..30]);
    assert_eq!(worker.lane().restoring().map(|(partition, ..)| partition).collect::<Vec<_>>(), [0], "it still is");
    assert_eq!(worker.lane().state(), State::Restoring);
    world
        .turn_until(&mut [&mut worker], |_, workers| workers[0].lane().state() == State::Running)
        .expect("it comes back");
    let read: Vec<u64> =
        worker.seen.restored.iter().filter(|(partition, _)| *partition == 0).map(|(_, read)| *read).collect();
    assert_eq!(read, [500], "all of it, once");
    goes_on(&mut world, &mut worker, 0, &records[0][500..520]);
}

/// A lane that worked on all partitions, and is gone with a transaction open that holds records of partition 0 alone.
fn dies_with_a_transaction_open(records: &[Vec<Draft>], positions_too: bool) -> World {
    let mut world = World::new(usual(), 3);
    let start: Vec<Vec<Draft>> = records.iter().map(|records| records[..20].to_vec()).collect();
    world.pipe_all(&start);
    let mut dead = Worker::new(&world, "dead");
    world.settle(&mut [&mut dead]);
    let dead_at = dead.dice.seen(Call::Commit);
    dead.crash();
    // The same lane again, which will not get through its next commit.
    let fall = Fall { call: Call::Commit, lost: false, remedy: Remedy::Rejoin };
    let mut dead = Worker::new(&world, "dead").dice(Dice::at(&[(0, fall)]));
    assert!(dead_at > 0);
    world.turn_until(&mut [&mut dead], |_, workers| workers[0].seen.restored.len() == 3).expect("restored");
    world.pipe(0, 0, &records[0][20..30]);
    if !positions_too {
        dead.interval_ms = 1 << 40;
    }
    world.turn_until(&mut [&mut dead], |world, _| !world.broker.open_transactions().is_empty()).expect("open");
    if positions_too {
        world.turn_until(&mut [&mut dead], |_, workers| !workers[0].dice.fell().is_empty()).expect("sent");
    }
    dead.crash();
    assert_eq!(world.broker.open_transactions(), ["dead"]);
    world
}

fn others_go_on_beside_an_open_transaction(positions_too: bool) {
    let records = generate(22, 3, 900);
    let mut world = dies_with_a_transaction_open(&records, positions_too);
    let died_ms = world.now_ms;
    let mut heir = Worker::new(&world, "heir");
    // The dead one is out of the group after 6 s, its transaction is after 10 s.
    world.turn_until(&mut [&mut heir], |_, workers| workers[0].seen.restored.len() == 2).expect("restored");
    for index in 30..40 {
        goes_on(&mut world, &mut heir, 1, &records[1][index..=index]);
        goes_on(&mut world, &mut heir, 2, &records[2][index..=index]);
    }
    assert!(world.now_ms < died_ms + 9_000 && world.broker.open_transactions() == ["dead"], "it is still open");
    assert_eq!(world.committed(input(0)), Some(world.piped(0, 0)[19].offset + 1), "partition 0 waits");
    world.settle(&mut [&mut heir]);
    assert!(world.now_ms > died_ms + 9_000);
    world.assert_true();
}

#[test]
fn a_dead_lanes_positions_are_waited_for() {
    others_go_on_beside_an_open_transaction(true);
}

#[test]
fn a_dead_lanes_outputs_are_waited_for() {
    others_go_on_beside_an_open_transaction(false);
}

/// A member dies and leaves a position pending. Whoever stays has all of its own partitions again at once, and asks for that one later.
#[test]
fn what_a_lane_had_goes_on_before_what_is_pending() {
    let records = generate(23, 3, 300);
    let mut world = World::new(usual(), 3);
    world.pipe_all(&records.iter().map(|records| records[..20].to_vec()).collect::<Vec<_>>());
    let mut stays = Worker::new(&world, "stays");
    let fall = Fall { call: Call::Commit, lost: false, remedy: Remedy::Rejoin };
    world.settle(&mut [&mut stays]);
    let mut dies = Worker::new(&world, "dies").dice(Dice::at(&[(0, fall)]));
    let owned = |worker: &Worker| match worker.is_on() {
        true => worker.lane().shards().map(|shard| shard.partition).collect::<Vec<_>>(),
        false => Vec::new(),
    };
    world
        .turn_until(&mut [&mut stays, &mut dies], |_, workers| workers.iter().all(|worker| !owned(worker).is_empty()))
        .expect("both have some");
    let (kept, lost) = (owned(&stays), owned(&dies));
    for partition in &lost {
        world.pipe(0, *partition, &records[*partition as usize][20..30]);
    }
    world.turn_until(&mut [&mut dies], |_, workers| !workers[0].dice.fell().is_empty()).expect("sent");
    dies.crash();
    let pending = lost.iter().any(|partition| world.broker.is_unstable(GROUP, "events", *partition));
    assert!(pending, "something is pending on {lost:?}");
    world.turn_until(&mut [&mut stays], |_, workers| owned(workers[0]).is_empty()).expect("they are dealt anew");
    while owned(&stays).is_empty() {
        world.turn(&mut [&mut stays]);
    }
    let back = owned(&stays);
    assert!(kept.iter().all(|partition| back.contains(partition)), "of {kept:?} only {back:?} at once");
    assert_eq!(stays.lane().state(), State::Restoring, "{lost:?} wait");
    world.settle(&mut [&mut stays]);
    world.assert_true();
}
