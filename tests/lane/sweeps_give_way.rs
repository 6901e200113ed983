//! While more events wait than a poll takes, sweeps make room: other models' go on in small slices, and time is not looked at; and no slice
//! looks at all leads of a large partition at once.

use std::sync::Arc;

use crate::lane_support::*;
use needle::model::Served;

const HOUR_MS: i64 = 3_600_000;
const START_MS: i64 = 1_763_800_000_000;
/// Records of one poll, and leads of a slice beside it.
const POLL: u64 = 512;
const SLICE: u64 = 16;

fn views(name: &str, count: usize, at_ms: i64) -> Vec<Draft> {
    let view = |lead: usize| {
        let id = format!("{name}-{lead}");
        let json = format!(
            r#"{{"type":"page","userId":"{id}","messageId":"{id}","timestamp":{at_ms},"properties":{{"path":"/pricing"}}}}"#
        );
        Draft::new(at_ms, &id, json)
    };
    (0..count).map(view).collect()
}

/// A worker that knows so many leads, a day later.
fn begun(leads: usize, every_ms: Option<i64>) -> (World, Worker) {
    let mut world = World::new(usual(), 1);
    world.advance(START_MS);
    world.pipe(0, 0, &views("old", leads, START_MS));
    let mut worker = Worker::static_member(&world, "a").interval(0).cuts(1, usize::MAX).sweeping(every_ms);
    world.settle(&mut [&mut worker]);
    worker.crash();
    // Its session outlives the hours that are passed over.
    worker.settings.session_timeout_ms = 1_000 * HOUR_MS;
    world.advance(30 * HOUR_MS);
    worker.seen.changes.clear();
    (world, worker)
}

#[test]
fn another_models_sweep_goes_on_in_small_slices() {
    let (mut world, mut worker) = begun(1_000, None);
    worker.serve(Arc::new(Served::one(another_model(&usual(), "v1", 0.7))));
    let now_ms = world.now_ms;
    world.pipe(0, 0, &views("new", 20 * POLL as usize, now_ms));
    world.settle(&mut [&mut worker]);
    let full: Vec<_> = worker.seen.changes.iter().filter(|[event, ..]| *event > 0 && event % POLL == 0).collect();
    assert!(full.iter().map(|[event, ..]| event / POLL).sum::<u64>() >= 15, "{:?}", worker.seen.changes);
    for [event, model, _] in full {
        assert!((1..=SLICE * (event / POLL)).contains(model), "{model} rescored beside {event} events");
    }
}

#[test]
fn time_is_not_looked_at() {
    let (mut world, mut worker) = begun(1_000, Some(HOUR_MS));
    // What a lane begins with is another models' sweep, of which nothing is to be said; then time is due.
    let is_done = |worker: &Worker| worker.lane().shards().next().is_some_and(|s| s.sweeps.running().is_none());
    world.turn_until(&mut [&mut worker], |_, workers| workers[0].is_on() && is_done(workers[0])).expect("swept");
    world.advance(2 * HOUR_MS);
    let now_ms = world.now_ms;
    world.pipe(0, 0, &views("new", 20 * POLL as usize, now_ms));
    world.settle(&mut [&mut worker]);
    let full = worker.seen.changes.iter().filter(|[event, ..]| *event > 0 && event % POLL == 0);
    let [events, decayed] = full.fold([0, 0], |sum, [event, _, decay]| [sum[0] + event, sum[1] + decay]);
    // One slice belongs to the turn that finds nothing more, and commits.
    assert!(events >= 15 * POLL && decayed <= 64, "{:?}", worker.seen.changes);
    (0..60).for_each(|_| world.turn(&mut [&mut worker]));
    let decayed: u64 = worker.seen.changes.iter().map(|[.., decay]| decay).sum();
    assert_eq!(decayed, 1_000, "afterwards each has its turn");
}

#[test]
fn a_slice_looks_at_some_leads_alone() {
    let (mut world, mut worker) = begun(5_000, None);
    let mut turns = 0;
    while world.turn_until(&mut [&mut worker], |_, workers| workers[0].is_on()).is_ok() && turns < 100 {
        world.turn(&mut [&mut worker]);
        let Some(shard) = worker.lane().shards().next() else { continue };
        if shard.sweeps.running().is_none() {
            break;
        }
        turns += 1;
    }
    // Nothing is said of any; and 2,048 places at a time.
    assert_eq!(worker.seen.changes, Vec::<[u64; 3]>::new());
    assert!((2..20).contains(&turns), "5,000 leads were looked at in {turns} turns");
}
