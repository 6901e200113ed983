//! After a swap of models every lead is rescored once, a bounded number in a turn, while events flow; nothing jumps; and whatever fails in
//! between, what is said of a lead is the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::lane_support::*;
use needle::model::Served;
use serde_json::Value;

const PARTITIONS: i32 = 2;

fn models(version: &str, more: f64) -> Arc<Served> {
    Arc::new(Served::one(another_model(&usual(), version, more)))
}

/// Page views of many leads, one of each.
fn crowd(leads: usize) -> Vec<Draft> {
    let view = |lead| {
        let json =
            format!(r#"{{"type":"page","userId":"c-{lead}","messageId":"c-{lead}","properties":{{"path":"/"}}}}"#);
        Draft::new(1_763_800_000_000 + lead as i64, &format!("c-{lead}"), json)
    };
    (0..leads).map(view).collect()
}

/// Score changes of a partition, by lead, in order.
fn by_lead(said: &Said) -> BTreeMap<String, Vec<Value>> {
    let mut leads: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in &said.changes {
        let json = line.json();
        leads.entry(json["lead"].as_str().expect("a lead").to_owned()).or_default().push(json);
    }
    leads
}

fn is_swept(world: &mut World, version: &str) -> bool {
    (0..PARTITIONS).all(|partition| {
        let leads = by_lead(&world.said(partition));
        leads.values().all(|changes| changes.last().is_some_and(|last| last["model"]["version"] == version))
    })
}

/// Several turns in which nothing is left to do.
fn rest(world: &mut World, workers: &mut [&mut Worker]) {
    (0..60).for_each(|_| world.turn(workers));
    assert!(world.is_settled(), "{:?}", world.broker.open_transactions());
}

#[test]
fn every_lead_once_and_a_few_in_a_turn() {
    const LEADS: usize = 700;
    let mut world = World::new(usual(), 1);
    world.pipe(0, 0, &crowd(LEADS));
    let mut worker = Worker::new(&world, "a").interval(0).sweeping(None);
    world.settle(&mut [&mut worker]);
    let before = world.said(0).changes.len();
    assert_eq!(before, LEADS);
    worker.serve(models("v1", 0.7));
    worker.seen.changes.clear();
    rest(&mut world, &mut [&mut worker]);
    let said = world.said(0);
    assert_eq!(said.changes.len(), 2 * LEADS, "each once more");
    assert_eq!(said.jumps.len(), world.truth(0).0.jumps.len(), "no jumps");
    assert!(worker.seen.changes.len() >= LEADS / 64, "in slices: {:?}", worker.seen.changes);
    for [event, model, decay] in &worker.seen.changes {
        assert!((*event, *decay) == (0, 0) && (1..=64).contains(model), "{event} {model} {decay}");
    }
    for (lead, changes) in by_lead(&said) {
        let [first, second] = &changes[..] else { panic!("{lead}: {changes:?}") };
        assert_eq!((&second["cause"], &second["event"]), (&"model".into(), &Value::Null));
        assert_eq!((&second["moved"], &second["previous"]), (&Value::Null, &first["score"]));
        assert_eq!((&second["as_of"], &second["input"]), (&first["as_of"], &first["input"]));
        assert_eq!(second["model"]["version"], "v1");
        assert!(second["score"].as_u64() > first["score"].as_u64(), "{lead}");
    }
    let line = &said.changes[LEADS];
    let (json, key) = (line.json(), String::from_utf8(line.key.clone().expect("a key")).expect("text"));
    let next = json["input"]["offset"].as_i64().expect("an offset") + 1;
    assert_eq!(line.header("ce_id"), Some(format!("events-0-{next}-model-{key}-v1")));
    // Nothing is left: the same models again say nothing.
    worker.serve(models("v1", 0.7));
    rest(&mut world, &mut [&mut worker]);
    assert_eq!(world.said(0).changes.len(), 2 * LEADS);
}

#[test]
fn events_flow_in_between() {
    let mut world = World::new(usual(), 1);
    world.pipe(0, 0, &crowd(2_000));
    let mut worker = Worker::new(&world, "a").interval(0).sweeping(None);
    world.settle(&mut [&mut worker]);
    worker.serve(models("v1", 0.7));
    worker.seen.changes.clear();
    let views = generate(5, 1, 20).remove(0);
    let mut waited = Vec::new();
    for view in views {
        world.pipe(0, 0, &[view]);
        let before = worker.seen.changes.len();
        // What has come is committed with the next transaction.
        while worker.seen.changes[before..].iter().all(|[event, ..]| *event == 0) && !world.is_settled() {
            world.turn(&mut [&mut worker]);
        }
        waited.push(worker.seen.changes.len() - before);
    }
    assert!(waited.iter().all(|commits| *commits <= 2), "commits that an event waited for: {waited:?}");
    let sweeping = worker.seen.changes.iter().filter(|[_, model, _]| *model > 0).count();
    assert!(sweeping > 15, "the sweep went on beside them: {sweeping}");
}

/// What is said of each lead: all but the sweep's place among the others.
fn told(world: &mut World) -> Vec<BTreeMap<String, Vec<Value>>> {
    (0..PARTITIONS).map(|partition| by_lead(&world.said(partition))).collect()
}

/// Events before the swap and after it, faults in between, or a crash after so many turns.
fn a_swap(seed: u64, dice: Dice, most: usize, crash_after: Option<usize>) -> Vec<BTreeMap<String, Vec<Value>>> {
    // Every turn says something: a score that cannot rise is said again.
    let mut world = World::new(assembly("[scoring]\nchange_threshold = 0"), PARTITIONS);
    let input = generate(seed, PARTITIONS, 200);
    let piece = |from: usize, to: usize| -> Vec<Vec<Draft>> {
        input.iter().map(|all| all[from * all.len() / 2..to * all.len() / 2].to_vec()).collect()
    };
    world.pipe_all(&piece(0, 1));
    (0..PARTITIONS).for_each(|partition| world.pipe(0, partition, &crowd(200)));
    let mut worker = Worker::static_member(&world, "a").cuts(seed, most).sweeping(None);
    world.settle(&mut [&mut worker]);
    worker.dice = dice.clone();
    worker.crash();
    worker.serve(models("v1", 0.9));
    world.pipe_all(&piece(1, 2));
    if let Some(turns) = crash_after {
        (0..turns).for_each(|_| world.turn(&mut [&mut worker]));
        worker.crash();
    }
    world.turn_until(&mut [&mut worker], |world, _| world.is_settled()).expect("settled");
    rest(&mut world, &mut [&mut worker]);
    assert!(is_swept(&mut world, "v1"), "seed {seed}");
    told(&mut world)
}

#[test]
fn whatever_fails_in_between() {
    let mut fell = 0;
    for seed in 0..12 {
        let calm = a_swap(seed, Dice::default(), 512, None);
        let swept: usize =
            calm.iter().flat_map(BTreeMap::values).flatten().filter(|json| json["cause"] == "model").count();
        assert!(swept > 350, "seed {seed}: {swept} were swept");
        // A lead's turn comes right before its next event, if it has not come: where transactions are cut makes no difference.
        let dice = Dice::random(seed, 40, 25);
        assert_eq!(a_swap(seed, dice.clone(), 7, None), calm, "seed {seed}: {:?}", dice.fell());
        fell += dice.fell().len();
        for turns in [3, 6, 9] {
            assert_eq!(a_swap(seed, Dice::default(), 7, Some(turns)), calm, "seed {seed}: a crash after {turns} turns");
        }
    }
    assert!(fell > 50, "{fell} faults");
}

/// Another lane has had the partition, and has said of its leads what it said without taking in any event.
#[test]
fn what_another_has_said_is_not_missed() {
    let mut world = World::new(usual(), 1);
    world.pipe(0, 0, &crowd(100));
    let mut first = Worker::new(&world, "a").sweeping(None);
    world.settle(&mut [&mut first]);
    // The lane joins anew, and remembers its leads; meanwhile another has swept them.
    first.put_aside();
    let mut second = Worker::new(&world, "b").sweeping(None);
    second.serve(models("v1", 0.7));
    world
        .turn_until(&mut [&mut second], |_, workers| workers[0].seen.changes.iter().map(|c| c[1]).sum::<u64>() == 100)
        .expect("swept");
    rest(&mut world, &mut [&mut second]);
    second.finish(world.now_ms);
    first.serve(models("v2", 1.4));
    world
        .turn_until(&mut [&mut first], |_, workers| workers[0].seen.changes.iter().map(|c| c[1]).sum::<u64>() == 100)
        .expect("swept");
    for (lead, changes) in by_lead(&world.said(0)) {
        let [_, second, third] = &changes[..] else { panic!("{lead}: {changes:?}") };
        assert_eq!(third["previous"], second["score"], "{lead}");
    }
}

/// What the very first slices have said is undone: the sweep is not forgotten with it.
#[test]
fn an_abort_takes_nobody_out() {
    use crate::lane_support::dice::Fall;
    use needle::log::Remedy;
    use needle::log::memory::Call;
    for passed in 0..3 {
        let mut world = World::new(usual(), 1);
        world.pipe(0, 0, &crowd(200));
        let mut worker = Worker::static_member(&world, "a").interval(0).sweeping(None);
        world.settle(&mut [&mut worker]);
        worker.crash();
        let fall = Fall { call: Call::Commit, lost: false, remedy: Remedy::Abort };
        worker.dice = Dice::at(&[(passed, fall)]);
        world.turn(&mut [&mut worker]);
        rest(&mut world, &mut [&mut worker]);
        // Nothing was said yet.
        worker.serve(models("v1", 0.7));
        rest(&mut world, &mut [&mut worker]);
        assert_eq!(worker.seen.aborts, 1);
        let leads = by_lead(&world.said(0));
        assert!(leads.values().all(|changes| changes.len() == 2 && changes[1]["model"]["version"] == "v1"));
    }
}

/// One tenant's model is another now; whoever is served by the old one is left alone.
#[test]
fn those_of_the_tenant_alone() {
    let mut world = World::new(assembly("tenancy = { from = \"header:tenant\" }"), 1);
    let tenant = |lead: usize| if lead.is_multiple_of(3) { "acme" } else { "bolt" };
    let drafts = crowd(150).into_iter().enumerate();
    world.pipe(0, 0, &drafts.map(|(lead, draft)| draft.header("tenant", tenant(lead))).collect::<Vec<_>>());
    let mut worker = Worker::new(&world, "a").interval(0).sweeping(None);
    let old = another_model(&usual(), "v1", 0.0);
    worker.serve(Arc::new(Served::one(old.clone())));
    world.settle(&mut [&mut worker]);
    let own = ("acme".to_owned(), another_model(&usual(), "v2", 0.7));
    worker.serve(Arc::new(Served::new(old, [own])));
    rest(&mut world, &mut [&mut worker]);
    for changes in by_lead(&world.said(0)).values() {
        let last = changes.last().expect("a change");
        let (count, version) = if last["tenant"] == "acme" { (2, "v2") } else { (1, "v1") };
        assert_eq!((changes.len(), last["model"]["version"].as_str()), (count, Some(version)), "{last}");
    }
    let swept = world.said(0).changes.iter().filter(|line| line.json()["cause"] == "model").count();
    assert_eq!(swept, 50);
}
