//! What is true of simulated leads, and the best that a model could make of it.
//!
//! Let `p` be the true probabilities. No order of the rows tells positives from negatives better than that by `p`; so the area under
//! its curve is the best that any model can reach. Two figures state it: expected, from `p` alone, and realised, from `p` and what
//! became of the leads. Both count ties half.

use std::collections::BTreeMap;

/// A lead at an instant. Joins with rows by lead and instant: a state between two truths is told by the earlier one, less than a day old.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    /// As its records are keyed at that instant.
    pub lead: String,
    /// Milliseconds since 1970.
    pub at_ms: i64,
    /// That a positive outcome comes within the horizon, by all that the lead's events tell up to then.
    pub probability: f64,
    /// Sales has called already: such rows are left out of training.
    pub contacted: bool,
    /// Nothing happened: a day of silence has gone by, or the lead is gone for ever.
    pub silent: bool,
}

/// The area under the ROC curve that the true probabilities are expected to reach:
/// `Σ wᵢ wⱼ pᵢ (1 - pⱼ) [pᵢ > pⱼ] / Σ wᵢ wⱼ pᵢ (1 - pⱼ)` over pairs of different rows, ties half.
///
/// Labels are taken as independent given `p`; that is so in expectation over pairs of different leads, and pairs of one lead are few.
/// `weights` are as long as `probabilities`. `None` where there is no pair to tell apart.
pub fn best_auroc(probabilities: &[f64], weights: &[f64]) -> Option<f64> {
    let rows = probabilities.iter().zip(weights);
    let rows = rows.map(|(p, weight)| Row { score: *p, positive: weight * p, negative: weight * (1.0 - p) });
    auroc(rows.collect())
}

/// The area under the ROC curve of the true probabilities against what became of the leads.
///
/// All slices are as long. `None` where there is no pair to tell apart.
pub fn oracle_auroc(probabilities: &[f64], labels: &[bool], weights: &[f64]) -> Option<f64> {
    let rows = probabilities.iter().zip(labels).zip(weights).map(|((p, label), weight)| {
        let positive = if *label { *weight } else { 0.0 };
        Row { score: *p, positive, negative: weight - positive }
    });
    auroc(rows.collect())
}

/// A row that is positive to a part.
struct Row {
    score: f64,
    positive: f64,
    negative: f64,
}

fn auroc(mut rows: Vec<Row>) -> Option<f64> {
    rows.sort_unstable_by(|a, b| a.score.total_cmp(&b.score));
    // Pairs of a row with itself are no pairs.
    let mut pairs = -rows.iter().map(|row| row.positive * row.negative).sum::<f64>();
    let mut won = pairs / 2.0;
    let (mut positives, mut below) = (0.0, 0.0);
    for tied in rows.chunk_by(|a, b| a.score == b.score) {
        let positive: f64 = tied.iter().map(|row| row.positive).sum();
        let negative: f64 = tied.iter().map(|row| row.negative).sum();
        won += positive * (below + negative / 2.0);
        positives += positive;
        below += negative;
    }
    pairs += positives * below;
    (pairs > 0.0).then(|| won / pairs)
}

/// [`best_auroc`] of any number of rows of weight 1, in bounded memory: probabilities that lie as near as a hundredth in log-odds
/// count as equal.
#[derive(Clone, Debug, Default)]
pub struct Ceiling {
    /// By log-odds: expected positives, expected negatives.
    bins: BTreeMap<i32, (f64, f64)>,
    /// Pairs of rows with themselves, which are none.
    own: f64,
}

impl Ceiling {
    /// Bins for each 1 of log-odds.
    const FINENESS: f64 = 100.0;
    /// Beyond these log-odds all are alike.
    const FAR: f64 = 50.0;

    pub fn add(&mut self, probability: f64) {
        let log_odds = (probability / (1.0 - probability)).ln().clamp(-Self::FAR, Self::FAR);
        let (positives, negatives) = self.bins.entry((log_odds * Self::FINENESS).round() as i32).or_default();
        *positives += probability;
        *negatives += 1.0 - probability;
        self.own += probability * (1.0 - probability);
    }

    /// `None` where there is no pair to tell apart.
    pub fn auroc(&self) -> Option<f64> {
        let (mut won, mut positives, mut below) = (-self.own / 2.0, 0.0, 0.0);
        for (positive, negative) in self.bins.values() {
            won += positive * (below + negative / 2.0);
            positives += positive;
            below += negative;
        }
        let pairs = positives * below - self.own;
        (pairs > 0.0).then(|| won / pairs)
    }
}
