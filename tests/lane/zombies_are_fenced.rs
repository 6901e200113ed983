//! Invariant 3: once another lane runs under its transactional id, a lane commits nothing, wherever it was interrupted.

use crate::lane_support::dice::Fall;
use crate::lane_support::*;
use needle::log::Remedy;
use needle::log::memory::Call;

/// Turns a lane until it asks for a new log; it must not have committed anything until then.
fn dies(world: &mut World, zombie: &mut Worker) {
    let commits = zombie.seen.commits;
    let joins = zombie.joins;
    for _ in 0..2_000 {
        world.advance(world.tick_ms);
        zombie.turn(world.now_ms);
        if !zombie.is_on() {
            assert_eq!((zombie.seen.commits, zombie.joins), (commits, joins));
            return;
        }
    }
    panic!("it does not notice");
}

/// A lane with records open stops, another one takes over and works, and the first one wakes up.
fn a_zombie_wakes(static_members: bool, asleep: Asleep) {
    let mut world = World::new(usual(), 2);
    let records = generate(51, 2, 200);
    let piece = |from: usize, to: usize| -> Vec<Vec<Draft>> {
        records.iter().map(|records| records[from..to].to_vec()).collect()
    };
    let member = if static_members { Worker::static_member } else { Worker::new };
    let retried = Fall { call: Call::Commit, lost: false, remedy: Remedy::Retry };
    let dice = match asleep {
        Asleep::Committing => Dice::at(&[(1, retried)]),
        Asleep::Open | Asleep::Idle => Dice::default(),
    };
    world.pipe_all(&piece(0, 20));
    let mut zombie = member(&world, "a").dice(dice.clone());
    world.settle(&mut [&mut zombie]);
    if asleep != Asleep::Idle {
        world.pipe_all(&piece(20, 30));
        world.turn(&mut [&mut zombie]);
        world.turn_until(&mut [&mut zombie], |_, _| asleep == Asleep::Open || !dice.fell().is_empty()).expect("asleep");
        assert_eq!(world.broker.open_transactions(), ["a"]);
    }
    let mut heir = member(&world, "a");
    heir.turn(world.now_ms);
    assert_eq!(world.broker.open_transactions(), [""; 0], "what it had open is aborted");
    if asleep == Asleep::Idle {
        // Its next transaction is the first that it hears of the other one.
        world.pipe_all(&piece(20, 30));
    }
    dies(&mut world, &mut zombie);
    world.pipe_all(&piece(30, 60));
    world.settle(&mut [&mut heir]);
    world.assert_true();
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asleep {
    Idle,
    Open,
    Committing,
}

const ASLEEP: [Asleep; 3] = [Asleep::Idle, Asleep::Open, Asleep::Committing];

#[test]
fn a_static_member() {
    ASLEEP.iter().for_each(|asleep| a_zombie_wakes(true, *asleep));
}

#[test]
fn a_dynamic_member() {
    ASLEEP.iter().for_each(|asleep| a_zombie_wakes(false, *asleep));
}

/// Two processes under one name throw each other out, again and again: nothing is doubled by it.
#[test]
fn two_that_fight() {
    let mut world = World::new(usual(), 2);
    world.pipe_all(&generate(52, 2, 200));
    let (mut one, mut other) =
        (Worker::static_member(&world, "a").cuts(1, 9), Worker::static_member(&world, "a").cuts(2, 9));
    for round in 0..40 {
        let turns = 1 + round % 7;
        for _ in 0..turns {
            world.turn(&mut [&mut one]);
        }
        for _ in 0..8 - turns {
            world.turn(&mut [&mut other]);
        }
    }
    assert!(one.joins > 3 && other.joins > 3, "they do fight");
    one.crash();
    world.settle(&mut [&mut other]);
    world.assert_true();
}
