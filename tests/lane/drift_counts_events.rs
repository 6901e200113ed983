//! What drift is worked out from: the events of each tenant under its own model, since that model is served; what a sweep scores is not among
//! them, and the newest rows weigh most.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::lane_support::*;
use needle::decision::Occasion;
use needle::lane::drift::Drifts;
use needle::lane::outbox::Outbox;
use needle::lane::shard::{InputState, Shard};
use needle::lane::step::Step;
use needle::lane::sweep::Sweep;
use needle::lane::tally::Tally;
use needle::lead::leads::Place;
use needle::log::memory::StoredRecord;
use needle::model::drift::{Bins, Trained};
use needle::model::{Scored, Served};

const FEATURE: &str = "touchpoints_count_7d";

fn trained() -> Arc<Trained> {
    let score = Bins { bounds: vec![50.0], shares: vec![0.5, 0.5] };
    let features = BTreeMap::from([(FEATURE.to_owned(), Bins { bounds: vec![2.0], shares: vec![0.5, 0.5] })]);
    Arc::new(Trained { score, features })
}

/// One model for all, and one of a tenant's own; both say how their columns lay.
fn models(version: &str, more: f64) -> Arc<Served> {
    let own = another_model(&usual(), &format!("acme-{version}"), more + 0.5);
    let served = Served::new(another_model(&usual(), version, more), [("acme".to_owned(), own)]);
    Arc::new(served.trained_on("default", trained()).trained_on("acme", trained()))
}

/// Rows that were counted, by tenant and version.
fn counted(step: &Step) -> Vec<(String, String, f64)> {
    let of = |counted: &needle::lane::drift::Counted| {
        (counted.tenant.clone(), counted.version.clone(), counted.score.iter().sum())
    };
    step.drifts().counted().map(of).collect()
}

fn counts(default: f64, acme: f64, version: &str) -> Vec<(String, String, f64)> {
    let of = |tenant: &str, version: String, count| (tenant.to_owned(), version, count);
    vec![of("default", version.to_owned(), default), of("acme", format!("acme-{version}"), acme)]
}

/// Every third one of a tenant with a model of its own.
fn events(from: usize) -> Vec<StoredRecord> {
    let mut world = World::new(usual(), 1);
    let view = |lead: usize| {
        let id = format!("c-{}", from + lead);
        let json = format!(r#"{{"type":"page","userId":"{id}","messageId":"{id}","properties":{{"path":"/"}}}}"#);
        let tenant = if lead.is_multiple_of(3) { "acme" } else { "bolt" };
        Draft::new(1_763_800_000_000, &id, json).header("tenant", tenant)
    };
    world.pipe(0, 0, &(0..300).map(view).collect::<Vec<_>>());
    world.piped(0, 0).to_vec()
}

#[test]
fn of_each_tenant_since_its_model_is_served() {
    let assembly = assembly("tenancy = { from = \"header:tenant\" }");
    let mut step = assembly.step_by(&models("v1", 0.0), DEAD_LETTER_BYTES);
    let mut shard = Shard::new(0, vec![InputState { topic: 0, from: 0, committed: 0, next: 0 }]);
    let (mut outbox, mut tally) = (Outbox::default(), Tally::default());
    for record in events(0) {
        step.record(0, &record.record(), &mut shard, &mut outbox, &mut tally).expect("a step");
    }
    step.finish(&mut shard, &mut outbox, &mut tally).expect("a step");
    assert_eq!(counted(&step), counts(200.0, 100.0, "v1"));

    step.serve(models("v2", 0.7));
    assert_eq!(counted(&step), counts(0.0, 0.0, "v2"), "another model was trained on other leads");
    tally.clear();
    let mut sweep = Some(Sweep { occasion: Occasion::Model, as_of_ms: 0, place: Place::default() });
    while let Some(rest) = sweep {
        sweep = step.sweep(rest, i64::MAX, (64, 1024), &mut shard, &mut outbox, &mut tally).expect("a slice");
    }
    assert_eq!(tally.score_changes, [0, 300, 0]);
    assert_eq!(counted(&step), counts(0.0, 0.0, "v2"), "silent leads are no sign of who comes");

    for record in events(300) {
        step.record(0, &record.record(), &mut shard, &mut outbox, &mut tally).expect("a step");
    }
    step.finish(&mut shard, &mut outbox, &mut tally).expect("a step");
    assert_eq!(counted(&step), counts(200.0, 100.0, "v2"));
}

#[test]
fn the_newest_weigh_most() {
    let schema = &usual().schema;
    let mut row = vec![0.0; schema.width()];
    let column = schema.index(FEATURE).expect("a column");
    let mut drifts = Drifts::of(&models("v1", 0.0), schema);
    let mut count = |rows: usize, score: u8, value: f64, drifts: &mut Drifts| {
        row[column] = value;
        (0..rows).for_each(|_| drifts.count(0, &Scored { score, ..Scored::default() }, &row));
        let counted = drifts.counted().next().expect("a model").clone();
        [counted.score, counted.features[0].counts.clone()]
    };
    let [score, feature] = count(1_000_000, 20, 0.0, &mut drifts);
    assert!(score[0] < 250_000.0 && score[1] == 0.0, "what is old fades: {score:?}");
    assert!((score[0] / feature[0] / 64.0 - 1.0).abs() < 0.05, "of features as of scores: {score:?}, {feature:?}");
    let [score, feature] = count(400_000, 80, 9.0, &mut drifts);
    for counts in [score, feature] {
        assert!(counts[1] > 3.0 * counts[0], "400,000 new ones outweigh 1,000,000 old ones: {counts:?}");
    }
}
