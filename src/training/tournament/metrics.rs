//! Figures of a scorer on rows with outcomes; all weighted. Those that scikit-learn has are defined as there.

use serde::Serialize;

use super::ranking::{BINS, Ranking};

/// One of everything: a value, or one with its interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Metrics<T = f64> {
    /// Chance that a lead which converts stands above one which does not; ties count half.
    pub auroc: T,
    /// Average precision: Σ (Rₙ − Rₙ₋₁)·Pₙ over the thresholds.
    pub average_precision: T,
    /// Mean negative log-likelihood, in nats.
    pub log_loss: T,
    /// Mean squared error of the probability.
    pub brier: T,
    /// Expected calibration error: mean distance of predicted and observed share over ten bins of equal weight.
    pub calibration_error: T,
    /// Of those at or above the threshold: the share that converts. 0 where there are none.
    pub precision: T,
    /// Of those that convert: the share at or above the threshold.
    pub recall: T,
    pub f1: T,
    /// Share of rows at or above the threshold.
    pub share_positive: T,
    /// Share of all conversions in the upper tenth by score; scores that tie across the border count in part.
    pub gain: T,
    /// `gain` as a multiple of what chance would give.
    pub lift: T,
}

/// The upper part that gain and lift speak of.
pub const UPPER: f64 = 0.1;

/// Names, in the order of [`Metrics::list`].
pub const NAMES: [&str; 11] = [
    "auroc",
    "average_precision",
    "log_loss",
    "brier",
    "calibration_error",
    "precision",
    "recall",
    "f1",
    "share_positive",
    "gain",
    "lift",
];

impl<T: Copy> Metrics<T> {
    pub fn list(&self) -> [T; 11] {
        [
            self.auroc,
            self.average_precision,
            self.log_loss,
            self.brier,
            self.calibration_error,
            self.precision,
            self.recall,
            self.f1,
            self.share_positive,
            self.gain,
            self.lift,
        ]
    }

    pub fn from_list(list: [T; 11]) -> Self {
        let [auroc, average_precision, log_loss, brier, calibration_error, rest @ ..] = list;
        let [precision, recall, f1, share_positive, gain, lift] = rest;
        Self {
            auroc,
            average_precision,
            log_loss,
            brier,
            calibration_error,
            precision,
            recall,
            f1,
            share_positive,
            gain,
            lift,
        }
    }
}

/// Figures of the rows, each counted `times` by its lead (all once where it is empty), with a threshold on the probability. `None` where
/// one of the outcomes is lacking.
pub fn metrics(ranking: &Ranking, times: &[f64], threshold: f64) -> Option<Metrics> {
    let weight = |lead: u32, weight: f64| if times.is_empty() { weight } else { weight * times[lead as usize] };
    let total: f64 = ranking.rows.iter().map(|row| weight(row.lead, row.weight)).sum();
    let mut pass = Pass { upper: UPPER * total, ..Pass::default() };
    for row in &ranking.rows {
        let weight = weight(row.lead, row.weight);
        pass.loss += weight * row.loss;
        let label = if row.positive { 1.0 } else { 0.0 };
        pass.squares += weight * (row.probability - label).powi(2);
        pass.bins[row.bin as usize] += weight * (row.probability - label);
        pass.tie[usize::from(row.positive)] += weight;
        if row.ends_tie {
            pass.end_tie(row.probability >= threshold);
        }
    }
    pass.metrics()
}

/// What is summed on the way down the ranking.
#[derive(Default)]
struct Pass {
    /// Weight of negatives and positives of the tie that is being read.
    tie: [f64; 2],
    negatives: f64,
    positives: f64,
    /// Of pairs of a positive and a negative: those in the right order, ties by half.
    pairs: f64,
    precision_gained: f64,
    loss: f64,
    squares: f64,
    bins: [f64; BINS],
    /// True and false positives at the threshold.
    hits: f64,
    false_alarms: f64,
    upper: f64,
    upper_hits: f64,
}

impl Pass {
    fn end_tie(&mut self, above_threshold: bool) {
        let [negatives, positives] = std::mem::take(&mut self.tie);
        let weight = negatives + positives;
        let room = (self.upper - self.positives - self.negatives).clamp(0.0, weight);
        if weight > 0.0 {
            self.upper_hits += positives * room / weight;
        }
        // Negatives so far stand above these positives, or beside.
        self.pairs += positives * (self.negatives + negatives / 2.0);
        self.positives += positives;
        self.negatives += negatives;
        if positives > 0.0 {
            self.precision_gained += positives * self.positives / (self.positives + self.negatives);
        }
        if above_threshold {
            (self.hits, self.false_alarms) = (self.positives, self.negatives);
        }
    }

    fn metrics(self) -> Option<Metrics> {
        let total = self.positives + self.negatives;
        if self.positives <= 0.0 || self.negatives <= 0.0 {
            return None;
        }
        let called = self.hits + self.false_alarms;
        let gain = self.upper_hits / self.positives;
        Some(Metrics {
            auroc: 1.0 - self.pairs / (self.positives * self.negatives),
            average_precision: self.precision_gained / self.positives,
            log_loss: self.loss / total,
            brier: self.squares / total,
            calibration_error: self.bins.iter().map(|bin| bin.abs()).sum::<f64>() / total,
            precision: if called > 0.0 { self.hits / called } else { 0.0 },
            recall: self.hits / self.positives,
            f1: 2.0 * self.hits / (self.positives + called),
            share_positive: called / total,
            gain,
            lift: gain / UPPER,
        })
    }
}
