//! A snapshot tells up to where the score changes are in its leads' decisions: up to their end when it was begun. So a partition that
//! comes back reads none of them again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::clockwork::Clockwork;
use crate::lane_support::worker::Seen;
use crate::lane_support::{DEAD_LETTER_BYTES, GROUP, World, assembly, generate};
use needle::lane::snapshots::{Clock, Snapshots};
use needle::lane::{Lane, State};
use needle::log::memory::{MemoryLog, Settings};
use needle::snapshot::keeper::Keeper;
use needle::snapshot::plain::Plain;
use object_store::memory::InMemory;

const INTERVAL_MS: i64 = 10_000;

/// A service with snapshots, and the clock of what runs behind them.
struct Service {
    world: World,
    clockwork: Arc<Clockwork>,
    store: Arc<InMemory>,
}

impl Service {
    fn new(partitions: i32) -> Self {
        let mut world = World::new(assembly("[scoring]\nchange_threshold = 0"), partitions);
        world.pipe_all(&generate(5, partitions, 100 * partitions as usize));
        Self { world, clockwork: Arc::default(), store: Arc::default() }
    }

    fn lane(&self) -> Lane<MemoryLog> {
        let World { broker, assembly, .. } = &self.world;
        let log = MemoryLog::new(broker, Settings::new(GROUP, "needle-0", assembly.config.topics.clone()));
        let keeper = Keeper::new(self.store.clone(), Arc::new(Plain), self.clockwork.clone(), "needle");
        let lane = Lane::new(log.expect("a log"), assembly.step(DEAD_LETTER_BYTES), 20, BTreeMap::new());
        lane.keeping(Some(Snapshots { keeper, interval_ms: INTERVAL_MS, clock: Clock::Turns, history_days: 0 }))
    }

    fn turn(&mut self, lane: &mut Lane<MemoryLog>, seen: &mut Seen) {
        self.world.advance(10);
        self.clockwork.run();
        lane.keep(self.world.now_ms, seen).expect("kept");
        lane.turn(self.world.now_ms, Duration::ZERO, seen).expect("a lane that goes on");
    }

    /// What the next lane says that it has read to be back.
    fn read_again(&mut self) -> Vec<(i32, u64)> {
        let (mut lane, mut seen) = (self.lane(), Seen::default());
        // Whoever was there before is gone when its session ends.
        self.world.advance(600_000);
        while lane.state() != State::Running {
            self.turn(&mut lane, &mut seen);
        }
        assert!(lane.shards().all(|shard| shard.leads().len() > 3), "the leads are back");
        seen.restored.sort_unstable();
        seen.restored
    }
}

#[test]
fn when_the_process_ends_in_good_order() {
    let mut service = Service::new(2);
    let (mut lane, mut seen) = (service.lane(), Seen::default());
    while !service.world.is_settled() {
        service.turn(&mut lane, &mut seen);
    }
    while !lane.save_all(service.world.now_ms, &mut seen).expect("saved") {
        service.clockwork.run();
    }
    assert_eq!(seen.saved.len(), 2);
    lane.finish(service.world.now_ms, &mut seen).expect("finished");
    assert_eq!(service.read_again(), [(0, 0), (1, 0)]);
}

#[test]
fn when_the_process_is_killed_long_after_the_last_event() {
    let mut service = Service::new(2);
    let (mut lane, mut seen) = (service.lane(), Seen::default());
    while !service.world.is_settled() || seen.saved.len() < 2 {
        service.turn(&mut lane, &mut seen);
    }
    drop(lane);
    assert_eq!(service.read_again(), [(0, 0), (1, 0)]);
}

/// What was still open when the end was asked for is read again, and nothing before it. A lane that always has something to do takes
/// its snapshots all the same.
#[test]
fn when_events_keep_coming() {
    let mut service = Service::new(1);
    let more = generate(6, 1, 1_000);
    let mut rest = more[0].chunks(2);
    let (mut lane, mut seen) = (service.lane(), Seen::default());
    while seen.saved.is_empty() {
        service.world.pipe(0, 0, rest.next().expect("it was busy until then"));
        service.turn(&mut lane, &mut seen);
    }
    drop(lane);
    let said = service.world.said(0).changes.len() as u64;
    let read = service.read_again()[0].1;
    // Events too: those of some turns.
    assert!(read > 0 && 5 * read < said, "{read} records are read again, {said} score changes were said");
}
