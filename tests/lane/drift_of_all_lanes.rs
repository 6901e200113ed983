//! The metrics speak of what all lanes have counted together, of one version at a time, once there are enough rows; and first of the features
//! that have drifted farthest.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::lane_support::*;
use needle::lane::drift::{Counted, Drifts};
use needle::model::Served;
use needle::model::drift::{Bins, Trained, psi};
use needle::telemetry::metrics::Metrics;

/// Of a model whose scores lay half and half; counts of scores and of each of its features.
fn counted(version: &str, score: [f64; 2], features: &[[f64; 2]]) -> Counted {
    let bins = || Bins { bounds: vec![50.0], shares: vec![0.5, 0.5] };
    let names = usual().schema.features().iter().map(|feature| feature.name.clone()).collect::<Vec<_>>();
    let all: BTreeMap<String, Bins> = names.into_iter().take(features.len()).map(|name| (name, bins())).collect();
    let trained = Arc::new(Trained { score: bins(), features: all });
    let served = Served::one(another_model(&usual(), version, 0.0)).trained_on("default", trained);
    let mut counted = Drifts::of(&served, &usual().schema).counted().next().expect("a model").clone();
    counted.score = score.to_vec();
    counted.features.iter_mut().zip(features).for_each(|(feature, counts)| feature.counts = counts.to_vec());
    counted
}

fn told(metrics: &Metrics, name: &str) -> Vec<(String, f64)> {
    let text = String::from_utf8(metrics.render().expect("rendered")).expect("text");
    let lines = text.lines().filter_map(|line| line.strip_prefix(name)?.rsplit_once(' '));
    lines.map(|(labels, value)| (labels.to_owned(), value.parse().expect("a number"))).collect()
}

const SCORE: &str = "needle_score_drift_psi{";
const FEATURE: &str = "needle_feature_drift_psi{";

/// By hand, of two bins of a half each.
fn half_and_half(counts: [f64; 2]) -> f64 {
    let total = counts[0] + counts[1];
    counts.iter().map(|count| (count / total - 0.5) * (count / total / 0.5).ln()).sum()
}

#[test]
fn together() {
    let metrics = Metrics::new().expect("metrics");
    metrics.drift.tell(0, [counted("v1", [900.0, 100.0], &[[800.0, 200.0]])].iter());
    metrics.drift.tell(1, [counted("v1", [100.0, 500.0], &[[100.0, 700.0]])].iter());
    let value = |name: &str| told(&metrics, name)[0].1;
    assert!((value(SCORE) - half_and_half([1000.0, 600.0])).abs() < 1e-12, "{}", value(SCORE));
    assert!((value(FEATURE) - half_and_half([900.0, 900.0])).abs() < 1e-12, "{}", value(FEATURE));
    // A lane tells of all that it has counted, not of what is new.
    metrics.drift.tell(1, [counted("v1", [200.0, 900.0], &[[100.0, 700.0]])].iter());
    assert!((value(SCORE) - half_and_half([1100.0, 1000.0])).abs() < 1e-12, "{}", value(SCORE));
}

#[test]
fn of_one_version() {
    let metrics = Metrics::new().expect("metrics");
    let (old, new) = (counted("v1", [900.0, 100.0], &[]), counted("v2", [300.0, 700.0], &[]));
    metrics.drift.tell(0, [old].iter());
    metrics.drift.tell(1, [new.clone()].iter());
    let value = || told(&metrics, SCORE)[0].1;
    let alone = [half_and_half([900.0, 100.0]), half_and_half([300.0, 700.0])];
    assert!(alone.iter().any(|psi| (value() - psi).abs() < 1e-12), "{} of a mixture", value());
    metrics.drift.tell(0, [new].iter());
    assert!((value() - half_and_half([600.0, 1400.0])).abs() < 1e-12, "{}", value());
}

#[test]
fn not_of_a_few_rows() {
    let metrics = Metrics::new().expect("metrics");
    metrics.drift.tell(0, [counted("v1", [300.0, 199.0], &[[0.0, 499.0], [0.0, 500.0]])].iter());
    assert_eq!(told(&metrics, SCORE), []);
    assert_eq!(told(&metrics, FEATURE).len(), 1);
    metrics.drift.tell(1, [counted("v1", [0.0, 1.0], &[])].iter());
    assert_eq!(told(&metrics, SCORE).len(), 1);
}

#[test]
fn the_farthest_first() {
    let metrics = Metrics::new().expect("metrics");
    let counts: Vec<[f64; 2]> = (0..30).map(|feature| [500.0 + 10.0 * f64::from(feature), 500.0]).collect();
    let counted = counted("v1", [500.0, 500.0], &counts);
    metrics.drift.tell(0, [counted.clone()].iter());
    let mut all: Vec<f64> =
        counted.features.iter().filter_map(|one| psi(&counted.trained.features[&one.name], &one.counts)).collect();
    all.sort_by(|a, b| b.total_cmp(a));
    let mut told: Vec<f64> = told(&metrics, FEATURE).into_iter().map(|(_, psi)| psi).collect();
    told.sort_by(|a, b| b.total_cmp(a));
    assert_eq!(told, all[..20]);
}
