//! A threshold follows from costs, from capacity, or from the curve; each calls what it promises.

use needle::model::scale::log_odds;
use needle::training::matrix::{Matrix, Row};
use needle::training::part::Part;
use needle::training::tournament::curves::confusions;
use needle::training::tournament::ranking::Ranking;
use needle::training::tournament::threshold::{Policy, Seen};

use crate::tournament_support::DAY_MS;

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
    let part = Part::all(&matrix);
    let log_odds: Vec<f64> = probabilities.iter().map(|p| log_odds(*p)).collect();
    let confusions = confusions(&Ranking::of(&matrix, &part, &log_odds));
    policy
        .threshold(&Seen { matrix: &matrix, part: &part, probabilities: &probabilities, confusions: &confusions })
        .probability
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

#[test]
fn the_best_f1_is_the_best() {
    // All of the upper hundred convert, and nobody else.
    let at = threshold(Policy::BestF1);
    assert!(at > 199.8 / 300.0 && at < 200.3 / 300.0, "{at}");
}
