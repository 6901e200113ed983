//! Invariants 2 and 4: a lane that begins with nothing in memory has the facts from the input and the decisions from the score changes,
//! also where only the last of each lead is left, and goes on as if it had never been away.

use std::collections::BTreeMap;

use crate::lane_support::world::{Leads, leads};
use crate::lane_support::*;
use needle::lane::State;
use proptest::prelude::*;

fn leads_of(worker: &Worker, partition: i32) -> Leads {
    worker.lane().shards().find(|shard| shard.partition == partition).map(leads).unwrap_or_default()
}

/// The decisions that a partition's score changes carry, the last of each lead.
fn carried(said: &Said) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let decisions = |line: &Line| {
        let header = line.headers.iter().find(|(name, _)| name == b"needle_decisions");
        Some((line.key.clone()?, header?.1.clone()?))
    };
    said.changes.iter().map(|line| decisions(line).expect("decisions")).collect()
}

fn decisions(leads: &Leads) -> BTreeMap<Vec<u8>, Vec<u8>> {
    leads
        .iter()
        .filter(|(_, (_, decisions))| !decisions.is_empty())
        .map(|(key, (_, decisions))| (key.clone(), decisions.clone()))
        .collect()
}

#[test]
fn a_lanes_decisions_are_in_its_score_changes() {
    let mut world = World::new(usual(), 2);
    world.pipe_all(&generate(61, 2, 500));
    let mut worker = Worker::new(&world, "a");
    world.settle(&mut [&mut worker]);
    for partition in 0..2 {
        let (said, own) = (world.said(partition), leads_of(&worker, partition));
        assert!(said.changes.len() > own.len() && own.len() > 3, "several for each");
        assert_eq!(carried(&said), decisions(&own));
        assert_eq!(own, leads(&world.truth(partition).1));
    }
}

#[test]
fn a_restored_lane_is_the_same_to_the_byte() {
    let mut world = World::new(usual(), 2);
    world.pipe_all(&generate(62, 2, 500));
    let mut former = Worker::new(&world, "a");
    world.settle(&mut [&mut former]);
    let before = [0, 1].map(|partition| leads_of(&former, partition));
    for compacted in [false, true] {
        if compacted {
            world.compact();
        }
        let mut heir = Worker::new(&world, "a").cuts(3, 50);
        world
            .turn_until(&mut [&mut heir], |_, workers| {
                workers[0].is_on() && workers[0].lane().state() == State::Running
            })
            .expect("restored");
        assert_eq!([0, 1].map(|partition| leads_of(&heir, partition)), before, "compacted: {compacted}");
        assert_eq!(heir.seen.restored.len(), 2);
        heir.finish(world.now_ms);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// A lane dies at any moment, with a transaction open or not, and comes back at once or much later, under its name or another.
    #[test]
    fn crashes_change_nothing(
        seed in any::<u64>(),
        partitions in 1..4i32,
        interval_ms in prop_oneof![Just(0i64), Just(30), Just(500)],
        lives in prop::collection::vec((0..40usize, 0..30usize, any::<bool>(), any::<bool>(), any::<bool>()), 1..8),
    ) {
        let mut world = World::new(usual(), partitions);
        let input = generate(seed, partitions, 80 * partitions as usize);
        let mut piped = 0;
        let mut worker = Worker::static_member(&world, "a");
        for (index, (turns, records, compact, other_name, late)) in lives.into_iter().enumerate() {
            world.pipe_all(&input.iter().map(|all| all.iter().skip(piped).take(records).cloned().collect()).collect::<Vec<_>>());
            piped += records;
            let id = if other_name { format!("a{index}") } else { "a".to_owned() };
            worker = Worker::static_member(&world, &id).interval(interval_ms).cuts(seed, 12);
            for _ in 0..turns {
                world.turn(&mut [&mut worker]);
            }
            worker.crash();
            if late {
                world.advance(30_000);
            }
            if compact {
                world.compact();
            }
        }
        world.pipe_all(&input.iter().map(|all| all.iter().skip(piped).cloned().collect()).collect::<Vec<_>>());
        prop_assert_eq!(world.try_settle(&mut [&mut worker]), Ok(()));
        prop_assert_eq!(world.audit(), Ok(()));
        let all_here = |worker: &Worker| worker.is_on() && worker.lane().shards().count() == partitions as usize;
        prop_assert_eq!(world.turn_until(&mut [&mut worker], |_, workers| all_here(workers[0])), Ok(()));
        for partition in 0..partitions {
            prop_assert_eq!(leads_of(&worker, partition), leads(&world.truth(partition).1));
        }
    }
}
