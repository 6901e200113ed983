//! A swap of models comes between two transactions, whatever is open when it is asked for: all that one transaction says is said by
//! the same models.

use std::sync::Arc;

use crate::lane_support::*;
use needle::model::Served;

fn models(world: &World, version: usize) -> Arc<Served> {
    Arc::new(Served::one(another_model(&world.assembly, &format!("v{version}"), version as f64 / 2.0)))
}

/// Versions of what has become visible in all partitions since the last call.
fn versions(world: &mut World, seen: &mut [usize]) -> Vec<String> {
    let mut new = Vec::new();
    for (partition, seen) in seen.iter_mut().enumerate() {
        let said = world.said(partition as i32);
        let lines = said.changes[*seen..].iter();
        new.extend(lines.map(|line| line.json()["model"]["version"].as_str().expect("a version").to_owned()));
        *seen = said.changes.len();
    }
    new
}

#[test]
fn what_is_open_is_finished_by_the_old_ones() {
    let mut world = World::new(talkative(), 1);
    let mut worker = Worker::new(&world, "a").interval(1000).cuts(1, 5);
    world.turn_until(&mut [&mut worker], |_, workers| workers[0].is_on()).expect("a lane");
    worker.lane_mut().serve(models(&world, 1));
    let events = generate(7, 1, 60).remove(0);
    world.pipe(0, 0, &events[..30]);
    let open = |world: &World, _: &[&mut Worker]| !world.broker.open_transactions().is_empty();
    world.turn_until(&mut [&mut worker], open).expect("a transaction");
    worker.lane_mut().serve(models(&world, 2));
    // More is said in the transaction after the new models have come.
    let before = worker.seen.events;
    world.turn_until(&mut [&mut worker], |_, workers| workers[0].seen.commits > 0).expect("a commit");
    assert!(worker.seen.events > before + 5, "the transaction had gone on: {}", worker.seen.events);
    let mut seen = [0];
    let first = versions(&mut world, &mut seen);
    assert!(first.len() > 5 && first.iter().all(|version| version == "v1"), "{first:?}");
    world.pipe(0, 0, &events[30..]);
    world.settle(&mut [&mut worker]);
    let second = versions(&mut world, &mut seen);
    assert!(!second.is_empty() && second.iter().all(|version| version == "v2"), "{second:?}");
}

#[test]
fn whatever_fails_in_between() {
    let mut swaps = 0;
    for seed in 0..20 {
        let mut world = World::new(usual(), 3);
        world.pipe_all(&generate(seed, 3, 600));
        let mut worker = Worker::new(&world, "a").interval(60).cuts(seed, 12).dice(Dice::random(seed, 40, 20));
        let (mut seen, mut commits, mut asked, mut last) = ([0; 3], 0, 0, 0);
        for turn in 0.. {
            assert!(turn < 5_000, "seed {seed}: it hangs");
            if world.is_settled() {
                break;
            }
            // In every state that a lane can be in.
            if turn % 5 == 0 && worker.is_on() {
                asked += 1;
                worker.lane_mut().serve(models(&world, asked));
            }
            world.turn(&mut [&mut worker]);
            let new = versions(&mut world, &mut seen);
            assert!(worker.seen.commits <= commits + 1, "seed {seed}: no turn commits twice");
            commits = worker.seen.commits;
            assert!(new.windows(2).all(|pair| pair[0] == pair[1]), "seed {seed}: one transaction, {new:?}");
            if let Some(version) = new.first().and_then(|version| version.strip_prefix('v')) {
                let version: usize = version.parse().expect("a number");
                assert!(version >= last, "seed {seed}: v{version} after v{last}");
                swaps += usize::from(version > last);
                last = version;
            }
        }
    }
    assert!(swaps > 50, "models were swapped {swaps} times");
}
