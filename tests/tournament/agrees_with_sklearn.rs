//! Every figure that scikit-learn has is scikit-learn's, on random rows with ties and weights.

use std::collections::BTreeMap;

use needle::model::scale::probability;
use needle::random::Random;
use needle::training::tournament::curves::{Confusion, calibration, confusions, curves, thresholds};
use needle::training::tournament::metrics::{NAMES, metrics};
use needle::training::tournament::platt::{Observed, fit};
use needle::training::tournament::ranking::Ranking;
use serde::Serialize;
use serde_json::Value;

use crate::tournament_support::sklearn::ask;

#[derive(Serialize)]
struct Question {
    log_odds: Vec<f64>,
    labels: Vec<bool>,
    weights: Vec<f64>,
    threshold: f64,
}

/// `steps` log-odds to tie on, or none.
fn question(seed: u64, rows: usize, steps: Option<f64>) -> Question {
    let mut random = Random::new(seed);
    let log_odds: Vec<f64> = (0..rows)
        .map(|_| {
            let x = random.unit() * 6.0 - 4.0;
            steps.map_or(x, |steps| (x * steps).round() / steps)
        })
        .collect();
    let labels = log_odds.iter().map(|x| random.unit() < probability(0.7 * x - 0.5)).collect();
    let weights = (0..rows).map(|_| 0.1 + 3.0 * random.unit()).collect();
    // Just below a row's own: on it, two libraries' exponentials, an ulp apart, could put the row on either side.
    let threshold = probability(log_odds[0]) * (1.0 - 1e-12);
    Question { log_odds, labels, weights, threshold }
}

fn close(ours: f64, theirs: f64, what: &str) {
    assert!((ours - theirs).abs() <= 1e-12 * theirs.abs().max(1.0), "{what}: {ours} here, {theirs} by scikit-learn");
}

#[test]
fn figures_are_those_of_scikit_learn() {
    let cases = [(1, 400, None), (2, 400, Some(2.0)), (3, 3000, Some(30.0)), (4, 50, Some(0.5))];
    for (seed, rows, steps) in cases {
        let question = question(seed, rows, steps);
        let Some(theirs) = ask::<BTreeMap<String, Value>>("metrics.py", &question) else { return };
        let Question { log_odds, labels, weights, threshold } = &question;
        let ranking = Ranking::new(log_odds, labels, weights, &vec![0; rows]);
        let ours = metrics(&ranking, &[], *threshold).unwrap();
        for (name, ours) in NAMES.iter().zip(ours.list()) {
            if let Some(theirs) = theirs.get(*name).and_then(Value::as_f64) {
                close(ours, theirs, &format!("{name} of case {seed}"));
            }
        }
        curve(&curves_of(&ranking).0, &theirs["roc"], &format!("ROC of case {seed}"));
        curve(&curves_of(&ranking).1, &theirs["precision_recall"], &format!("precision-recall of case {seed}"));
        let platt = fit(Observed { margins: log_odds, labels, weights: &vec![1.0; rows] }).unwrap();
        let their = |place: usize| theirs["platt"][place].as_f64().unwrap();
        // Both stop short of the least loss; theirs by a gradient of 1e-6.
        assert!((platt.slope - their(0)).abs() < 1e-4, "slope {} here, {} there", platt.slope, their(0));
        assert!((platt.intercept - their(1)).abs() < 1e-4, "intercept {} here, {} there", platt.intercept, their(1));
    }
}

type Curve = Vec<[f64; 2]>;

fn curves_of(ranking: &Ranking) -> (Curve, Curve) {
    let curves = curves(&confusions(ranking));
    (curves.roc, curves.precision_recall)
}

/// Each point of ours, which may be thinned, is one of theirs.
fn curve(ours: &[[f64; 2]], theirs: &Value, what: &str) {
    let theirs: Curve = serde_json::from_value(theirs.clone()).unwrap();
    assert!(
        ours.len() == theirs.len() || ours.len() > 100,
        "{what}: {} points here, {} there",
        ours.len(),
        theirs.len()
    );
    for [x, y] in ours {
        let near = |at: &[f64; 2]| (at[0] - x).abs() < 1e-9 && (at[1] - y).abs() < 1e-9;
        assert!(theirs.iter().any(near), "{what}: ({x}, {y}) is on ours alone");
    }
    assert_eq!(ours.last().map(|at| at[0].round()), theirs.last().map(|at| at[0].round()), "{what}: the end");
}

#[test]
fn tables_add_up() {
    let Question { log_odds, labels, weights, .. } = question(5, 5000, Some(100.0));
    let ranking = Ranking::new(&log_odds, &labels, &weights, &vec![0; 5000]);
    let total: f64 = weights.iter().sum();
    let table = thresholds(&confusions(&ranking));
    assert!(table.len() > 50 && table.len() <= 100, "{} thresholds", table.len());
    assert!(table.windows(2).all(|pair| pair[0].probability > pair[1].probability));
    for at in &table {
        let Confusion { true_positives, false_positives, false_negatives, true_negatives, .. } = at;
        close(true_positives + false_positives + false_negatives + true_negatives, total, "the whole");
        let called = |label: bool| -> f64 {
            let rows = log_odds.iter().zip(&labels).zip(&weights);
            rows.filter(|((x, of), _)| **of == label && probability(**x) >= at.probability).map(|(_, w)| w).sum()
        };
        assert!((called(true) - true_positives).abs() < 1e-6 && (called(false) - false_positives).abs() < 1e-6);
    }
    let bins = calibration(&ranking);
    assert_eq!(bins.len(), 10);
    close(bins.iter().map(|bin| bin.weight).sum(), total, "weights of the bins");
    assert!(bins.windows(2).all(|pair| pair[0].predicted < pair[1].predicted));
    let error: f64 = bins.iter().map(|bin| bin.weight / total * (bin.predicted - bin.observed).abs()).sum();
    close(metrics(&ranking, &[], 0.0).unwrap().calibration_error, error, "ECE");
}
