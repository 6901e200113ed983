//! `cold_in_days` is the first day on which a lead that stays silent falls below its band, as a search over all days finds it.

use std::collections::BTreeMap;

use crate::lane_support::*;
use needle::decision::Bands;
use needle::lead::facts::{DAY_MS, Facts};
use needle::model::{Scored, Scratch};
use serde_json::Value;

/// The first day below the band, by looking at each.
fn naive(world: &World, bands: &Bands, facts: &Facts, as_of_ms: i64) -> (u8, Option<u64>) {
    let assembly = &world.assembly;
    let (mut row, mut scored, mut scratch) = (vec![0.0; assembly.schema.width()], Vec::new(), Scratch::default());
    let mut score = |day: u64| {
        assembly.schema.extract(facts, as_of_ms + day as i64 * DAY_MS, &mut row);
        assembly.model.score(&row, row.len(), &mut scratch, &mut scored);
        let [Scored { score, .. }] = scored[..] else { panic!("one row") };
        score
    };
    let now = score(0);
    let floor = bands.floor(now);
    (now, (1..=u64::from(assembly.config.scoring.horizon_days)).find(|day| score(*day) < floor))
}

/// The last change of each lead, and what a naive search says of the lead as it is now.
fn found(rules: &str, seed: u64) -> Vec<(Value, Option<u64>)> {
    let mut world = World::new(assembly(rules), 1);
    world.pipe_all(&generate(seed, 1, 300));
    let (said, shard) = world.truth(0);
    let last: BTreeMap<Vec<u8>, Value> =
        said.changes.iter().map(|line| (line.key.clone().expect("a key"), line.json())).collect();
    let bands = Bands::new(&world.assembly.config.scoring.bands);
    let look = |(key, json): (Vec<u8>, Value)| {
        let kept = shard.leads().get(needle::lead::leads::Leads::hash(&key), &key).expect("a lead");
        let mut facts = Facts::default();
        facts.decode(kept.facts).expect("facts");
        let as_of_ms =
            json["as_of"].as_str().expect("text").parse::<jiff::Timestamp>().expect("RFC 3339").as_millisecond();
        let (score, day) = naive(&world, &bands, &facts, as_of_ms);
        // Every event says something, so that the last change is of the lead as it is.
        assert_eq!(json["score"], score);
        (json, day)
    };
    last.into_iter().map(look).collect()
}

#[test]
fn as_a_naive_search_finds_it() {
    let (mut days, mut never, mut lowest) = (BTreeMap::<u64, usize>::new(), 0, 0);
    for (bands, horizon) in [
        ("{ A = 80, B = 60, C = 40, D = 0 }", 30),
        ("{ A = 50, B = 35, C = 20, D = 5, E = 0 }", 30),
        ("{ A = 95, B = 0 }", 30),
        ("{ A = 45, B = 0 }", 4),
        ("{ A = 30, B = 0 }", 1),
    ] {
        let rules = format!("[scoring]\nchange_threshold = 0\nhorizon_days = {horizon}\nbands = {bands}");
        for seed in 0..20 {
            for (json, day) in found(&rules, seed) {
                assert_eq!(json["cold_in_days"].as_u64(), day, "{bands}: {json}");
                match day {
                    Some(day) => *days.entry(day).or_default() += 1,
                    None if json["band"] == bands.trim_end_matches(" = 0 }").rsplit(' ').next().expect("a name") => {
                        lowest += 1
                    }
                    None => never += 1,
                }
            }
        }
    }
    assert!(days.len() > 10 && never > 10 && lowest > 10, "{days:?}, {never} stay, {lowest} cannot fall");
}

/// What a sweep says as time has passed counts from then on, not from the lead's last event.
#[test]
fn of_silent_leads_from_the_sweep_on() {
    const HOUR_MS: i64 = 3_600_000;
    let mut world = World::new(assembly("[scoring]\nbands = { A = 45, B = 30, C = 15, D = 0 }"), 1);
    world.advance(1_763_800_000_000);
    let start_ms = world.now_ms;
    let views = (0..40).map(|lead| {
        let (id, path) = (format!("c-{lead}"), if lead % 2 == 0 { "/pricing" } else { "/docs" });
        let at_ms = start_ms + lead;
        let json = format!(
            r#"{{"type":"page","userId":"{id}","messageId":"{id}","timestamp":{at_ms},"properties":{{"path":"{path}"}}}}"#
        );
        Draft::new(at_ms, &id, json)
    });
    world.pipe(0, 0, &views.collect::<Vec<_>>());
    let mut worker = Worker::static_member(&world, "a").interval(0).sweeping(Some(HOUR_MS));
    world.settle(&mut [&mut worker]);
    let bands = Bands::new(&world.assembly.config.scoring.bands);
    let (_, shard) = world.truth(0);
    for _ in 0..6 {
        worker.crash();
        world.advance(30 * HOUR_MS);
        (0..20).for_each(|_| world.turn(&mut [&mut worker]));
        world.advance(2 * HOUR_MS);
        (0..20).for_each(|_| world.turn(&mut [&mut worker]));
    }
    let changes = world.said(0).changes;
    let decayed = changes.iter().filter(|line| line.json()["cause"] == "decay");
    let mut cold = 0;
    for line in decayed {
        let (key, json) = (line.key.clone().expect("a key"), line.json());
        let kept = shard.leads().get(needle::lead::leads::Leads::hash(&key), &key).expect("a lead");
        let mut facts = Facts::default();
        facts.decode(kept.facts).expect("facts");
        let as_of = json["as_of"].as_str().expect("text").parse::<jiff::Timestamp>().expect("RFC 3339");
        let (score, day) = naive(&world, &bands, &facts, as_of.as_millisecond());
        assert_eq!((&json["score"], json["cold_in_days"].as_u64()), (&score.into(), day), "{json}");
        cold += usize::from(day.is_some());
    }
    assert!(cold > 20, "{cold} changes tell a day");
}
