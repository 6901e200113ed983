//! Invariant 11: what is said is a function of the order of each partition, however records are polled and transactions are cut.

use crate::lane_support::*;
use proptest::prelude::*;

#[test]
fn one_lane_says_what_the_step_says() {
    let mut world = World::new(usual(), 3);
    world.pipe_all(&generate(7, 3, 600));
    let mut worker = Worker::new(&world, "a");
    world.settle(&mut [&mut worker]);
    world.assert_true();
    let (said, _) = world.truth(0);
    let counts = [said.changes.len(), said.jumps.len(), said.letters.len()];
    assert!(counts.iter().all(|count| *count > 3), "the input is worth it: {counts:?}");
}

/// Nothing is committed before the end, everything is.
#[test]
fn one_transaction_is_like_many() {
    let mut world = World::new(usual(), 2);
    world.pipe_all(&generate(8, 2, 300));
    world.tick_ms = 0;
    let mut worker = Worker::new(&world, "a").interval(1 << 40).cuts(1, 40);
    for _ in 0..100 {
        world.turn(&mut [&mut worker]);
    }
    assert_eq!((worker.seen.commits, world.said(0)), (0, Said::default()));
    worker.finish(world.now_ms);
    assert_eq!(worker.seen.commits, 1);
    world.assert_true();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn cuts_and_faults_change_nothing(
        seed in any::<u64>(),
        partitions in 1..4i32,
        records in 1..150usize,
        most in 1..30usize,
        interval_ms in prop_oneof![Just(0i64), 1..100i64, Just(3000)],
        tick_ms in 1..40i64,
        per_mille in prop_oneof![1 => Just(0usize), 4 => 5..200usize],
        piped_at_once in 1..60usize,
    ) {
        let mut world = World::new(usual(), partitions);
        world.tick_ms = tick_ms;
        let dice = Dice::random(seed, per_mille, 40);
        let mut worker = Worker::new(&world, "a").interval(interval_ms).cuts(seed, most).dice(dice.clone());
        let input = generate(seed, partitions, records);
        for from in (0..records).step_by(piped_at_once) {
            for (records, partition) in input.iter().zip(0..) {
                world.pipe(0, partition, records.iter().skip(from).take(piped_at_once).cloned().collect::<Vec<_>>().as_slice());
            }
            world.turn(&mut [&mut worker]);
            world.turn(&mut [&mut worker]);
        }
        let settled = world.try_settle(&mut [&mut worker]);
        prop_assert!(settled.is_ok(), "{settled:?}\n{:?}", dice.fell());
        let audit = world.audit();
        prop_assert!(audit.is_ok(), "{}\n{:?}", audit.unwrap_err(), dice.fell());
        if dice.fell().is_empty() {
            let letters: usize = (0..partitions).map(|partition| world.said(partition).letters.len()).sum();
            prop_assert_eq!(worker.seen.dead_letters, letters as u64, "told once, when committed");
        }
    }
}
