//! Invariant 3: a commit that has happened, and whose answer is lost, is not repeated; one that has not happened is.

use crate::lane_support::dice::Fall;
use crate::lane_support::*;
use needle::log::memory::Call;
use needle::log::{Input, Remedy};

fn a_commit_that_fails(call: Call, lost: bool) {
    for passed in 0..4 {
        let mut world = World::new(usual(), 2);
        let records = generate(41, 2, 200);
        let dice = Dice::at(&[(passed, Fall { call, lost, remedy: Remedy::Rejoin })]);
        let mut worker = Worker::new(&world, "a").cuts(1, 30).dice(dice.clone());
        world.pipe_all(&records);
        world.turn_until(&mut [&mut worker], |_, _| !dice.fell().is_empty()).expect("it fails");
        let stood = [0, 1].map(|partition| world.committed(Input { topic: 0, partition }));
        let told = [0, 1].map(|partition| world.said(partition));
        world.settle(&mut [&mut worker]);
        assert_eq!(worker.joins, 2, "it has joined anew");
        if lost && call == Call::Commit {
            // The lane went on from a position that it was never told of, and what was said before it is not said again.
            assert!(stood.iter().any(Option::is_some), "the commit has happened");
            let restored = worker.seen.restored.iter().filter(|(_, records)| *records > 0).count();
            assert!(restored > 0, "what it had in memory was older than that");
        }
        for (partition, told) in (0..).zip(told) {
            assert!(world.said(partition).changes.starts_with(&told.changes));
        }
        world.assert_true();
    }
}

#[test]
fn a_commit_that_has_happened_is_not_repeated() {
    a_commit_that_fails(Call::Commit, true);
}

#[test]
fn a_commit_that_has_not_happened_is_repeated() {
    a_commit_that_fails(Call::Commit, false);
    a_commit_that_fails(Call::SendOffsets, true);
    a_commit_that_fails(Call::SendOffsets, false);
}
