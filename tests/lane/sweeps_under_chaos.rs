//! Sweeps by models and by time, while partitions change hands, lanes die and calls fail: each lead's score changes are a chain, in which
//! each one knows what was said before it; events are said once each; nothing but an event jumps; and in the end every
//! lead's last word is that of the model that is served.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::lane_support::events::Random;
use crate::lane_support::world::leads;
use crate::lane_support::*;
use needle::lane::State;
use needle::model::Served;
use serde_json::Value;

const START_MS: i64 = 1_763_800_000_000;
const HOUR_MS: i64 = 3_600_000;
const PARTITIONS: i32 = 3;

fn models(world: &World, version: usize) -> Arc<Served> {
    let more = [0.0, 0.9, -0.6, 0.3][version % 4];
    Arc::new(Served::one(another_model(&world.assembly, &format!("v{version}"), more)))
}

/// What must hold of a partition's outputs. Returns how many were said by cause.
fn audit(world: &mut World, partition: i32, version: &str) -> Result<[usize; 3], String> {
    let (said, truth) = (world.said(partition), world.truth(partition).0);
    let mut last: BTreeMap<Vec<u8>, Value> = BTreeMap::new();
    let (mut ids, mut events, mut counts) = (BTreeSet::new(), Vec::new(), [0; 3]);
    for line in &said.changes {
        let (json, id) = (line.json(), line.header("ce_id").ok_or("no ce_id")?);
        if !ids.insert(id.clone()) {
            return Err(format!("{id} again"));
        }
        let before = last.insert(line.key.clone().unwrap_or_default(), json.clone());
        let before = before.unwrap_or_default();
        if json["previous"] != before["score"] {
            return Err(format!("{id} follows on {before}, and says {json}"));
        }
        if json["as_of"].as_str() < before["as_of"].as_str() {
            return Err(format!("{id} goes back behind {before}: {json}"));
        }
        match json["cause"].as_str() {
            Some("event") => events.push(id),
            _ if json["event"] != Value::Null => return Err(format!("an event is named: {json}")),
            _ => {}
        }
        let cause = ["event", "model", "decay"].iter().position(|cause| json["cause"] == *cause);
        counts[cause.ok_or("no cause")?] += 1;
    }
    let must: Vec<String> = truth.changes.iter().filter_map(|line| line.header("ce_id")).collect();
    if events != must {
        return Err(format!("{} events are said, not {}", events.len(), must.len()));
    }
    if let Some(jump) = said.jumps.iter().find(|jump| jump.json()["cause"] != "event") {
        return Err(format!("{jump:?}"));
    }
    match last.values().find(|json| json["model"]["version"] != version) {
        Some(json) => Err(format!("by another than {version}: {json}")),
        None => Ok(counts),
    }
}

/// The decisions that the score changes carry, and those that a worker holds.
fn remembers(world: &mut World, workers: &[&mut Worker]) -> Result<(), String> {
    for partition in 0..PARTITIONS {
        let mut carried = BTreeMap::new();
        for line in world.said(partition).changes {
            let decisions = line.headers.iter().find(|(name, _)| name == b"needle_decisions");
            carried.insert(line.key, decisions.and_then(|(_, value)| value.clone()).unwrap_or_default());
        }
        let shards = workers.iter().filter(|worker| worker.is_on()).flat_map(|worker| worker.lane().shards());
        for shard in shards.filter(|shard| shard.partition == partition) {
            for (key, (_, decisions)) in leads(shard) {
                if carried.get(&Some(key.clone())).unwrap_or(&Vec::new()) != &decisions {
                    return Err(format!("partition {partition}: {:?}", String::from_utf8_lossy(&key)));
                }
            }
        }
    }
    Ok(())
}

fn a_life(seed: u64) -> Result<([usize; 3], usize), String> {
    let mut random = Random(seed);
    // Every event is said, so that it is seen to be.
    let mut world = World::new(assembly("[scoring]\nchange_threshold = 0"), PARTITIONS);
    world.advance(START_MS);
    let input = generate(seed, PARTITIONS, 240);
    let dice = [Dice::random(seed, 25, 15), Dice::random(seed + 1_000, 25, 15)];
    let worker = |id: usize, world: &World| {
        let worker = if seed.is_multiple_of(2) { Worker::static_member } else { Worker::new };
        let worker = worker(world, ["a", "b"][id]).cuts(seed, 9).interval([0, 30][id]);
        worker.sweeping(Some(HOUR_MS)).dice(dice[id].clone())
    };
    let (mut a, mut b) = (worker(0, &world), worker(1, &world));
    let (mut version, mut piped) = (0, 0);
    for _ in 0..160 {
        let some = random.below(4);
        let next = |all: &Vec<Draft>| all.iter().skip(piped).take(some).cloned().collect::<Vec<_>>();
        world.pipe_all(&input.iter().map(next).collect::<Vec<_>>());
        piped += some;
        match random.below(12) {
            0 => {
                version += 1;
                let models = models(&world, version);
                a.serve(models.clone());
                b.serve(models);
            }
            1 => world.advance(random.below(20) as i64 * HOUR_MS / 4),
            2 => [&mut a, &mut b][random.below(2)].crash(),
            3 => [&mut a, &mut b][random.below(2)].put_aside(),
            4 => [&mut a, &mut b][random.below(2)].finish(world.now_ms),
            _ => {}
        }
        for _ in 0..random.below(6) {
            world.advance(10);
            let mut order = [&mut a, &mut b];
            order.rotate_left(random.below(2));
            for worker in order {
                worker.try_turn(world.now_ms).map_err(|error| error.to_string())?;
            }
        }
    }
    world.pipe_all(&input.iter().map(|all| all.iter().skip(piped).cloned().collect()).collect::<Vec<_>>());
    version += 1;
    let last = models(&world, version);
    a.serve(last.clone());
    b.serve(last.clone());
    world.try_settle(&mut [&mut a, &mut b])?;
    let mut quiet = 0;
    world.turn_until(&mut [&mut a, &mut b], |world, workers| {
        let all_on = workers.iter().all(|w| w.is_on() && w.lane().state() == State::Running);
        quiet = if all_on && world.is_settled() { quiet + 1 } else { 0 };
        quiet > 40
    })?;
    remembers(&mut world, &[&mut a, &mut b])?;
    let mut sum = [0; 3];
    for partition in 0..PARTITIONS {
        let counts =
            audit(&mut world, partition, &format!("v{version}")).map_err(|e| format!("partition {partition}: {e}"))?;
        sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    }
    // Who begins with nothing in memory remembers the same.
    a.finish(world.now_ms);
    b.finish(world.now_ms);
    let mut heir = Worker::new(&world, "heir").sweeping(None);
    heir.serve(last);
    world.turn_until(&mut [&mut heir], |_, workers| {
        workers[0].is_on() && workers[0].lane().shards().count() == PARTITIONS as usize
    })?;
    remembers(&mut world, &[&mut heir])?;
    Ok((sum, dice.iter().map(|dice| dice.fell().len()).sum()))
}

#[test]
fn each_lead_has_one_history() {
    let (mut sum, mut fell) = ([0; 3], 0);
    for seed in 0..40 {
        let (counts, falls) = a_life(seed).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        fell += falls;
    }
    let [events, model, decay] = sum;
    assert!(events > 5_000 && model > 1_000 && decay > 100 && fell > 300, "{sum:?}, {fell} faults");
}
