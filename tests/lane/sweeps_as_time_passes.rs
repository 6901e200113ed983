//! Time lowers the scores of leads that stay silent, a bounded number in a turn, as of the time of the sweep; it says nothing of those
//! whose score stands, never jumps, and where it is not asked for says nothing at all.

use std::collections::BTreeMap;

use crate::lane_support::*;
use serde_json::Value;

const START_MS: i64 = 1_763_800_000_000;
const HOUR_MS: i64 = 3_600_000;
const LEADS: usize = 300;

fn view(lead: usize, number: usize, at_ms: i64) -> Draft {
    let id = format!("c-{lead}");
    let json = format!(
        r#"{{"type":"page","userId":"{id}","messageId":"{id}-{number}","timestamp":{at_ms},"properties":{{"path":"/pricing"}}}}"#
    );
    Draft::new(at_ms, &id, json)
}

/// So many leads that have looked at prices just now.
fn begun(rules: &str) -> World {
    let mut world = World::new(assembly(rules), 1);
    world.advance(START_MS);
    let views: Vec<Draft> = (0..LEADS).map(|lead| view(lead, 0, START_MS + lead as i64)).collect();
    world.pipe(0, 0, &views);
    world
}

fn turns(world: &mut World, worker: &mut Worker, count: usize) {
    (0..count).for_each(|_| world.turn(&mut [&mut *worker]));
}

fn decayed(world: &mut World) -> Vec<Value> {
    let changes = world.said(0).changes;
    changes.iter().map(Line::json).filter(|json| json["cause"] == "decay").collect()
}

fn instant_ms(json: &Value) -> i64 {
    json.as_str().expect("text").parse::<jiff::Timestamp>().expect("RFC 3339").as_millisecond()
}

#[test]
fn silence_lowers_scores_and_says_so() {
    let mut world = begun("");
    let mut worker = Worker::new(&world, "a").interval(0).sweeping(Some(HOUR_MS));
    world.settle(&mut [&mut worker]);
    assert_eq!(decayed(&mut world), Vec::<Value>::new());
    let mut last: BTreeMap<String, Value> = BTreeMap::new();
    let mut sweeps = 0;
    for day in 1..=20 {
        // Sessions end meanwhile; the lane joins anew.
        worker.finish(world.now_ms);
        world.advance(24 * HOUR_MS);
        worker.seen.changes.clear();
        let before = decayed(&mut world).len();
        turns(&mut world, &mut worker, 30);
        world.advance(HOUR_MS);
        let from_ms = world.now_ms;
        turns(&mut world, &mut worker, 30);
        let lines = world.said(0).changes;
        let new = lines.iter().filter(|line| line.json()["cause"] == "decay").skip(before);
        for (line, json) in new.map(|line| (line, line.json())) {
            let as_of_ms = instant_ms(&json["as_of"]);
            assert!((from_ms..=world.now_ms).contains(&as_of_ms), "day {day}: {json}");
            assert_eq!(json["event"], Value::Null);
            let before = last.insert(json["lead"].as_str().expect("a lead").to_owned(), json.clone());
            assert!(json["score"].as_u64() < json["previous"].as_u64(), "it sinks: {json}");
            assert!(before.is_none_or(|before| before["score"] == json["previous"]), "{json}");
            assert_eq!(json["moved"]["points"].as_f64().map(|points| points < 0.0), Some(true), "{json}");
            let key = format!("default/{}", json["lead"].as_str().expect("a lead"));
            let next = json["input"]["offset"].as_i64().expect("an offset") + 1;
            let id = format!("events-0-{next}-decay-{key}-{as_of_ms}");
            assert_eq!(line.header("ce_id"), Some(id));
        }
        for [_, model, decay] in &worker.seen.changes {
            assert!(*decay <= 64 && *model == 0, "{:?}", worker.seen.changes);
            sweeps += usize::from(*decay > 0);
        }
        if day == 1 {
            assert_eq!(last.len(), LEADS, "each has sunk");
        }
    }
    assert!(sweeps > 30, "{sweeps} slices");
    let scores: Vec<_> = last.values().map(|json| json["score"].as_u64().expect("a score")).collect();
    assert!(scores.iter().all(|score| *score < 25), "{scores:?}");
    assert_eq!(world.said(0).jumps, world.truth(0).0.jumps, "no jumps");
}

#[test]
fn never_where_it_is_not_asked_for() {
    for every_ms in [None, Some(HOUR_MS)] {
        let mut world = begun("");
        let mut worker = Worker::new(&world, "a").sweeping(every_ms);
        world.settle(&mut [&mut worker]);
        worker.finish(world.now_ms);
        world.advance(30 * HOUR_MS);
        turns(&mut world, &mut worker, 20);
        world.advance(2 * HOUR_MS);
        turns(&mut world, &mut worker, 50);
        assert_eq!(decayed(&mut world).len(), if every_ms.is_some() { LEADS } else { 0 });
    }
}

/// What is undone is said again, to the byte.
#[test]
fn an_abort_repeats_the_same_bytes() {
    use crate::lane_support::dice::Fall;
    use needle::log::Remedy;
    use needle::log::memory::Call;
    let sweep = |dice: Dice| {
        let mut world = begun("");
        let mut worker = Worker::static_member(&world, "a").interval(0).sweeping(Some(HOUR_MS));
        world.settle(&mut [&mut worker]);
        worker.crash();
        world.advance(30 * HOUR_MS);
        worker.dice = dice;
        turns(&mut world, &mut worker, 20);
        world.advance(2 * HOUR_MS);
        turns(&mut world, &mut worker, 60);
        assert!(world.is_settled());
        (world.said(0), worker.seen.aborts)
    };
    let (calm, none) = sweep(Dice::default());
    assert_eq!((calm.changes.len(), none), (2 * LEADS, 0));
    for passed in 0..4 {
        let fall = Fall { call: Call::Commit, lost: false, remedy: Remedy::Abort };
        let (said, aborts) = sweep(Dice::at(&[(passed, fall)]));
        assert_eq!(said.compare(&calm), Ok(()), "commit {passed}");
        assert_eq!(aborts, 1);
    }
}

/// The sweep has said what the score is as of now: an event that comes late does not take it back to when it happened.
#[test]
fn a_late_event_is_scored_as_of_what_was_said() {
    let mut world = begun("");
    let mut worker = Worker::static_member(&world, "a").sweeping(Some(HOUR_MS));
    world.settle(&mut [&mut worker]);
    worker.crash();
    world.advance(20 * 24 * HOUR_MS);
    // A score that has stood for so long is not looked at in each pass.
    for _ in 0..12 {
        turns(&mut world, &mut worker, 30);
        world.advance(HOUR_MS);
    }
    let sunk = decayed(&mut world).into_iter().find(|json| json["lead"] == "c-7").expect("it has sunk");
    world.pipe(0, 0, &[view(7, 1, START_MS + HOUR_MS)]);
    world.settle(&mut [&mut worker]);
    let last = world.said(0).changes.last().expect("a change").json();
    assert_eq!((&last["lead"], &last["cause"]), (&"c-7".into(), &"event".into()));
    assert_eq!(last["as_of"], sunk["as_of"]);
    let rise = last["score"].as_i64().expect("a score") - sunk["score"].as_i64().expect("a score");
    assert!((1..=4).contains(&rise), "one more visit, long ago: {rise}");
}
