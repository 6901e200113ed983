//! Invariants 3 and 10: partitions change hands at any time, with their states, and each is worked on by one lane at a time. With several
//! input topics a lane owns the same partition of each.

use std::collections::BTreeSet;

use crate::lane_support::dice::Fall;
use crate::lane_support::*;
use needle::log::memory::{Call, StoredRecord};
use needle::log::{Input, Remedy};
use proptest::prelude::*;

/// What happens to the members of a group.
#[derive(Clone, Copy, Debug)]
enum Turn {
    /// So many turns of all that live.
    Work(usize),
    /// Some records come.
    Pipe(usize),
    /// That member comes, or comes back.
    Join(usize),
    /// It leaves in good order.
    Leave(usize),
    /// It is gone, and says nothing.
    Crash(usize),
    /// It hangs, is forgotten by the group, and goes on.
    Sleep(usize),
}

const MEMBERS: usize = 3;

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let turn = prop_oneof![
        4 => (1..12usize).prop_map(Turn::Work),
        4 => (1..12usize).prop_map(Turn::Pipe),
        2 => (0..MEMBERS).prop_map(Turn::Join),
        1 => (0..MEMBERS).prop_map(Turn::Leave),
        1 => (0..MEMBERS).prop_map(Turn::Crash),
        1 => (0..MEMBERS).prop_map(Turn::Sleep),
    ];
    prop::collection::vec(turn, 1..25)
}

struct Group {
    world: World,
    workers: Vec<Worker>,
    alive: [bool; MEMBERS],
    /// By input: what has yet to come.
    left: Vec<(Input, std::vec::IntoIter<Draft>)>,
}

impl Group {
    fn new(world: World, input: Vec<Vec<Vec<Draft>>>, seed: u64, static_members: bool) -> Self {
        let member = |index: usize| {
            let id = format!("m{index}");
            let worker = if static_members { Worker::static_member(&world, &id) } else { Worker::new(&world, &id) };
            // The longest outlives a member's session, but not its transaction.
            worker.cuts(seed + index as u64, 10).interval([0, 300, 9_000][(seed as usize + index) % 3])
        };
        let workers = (0..MEMBERS).map(member).collect();
        let of = |(topic, partitions): (usize, Vec<Vec<Draft>>)| {
            let partitions = partitions.into_iter().zip(0..);
            partitions.map(move |(records, partition)| (Input { topic, partition }, records.into_iter()))
        };
        let left = input.into_iter().enumerate().flat_map(of).collect();
        Self { world, workers, alive: [true, false, false], left }
    }

    fn pipe(&mut self, count: usize) {
        for (input, records) in &mut self.left {
            let records: Vec<Draft> = records.take(count).collect();
            self.world.pipe(input.topic, input.partition, &records);
        }
    }

    fn take(&mut self, turn: Turn) {
        match turn {
            Turn::Work(turns) => {
                for _ in 0..turns {
                    self.world.turn(&mut living(&mut self.workers, self.alive));
                    self.owned_once();
                }
            }
            Turn::Pipe(count) => self.pipe(count),
            Turn::Join(member) => self.alive[member] = true,
            Turn::Leave(member) => {
                self.workers[member].finish(self.world.now_ms);
                self.alive[member] = false;
            }
            Turn::Crash(member) => {
                self.workers[member].crash();
                self.alive[member] = false;
            }
            Turn::Sleep(member) => {
                let alive = self.alive;
                self.alive[member] = false;
                for _ in 0..8 {
                    self.world.advance(900);
                    self.take(Turn::Work(1));
                }
                self.alive = alive;
            }
        }
    }

    /// A lane owns a partition of all topics or of none; nobody who has just turned owns what another one does.
    fn owned_once(&self) {
        let topics = self.world.assembly.config.topics.events.len();
        for (worker, _) in self.workers.iter().zip(self.alive).filter(|(worker, alive)| *alive && worker.is_on()) {
            for shard in worker.lane().shards() {
                let owned: BTreeSet<usize> = shard.inputs.iter().map(|input| input.topic).collect();
                assert_eq!(owned, (0..topics).collect(), "partition {}", shard.partition);
            }
        }
    }

    fn end(&mut self) -> Result<(), String> {
        self.pipe(usize::MAX);
        self.alive[0] = true;
        let mut workers = living(&mut self.workers, self.alive);
        self.world.try_settle(&mut workers)
    }
}

fn living(workers: &mut [Worker], alive: [bool; MEMBERS]) -> Vec<&mut Worker> {
    workers.iter_mut().zip(alive).filter(|(_, alive)| *alive).map(|(worker, _)| worker).collect()
}

