//! A score change says by what it moved: additive to the change in points, since the very score change before it.

use std::collections::BTreeMap;

use crate::lane_support::*;
use serde_json::Value;

/// What lies between a share of now and a kept one of then.
const KEPT_TO: f64 = 0.05 + 1e-9;

fn number(value: &Value, field: &str) -> f64 {
    value[field].as_f64().expect("a number")
}

/// Points by feature.
fn reasons(value: &Value) -> BTreeMap<String, f64> {
    let reasons = value["reasons"].as_array().expect("reasons");
    reasons
        .iter()
        .map(|reason| (reason["feature"].as_str().expect("a name").to_owned(), number(reason, "points")))
        .collect()
}

/// `base` + `other` + all reasons.
fn points(change: &Value) -> f64 {
    number(change, "base") + number(change, "other") + reasons(change).values().sum::<f64>()
}

#[test]
fn since_the_change_before() {
    let mut world = World::new(usual(), 2);
    world.pipe_all(&generate(71, 2, 800));
    let mut worker = Worker::new(&world, "a");
    world.settle(&mut [&mut worker]);
    let (mut firsts, mut others, mut compared) = (0, 0, 0);
    for partition in 0..2 {
        let mut last: BTreeMap<Vec<u8>, Value> = BTreeMap::new();
        for line in world.said(partition).changes {
            let change: Value = serde_json::from_slice(&line.value.expect("a value")).expect("JSON");
            let before = last.insert(line.key.expect("a key"), change.clone());
            let Some(before) = before else {
                assert_eq!(change["moved"], Value::Null);
                firsts += 1;
                continue;
            };
            let moved = &change["moved"];
            assert_eq!(moved["since"], before["as_of"]);
            assert!((number(moved, "points") - (points(&change) - points(&before))).abs() < 1e-9);
            let named: f64 = reasons(moved).values().sum();
            assert!((named + number(moved, "other") - number(moved, "points")).abs() < 1e-9);
            let (now, then) = (reasons(&change), reasons(&before));
            for (feature, points) in reasons(moved) {
                if let (Some(now), Some(then)) = (now.get(&feature), then.get(&feature)) {
                    assert!((points - (now - then)).abs() < KEPT_TO, "{feature}: {then} to {now} is {points}");
                    compared += 1;
                }
            }
            others += 1;
        }
    }
    assert!(firsts >= 10 && others > 100 && compared > 100, "{firsts} {others} {compared}");
}

/// The same events by the same models, of which one is not asked why.
#[test]
fn without_reasons_it_says_the_same_and_not_why() {
    let said = |assembly| {
        let mut world = World::new(assembly, 2);
        world.pipe_all(&generate(72, 2, 400));
        let mut worker = Worker::new(&world, "a");
        world.settle(&mut [&mut worker]);
        let lines = (0..2).flat_map(|partition| world.said(partition).changes).collect::<Vec<_>>();
        let json = |line: Line| serde_json::from_slice::<Value>(&line.value.expect("a value")).expect("JSON");
        lines.into_iter().map(json).collect::<Vec<_>>()
    };
    let (with, without) = (said(usual()), said(assembly("[scoring]\nreasons = 0")));
    assert!(with.len() > 100 && with.len() == without.len(), "{} {}", with.len(), without.len());
    for (why, alone) in with.iter().zip(&without) {
        assert!((points(why) - points(alone)).abs() < 1e-9);
        assert_eq!(alone["base"], why["base"]);
        assert_eq!((reasons(alone).len(), &alone["moved"]), (0, &Value::Null));
        for field in ["tenant", "lead", "score", "previous", "probability", "cold_in_days", "event", "input"] {
            assert_eq!(alone[field], why[field], "{field}");
        }
    }
}
