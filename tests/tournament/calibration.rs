//! Platt scaling finds the line that made the outcomes, in any unit, and never turns a ranking round.

use needle::model::scale::probability;
use needle::random::Random;
use needle::training::tournament::platt::{LEAST, Observed, fit};

fn outcomes(slope: f64, intercept: f64, rows: usize) -> (Vec<f64>, Vec<bool>) {
    let mut random = Random::new(9);
    let margins: Vec<f64> = (0..rows).map(|_| (random.unit() + random.unit() - 1.0) * 4.0).collect();
    let labels = margins.iter().map(|margin| random.unit() < probability(slope * margin + intercept)).collect();
    (margins, labels)
}

#[test]
fn the_line_that_made_them_is_found() {
    for (slope, intercept) in [(1.0, 0.0), (0.4, -3.0), (2.5, 1.0)] {
        let (margins, labels) = outcomes(slope, intercept, 200_000);
        let weights = vec![1.0; labels.len()];
        let found = fit(Observed { margins: &margins, labels: &labels, weights: &weights }).unwrap();
        assert!((found.slope / slope - 1.0).abs() < 0.03, "slope {} for {slope}", found.slope);
        assert!((found.intercept - intercept).abs() < 0.05, "intercept {} for {intercept}", found.intercept);
    }
}

#[test]
fn the_unit_of_margins_and_weights_does_not_matter() {
    let (margins, labels) = outcomes(0.7, -1.0, 2000);
    let fit = |unit: f64, offset: f64, weight: f64| {
        let margins: Vec<f64> = margins.iter().map(|margin| margin * unit + offset).collect();
        fit(Observed { margins: &margins, labels: &labels, weights: &vec![weight; labels.len()] }).unwrap()
    };
    let (one, other) = (fit(1.0, 0.0, 1.0), fit(1e4, 5e4, 37.0));
    for margin in [-2.0, 0.0, 3.0] {
        let (a, b) = (one.log_odds(margin), other.log_odds(margin * 1e4 + 5e4));
        assert!((a - b).abs() < 1e-6, "{a} and {b} at {margin}");
    }
}

#[test]
fn weights_count_as_copies() {
    let (margins, labels) = outcomes(0.7, -1.0, 500);
    let doubled = |list: &[f64]| [list, list].concat();
    let weights = vec![2.0; 500];
    let once = fit(Observed { margins: &margins, labels: &labels, weights: &weights }).unwrap();
    let twice = fit(Observed {
        margins: &doubled(&margins),
        labels: &[&labels[..], &labels[..]].concat(),
        weights: &[1.0; 1000],
    });
    // But for the targets, which know how many rows there are.
    assert!((once.slope - twice.unwrap().slope).abs() < 0.01);
}

#[test]
fn a_ranking_is_never_turned_round() {
    let (margins, labels) = outcomes(-1.5, -1.0, 5000);
    let weights = vec![1.0; 5000];
    let found = fit(Observed { margins: &margins, labels: &labels, weights: &weights }).unwrap();
    // A standard deviation of these margins is 4·√(1/6).
    assert!((found.slope * 4.0 / 6_f64.sqrt() / LEAST - 1.0).abs() < 0.05, "slope {}", found.slope);
    let rate = labels.iter().filter(|label| **label).count() as f64 / 5000.0;
    assert!((probability(found.log_odds(0.0)) - rate).abs() < 0.01, "all are worth about the base rate");
}

#[test]
fn separable_outcomes_and_constant_margins_have_a_line() {
    let margins: Vec<f64> = (0..100).map(f64::from).collect();
    let labels: Vec<bool> = margins.iter().map(|margin| *margin > 49.5).collect();
    let weights = vec![1.0; 100];
    let found = fit(Observed { margins: &margins, labels: &labels, weights: &weights }).unwrap();
    assert!(found.slope.is_finite() && found.slope > 0.1 && found.slope < 100.0, "{found:?}");
    let same = fit(Observed { margins: &[3.0; 100], labels: &labels, weights: &weights }).unwrap();
    assert!((probability(same.log_odds(3.0)) - 0.5).abs() < 0.01, "{same:?}");
    assert!(fit(Observed { margins: &margins, labels: &[true; 100], weights: &weights }).is_none());
}