/// The order in which the lanes took the records of a partition in, of several topics, as its score changes tell it.
fn order<'a>(world: &'a World, said: &Said, partition: i32) -> Vec<(usize, &'a StoredRecord)> {
    let topics = &world.assembly.config.topics.events;
    let mut order: Vec<(usize, i64)> = Vec::new();
    for change in &said.changes {
        let input = &change.json()["input"];
        let topic = topics.iter().position(|topic| input["topic"] == *topic).expect("one of ours");
        let place = (topic, input["offset"].as_i64().expect("an offset"));
        if order.last() != Some(&place) {
            order.push(place);
        }
    }
    let record = |(topic, offset): (usize, i64)| {
        let piped = world.piped(topic, partition);
        (topic, piped.iter().find(|record| record.offset == offset).expect("a record that was piped"))
    };
    order.into_iter().map(record).collect()
}

/// Records that say something whatever came before them: whole, and new.
fn telling(seed: u64, partitions: i32, records: usize) -> Vec<Vec<Draft>> {
    let mut seen = BTreeSet::new();
    let mut tells = |draft: &Draft| {
        let value = draft.value.clone().unwrap_or_default();
        let text = String::from_utf8_lossy(&value).into_owned();
        serde_json::from_str::<serde_json::Value>(&text).is_ok_and(|json| json["messageId"].is_string())
            && draft.headers.is_empty()
            && seen.insert(text)
    };
    generate(seed, partitions, records)
        .into_iter()
        .map(|drafts| drafts.into_iter().filter(&mut tells).collect())
        .collect()
}

/// A member that was silent for too long finds its transaction open, and its partitions gone.
#[test]
fn what_is_lost_is_undone() {
    let mut world = World::new(usual(), 2);
    let records = generate(5, 2, 100);
    world.pipe_all(&records);
    let mut sleeper = Worker::new(&world, "a").interval(8_000).cuts(1, 10);
    world.turn_until(&mut [&mut sleeper], |world, _| !world.broker.open_transactions().is_empty()).expect("open");
    world.advance(7_000);
    let mut other = Worker::new(&world, "b");
    world.turn(&mut [&mut other]);
    world.settle(&mut [&mut sleeper, &mut other]);
    assert!(sleeper.seen.aborts > 0);
    world.assert_true();
}

/// A group waits for each of its members: one that cannot give up what it has leaves, rather than keep the others waiting.
#[test]
fn a_release_that_fails_holds_up_nobody() {
    for remedy in [Remedy::Retry, Remedy::Abort, Remedy::Rejoin] {
        let mut world = World::new(usual(), 2);
        world.pipe_all(&generate(6, 2, 100));
        let dice = Dice::at(&[(0, Fall { call: Call::Release, lost: false, remedy })]);
        let (mut one, mut other) = (Worker::new(&world, "a").dice(dice.clone()), Worker::new(&world, "b"));
        world.settle(&mut [&mut one]);
        let joined_ms = world.now_ms;
        let works = |worker: &Worker| worker.is_on() && worker.lane().shards().count() == 1;
        world
            .turn_until(&mut [&mut one, &mut other], |_, workers| workers.iter().all(|worker| works(worker)))
            .expect("one for each");
        assert_eq!(dice.fell().len(), 1);
        // A session's time-out, and not a rebalance's.
        assert!(world.now_ms - joined_ms < 10_000, "{remedy:?}: {} ms", world.now_ms - joined_ms);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn change_nothing(seed in 0..u64::MAX / 2, partitions in 1..5i32, static_members: bool, turns in turns()) {
        let input = vec![generate(seed, partitions, 60 * partitions as usize)];
        let mut group = Group::new(World::new(usual(), partitions), input, seed, static_members);
        turns.into_iter().for_each(|turn| group.take(turn));
        prop_assert_eq!(group.end(), Ok(()));
        prop_assert_eq!(group.world.audit(), Ok(()));
    }

    /// Of two topics each is read in its order; what is said follows from the order in which they met.
    #[test]
    fn keep_topics_together(seed in 0..u64::MAX / 2, partitions in 1..4i32, static_members: bool, turns in turns()) {
        let input = vec![telling(seed, partitions, 40 * partitions as usize), telling(seed + 1, partitions, 40 * partitions as usize)];
        let mut group = Group::new(World::new(talkative(), partitions), input, seed, static_members);
        turns.into_iter().for_each(|turn| group.take(turn));
        prop_assert_eq!(group.end(), Ok(()));
        for partition in 0..partitions {
            let said = group.world.said(partition);
            let order = order(&group.world, &said, partition);
            for topic in 0..2 {
                let read: Vec<i64> = order.iter().filter(|(of, _)| *of == topic).map(|(_, record)| record.offset).collect();
                let piped: Vec<i64> = group.world.piped(topic, partition).iter().map(|record| record.offset).collect();
                prop_assert_eq!(read, piped, "topic {} of partition {}, in order and once", topic, partition);
            }
            let (truth, _) = said::truth(&group.world.assembly, partition, order);
            prop_assert_eq!(said.compare(&truth), Ok(()));
        }
    }
}
