//! The ways down a ranking, for drawing: ROC, precision-recall, gain; calibration by bin; and what each threshold would do.

use serde::Serialize;

use super::ranking::{BINS, Ranking};

/// Points of a curve, at most about.
pub const POINTS: usize = 200;
/// Thresholds of the table, at most.
pub const THRESHOLDS: usize = 100;

/// Confusion at a threshold, as weights: how many leads' instants it would have called, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Confusion {
    /// At or above it is positive.
    pub probability: f64,
    pub true_positives: f64,
    pub false_positives: f64,
    pub false_negatives: f64,
    pub true_negatives: f64,
}

/// Curves of one scorer.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Curves {
    /// False and true positive rate, from (0, 0) to (1, 1).
    pub roc: Vec<[f64; 2]>,
    /// Recall and precision, from the highest threshold to the lowest.
    pub precision_recall: Vec<[f64; 2]>,
    /// Share of all rows from the top, and the share of conversions among them, from (0, 0) to (1, 1).
    pub gain: Vec<[f64; 2]>,
}

/// A bin of calibration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Bin {
    /// Mean probability that was said.
    pub predicted: f64,
    /// Share that converted.
    pub observed: f64,
    pub weight: f64,
    pub rows: usize,
}

/// Confusion after each tie, from the highest threshold down. The last one calls everybody.
pub fn confusions(ranking: &Ranking) -> Vec<Confusion> {
    let sum = |positive: bool| -> f64 {
        ranking.rows.iter().filter(|row| row.positive == positive).map(|row| row.weight).sum()
    };
    let (positives, negatives) = (sum(true), sum(false));
    let (mut hits, mut false_alarms) = (0.0, 0.0);
    let mut confusions = Vec::new();
    for row in &ranking.rows {
        *(if row.positive { &mut hits } else { &mut false_alarms }) += row.weight;
        if row.ends_tie {
            confusions.push(Confusion {
                probability: row.probability,
                true_positives: hits,
                false_positives: false_alarms,
                // Sums in another order: never below 0.
                false_negatives: (positives - hits).max(0.0),
                true_negatives: (negatives - false_alarms).max(0.0),
            });
        }
    }
    confusions
}

impl Confusion {
    pub fn precision(&self) -> f64 {
        let called = self.true_positives + self.false_positives;
        if called > 0.0 { self.true_positives / called } else { 0.0 }
    }

    pub fn recall(&self) -> f64 {
        self.true_positives / (self.true_positives + self.false_negatives)
    }

    pub fn f1(&self) -> f64 {
        2.0 * self.true_positives / (2.0 * self.true_positives + self.false_positives + self.false_negatives)
    }

    fn false_positive_rate(&self) -> f64 {
        self.false_positives / (self.false_positives + self.true_negatives)
    }

    fn share(&self) -> f64 {
        let called = self.true_positives + self.false_positives;
        called / (called + self.false_negatives + self.true_negatives)
    }
}

/// Thinned to [`POINTS`]; the ends stay.
pub fn curves(confusions: &[Confusion]) -> Curves {
    let thin = thinned(confusions, POINTS);
    let from_origin = |point: &dyn Fn(&Confusion) -> [f64; 2]| {
        std::iter::once([0.0; 2]).chain(thin.iter().map(point)).collect::<Vec<_>>()
    };
    Curves {
        roc: from_origin(&|at| [at.false_positive_rate(), at.recall()]),
        precision_recall: thin.iter().map(|at| [at.recall(), at.precision()]).collect(),
        gain: from_origin(&|at| [at.share(), at.recall()]),
    }
}

/// What each of up to [`THRESHOLDS`] would do: half of them evenly down the ranking, half close to the top, where decisions are.
pub fn thresholds(confusions: &[Confusion]) -> Vec<Confusion> {
    let (count, half) = (confusions.len(), THRESHOLDS / 2);
    if count <= THRESHOLDS {
        return confusions.to_vec();
    }
    let even = (1..=half).map(|step| step as f64 / half as f64);
    // Each a tenth farther down than the one before.
    let near = (0..half).map(|step| 1.1_f64.powi(-(step as i32)));
    let places = even.chain(near).map(|share| ((share * count as f64) as usize).clamp(1, count) - 1);
    let mut places: Vec<usize> = places.collect();
    places.sort_unstable();
    places.dedup();
    places.into_iter().map(|place| confusions[place]).collect()
}

/// Bins of equal weight, from the least likely to the most.
pub fn calibration(ranking: &Ranking) -> Vec<Bin> {
    let mut bins = vec![Bin::default(); BINS];
    for row in &ranking.rows {
        let bin = &mut bins[row.bin as usize];
        bin.predicted += row.weight * row.probability;
        bin.observed += if row.positive { row.weight } else { 0.0 };
        bin.weight += row.weight;
        bin.rows += 1;
    }
    for bin in &mut bins {
        bin.predicted /= bin.weight;
        bin.observed /= bin.weight;
    }
    // Ties can leave a bin empty.
    bins.retain(|bin| bin.rows > 0);
    bins.reverse();
    bins
}

fn thinned<T: Copy>(list: &[T], most: usize) -> Vec<T> {
    let step = list.len().div_ceil(most).max(1);
    let last = list.len().saturating_sub(1);
    list.iter().enumerate().filter(|(place, _)| place % step == 0 || *place == last).map(|(_, item)| *item).collect()
}
