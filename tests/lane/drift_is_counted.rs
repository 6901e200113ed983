//! What a lane scores is counted in the bins of training, and the metrics tell how far it lies from there: near nothing for the leads that
//! were learned from, an alarm for others, and no more labels than a dashboard can bear.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::lane_support::*;
use needle::lane::outbox::Outbox;
use needle::lane::shard::{InputState, Shard};
use needle::lane::tally::Tally;
use needle::model::Served;
use needle::model::drift::{Bins, Trained, psi};
use needle::telemetry::metrics::Metrics;

const LEADS: usize = 40_000;

/// Pages of leads, of which every so-many-th is one of high intent. Returns the scores that were said.
fn scored(models: &Arc<Served>, every: usize) -> (Vec<u8>, needle::lane::step::Step) {
    let mut shard = Shard::new(0, vec![InputState { topic: 0, from: 0, committed: 0, next: 0 }]);
    let mut step = usual().step_by(models, DEAD_LETTER_BYTES);
    let (mut outbox, mut tally) = (Outbox::default(), Tally::default());
    for lead in 0..LEADS {
        let path = if lead % every == 0 { "/pricing" } else { "/" };
        let value =
            format!(r#"{{"type":"page","userId":"c-{lead}","messageId":"c-{lead}","properties":{{"path":"{path}"}}}}"#);
        let record = needle::wire::record::OwnedRecord {
            topic: "events".into(),
            partition: 0,
            offset: lead as i64,
            at_ms: 1_763_800_000_000,
            key: None,
            value: Some(value.into()),
            headers: Vec::new(),
        };
        step.record(0, &record.as_record(), &mut shard, &mut outbox, &mut tally).expect("a step");
        outbox.clear();
    }
    step.finish(&mut shard, &mut outbox, &mut tally).expect("a step");
    (tally.scores, step)
}

/// Bins of the scores, and of many features that never moved but one.
fn trained(scores: &[u8]) -> Trained {
    let share = |low: f64, high: f64| {
        let within = scores.iter().filter(|score| (low..high).contains(&f64::from(**score))).count();
        within as f64 / scores.len() as f64
    };
    let score = Bins { bounds: vec![35.0], shares: vec![share(0.0, 35.5), share(35.5, 101.0)] };
    let still = Bins { bounds: vec![-1.5], shares: vec![0.0, 1.0] };
    let mut features: BTreeMap<String, Bins> =
        usual().schema.features().iter().take(60).map(|feature| (feature.name.clone(), still.clone())).collect();
    let moved = Bins { bounds: vec![0.5], shares: vec![share(0.0, 35.5), share(35.5, 101.0)] };
    features.insert("theme_pricing_count_7d".into(), moved);
    features.insert("of another binary".into(), still);
    Trained { score, features }
}

#[test]
fn beside_what_was_learned_from() {
    let model = another_model(&usual(), "v1", 0.0);
    let plain = Arc::new(Served::one(model.clone()));
    let (scores, step) = scored(&plain, 10);
    assert_eq!(step.drifts().counted().count(), 0, "a model that does not say is not counted for");
    let trained = Arc::new(trained(&scores));
    let models = Arc::new(Served::one(model).trained_on("default", trained.clone()));
    for (every, drifted) in [(10, false), (2, true)] {
        let (scores, step) = scored(&models, every);
        let counted: Vec<_> = step.drifts().counted().cloned().collect();
        let [counted] = &counted[..] else { panic!("one model") };
        assert_eq!((counted.tenant.as_str(), counted.version.as_str()), ("default", "v1"));
        let high = scores.iter().filter(|score| **score > 35).count() as f64;
        assert_eq!(counted.score, [LEADS as f64 - high, high]);
        let sampled = |counts: &[f64]| (counts.iter().sum::<f64>() - (LEADS / 64) as f64).abs() <= 2.0;
        assert!(counted.features.iter().all(|feature| sampled(&feature.counts)));
        let share = [1.0 - high / LEADS as f64, high / LEADS as f64];
        let must: f64 = share.iter().zip(&trained.score.shares).map(|(a, e)| (a - e) * (a / e).ln()).sum();
        let is = psi(&trained.score, &counted.score).expect("counted");
        assert!((is - must).abs() < 1e-12 && (is > 0.25) == drifted, "{is}, {must}");
        // Two lanes of one process.
        let metrics = Metrics::new().expect("metrics");
        metrics.drift.tell(0, step.drifts().counted());
        metrics.drift.tell(1, step.drifts().counted());
        let text = String::from_utf8(metrics.render().expect("rendered")).expect("text");
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            line.map(|value| value.parse::<f64>().expect("a number"))
        };
        assert_eq!(value("needle_score_drift_psi{tenant=\"default\"}"), Some(is), "the same shares");
        let told = text.lines().filter(|line| line.starts_with("needle_feature_drift_psi{")).count();
        assert_eq!(told, 20);
        let feature = value("needle_feature_drift_psi{feature=\"theme_pricing_count_7d\",tenant=\"default\"}");
        assert_eq!(feature.is_some_and(|psi| psi > 0.25), drifted, "{feature:?}");
        // Another model is served, which does not say.
        metrics.drift.tell(0, [].iter());
        metrics.drift.tell(1, [].iter());
        let text = String::from_utf8(metrics.render().expect("rendered")).expect("text");
        assert!(!text.contains("_drift_psi{"), "{text}");
    }
}

#[test]
fn a_manifest_that_lies_is_passed_over() {
    let of = |drift: &str| Trained::of_manifest(format!(r#"{{"version":"v","drift":{drift}}}"#).as_bytes());
    assert!(of(r#"{"score":{"bounds":[1.0,2.0],"shares":[0.2,0.3,0.5]}}"#).is_some());
    for drift in [
        "null",
        "7",
        r#"{"score":{"bounds":[2.0,1.0],"shares":[0.2,0.3,0.5]}}"#,
        r#"{"score":{"bounds":[1.0],"shares":[0.2,0.3,0.5]}}"#,
        r#"{"score":{"bounds":[],"shares":[7.0]}}"#,
        r#"{"score":{"bounds":[],"shares":[1.0]},"features":{"f":{"bounds":[],"shares":[]}}}"#,
    ] {
        assert_eq!(of(drift), None, "{drift}");
    }
}
