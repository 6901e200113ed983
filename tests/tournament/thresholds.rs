//! A threshold follows from costs, from capacity, or from the curve; each calls what it promises.

use needle::model::scale::{log_odds, probability};
use needle::training::contestants::Context;
use needle::training::matrix::{Matrix, Row};
use needle::training::part::Part;
use needle::training::tournament::curves::confusions;
use needle::training::tournament::ranking::Ranking;
use needle::training::tournament::threshold::{Policy, Seen};
use needle::training::tournament::{Settings, everyone, hold};

use crate::tournament_support::{DAY_MS, Truth, rules, world as leads};

/// 10 leads a day for 30 days, each seen twice a day; lead `n` has a chance of n in 300 (300 in 301 at most).
fn world() -> (Matrix, Vec<f64>) {
    let mut rows = Vec::new();
    let mut probabilities = Vec::new();
    for lead in 0..300 {
        for half in 0..2 {
            let at_ms = (lead % 30) * DAY_MS + half * DAY_MS / 3;
            let row = Row { lead: lead as u64, at_ms, positive: lead >= 200, weight: 1.0, silent_ms: 0 };
            rows.push((row, (lead as f64 + 0.25 + 0.5 * half as f64) / 300.0));
        }
    }
    rows.sort_by_key(|(row, _)| (row.at_ms, row.lead));
    let rows: Vec<Row> = rows
        .into_iter()
        .map(|(row, chance)| {
            probabilities.push(chance);
            row
        })
        .collect();
    (Matrix { rows, ..Matrix::default() }, probabilities)
}

fn threshold(policy: Policy) -> f64 {
    let (matrix, probabilities) = world();
    threshold_of(policy, &matrix, &probabilities)
}

fn threshold_of(policy: Policy, matrix: &Matrix, probabilities: &[f64]) -> f64 {
    let part = Part::all(matrix);
    let log_odds: Vec<f64> = probabilities.iter().map(|p| log_odds(*p)).collect();
    let confusions = confusions(&Ranking::of(matrix, &part, &log_odds));
    policy.threshold(&Seen { matrix, part: &part, probabilities, confusions: &confusions }).probability
}

#[test]
fn costs_decide_by_expectation() {
    let at = threshold(Policy::Costs { missed: 10.0, wasted: 1.0 });
    assert!((at - 1.0 / 11.0).abs() < 1e-15);
    // At the threshold itself both cost the same.
    assert!((at * 10.0 - (1.0 - at)).abs() < 1e-12);
}

#[test]
fn capacity_is_used_up_and_no_more() {
    for calls_per_day in [1.0, 2.5, 4.0] {
        let at = threshold(Policy::Capacity { calls_per_day });
        let (matrix, probabilities) = world();
        let mut called: Vec<_> =
            matrix.rows.iter().zip(&probabilities).filter(|(_, p)| **p >= at).map(|(row, _)| row.lead).collect();
        called.sort_unstable();
        called.dedup();
        assert_eq!(called.len() as f64, calls_per_day * 30.0, "leads called in 30 days");
    }
}

/// A row that stands for three leads takes three calls.
#[test]
fn capacity_is_by_weight() {
    let (mut matrix, probabilities) = world();
    matrix.rows.iter_mut().for_each(|row| row.weight = 3.0);
    let at = |calls_per_day: f64| Policy::Capacity { calls_per_day };
    assert_eq!(threshold_of(at(6.0), &matrix, &probabilities), threshold(at(2.0)));
}

#[test]
fn the_best_f1_is_the_best() {
    // All of the upper hundred convert, and nobody else.
    let at = threshold(Policy::BestF1);
    assert!(at > 199.8 / 300.0 && at < 200.3 / 300.0, "{at}");
}

/// What the report says of precision and recall is said of the threshold that it names.
#[test]
fn the_holdout_is_judged_at_the_threshold() {
    let matrix = leads(1500, Truth::Signal, 1);
    for policy in [Policy::Costs { missed: 4.0, wasted: 1.0 }, Policy::BestF1] {
        let settings = Settings { horizon_ms: 10 * DAY_MS, policy, ..Settings::default() };
        let context = Context { candidates: 1, ..Context::seeded(1) };
        let tournament = hold(&matrix, everyone(rules()), None, &settings, &context);
        let outcome = &tournament.outcome;
        let (name, at) = (outcome.verdict.winner.unwrap(), outcome.threshold.as_ref().unwrap().probability);
        let said = &tournament.log_odds.iter().find(|(of, _)| *of == name).unwrap().1;
        let rows = tournament.holdout.rows.iter().zip(&tournament.holdout.weights).zip(said);
        let (mut called, mut hits, mut positives) = (0.0, 0.0, 0.0);
        for ((&row, weight), said) in rows {
            let (call, positive) = (probability(*said) >= at, matrix.rows[row].positive);
            called += if call { *weight } else { 0.0 };
            hits += if call && positive { *weight } else { 0.0 };
            positives += if positive { *weight } else { 0.0 };
        }
        let winner = outcome.contestants.iter().find(|entry| entry.name == name).unwrap();
        let figures = &winner.holdout.as_ref().unwrap().figures;
        assert!((figures.precision.value - hits / called).abs() < 1e-9, "{:?}", figures.precision);
        assert!((figures.recall.value - hits / positives).abs() < 1e-9, "{:?}", figures.recall);
        assert_eq!(tournament.winner.expect("it takes over").threshold, at);
    }
}
