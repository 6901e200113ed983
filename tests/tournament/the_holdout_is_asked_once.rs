//! What the holdout's leads did decides about the verdict and nothing else: with other outcomes there, the same contestant wins with the same
//! settings, calibration, figures out of fold and threshold.

use needle::training::contestants::Context;
use needle::training::matrix::Matrix;
use needle::training::tournament::{Settings, Tournament, everyone, hold};
use serde_json::Value;

use crate::tournament_support::{DAY_MS, Truth, rules, world};

fn held(matrix: &Matrix) -> Tournament {
    let settings = Settings { horizon_ms: 10 * DAY_MS, anchor_probability: Some(0.1), ..Settings::default() };
    hold(matrix, everyone(rules()), None, &settings, &Context { candidates: 2, ..Context::seeded(1) })
}

/// Of each contestant all but how it did on the holdout.
fn beforehand(tournament: &Tournament) -> Vec<Value> {
    let mut said = serde_json::to_value(&tournament.outcome.contestants).unwrap();
    let entries = said.as_array_mut().unwrap();
    entries.iter_mut().for_each(|entry| entry["holdout"] = Value::Null);
    entries.clone()
}

#[test]
fn outcomes_there_choose_nothing() {
    let mut matrix = world(2500, Truth::Signal, 1);
    let first = held(&matrix);
    let rows = &first.holdout.rows;
    let labels: Vec<bool> = rows.iter().map(|row| matrix.rows[*row].positive).collect();
    rows.iter().zip(labels.iter().rev()).for_each(|(row, label)| matrix.rows[*row].positive = *label);
    let second = held(&matrix);
    assert_eq!(second.holdout.rows, *rows, "the same division");
    for (one, other) in beforehand(&first).iter().zip(&beforehand(&second)) {
        assert_eq!(one, other);
    }
    assert_eq!(first.outcome.threshold, second.outcome.threshold);
    assert_eq!(first.outcome.verdict.winner, second.outcome.verdict.winner);
    assert_eq!(first.log_odds, second.log_odds);
    // The verdict does look.
    assert!(first.outcome.verdict.takes_over && !second.outcome.verdict.takes_over);
}
