//! From which score on it is worth to call.

use serde::{Deserialize, Serialize};

/// What each threshold would do on the holdout.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    pub rule: ThresholdRule,
    /// From low to high, and not empty; at most 101 are shown well.
    pub rows: Vec<ThresholdRow>,
    /// Place in `rows` of the chosen one.
    pub chosen: usize,
    /// Days that the holdout spans: what `calls_per_day` is counted over.
    pub days: f64,
}

/// What the threshold was chosen by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum ThresholdRule {
    /// The highest F1 on the precision-recall curve.
    #[default]
    BestF1,
    /// The lowest sum of costs, in whatever money they are in.
    Costs { missed: f64, wasted: f64 },
    /// As many calls as there are people for.
    Capacity { calls_per_day: f64 },
}

/// One threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ThresholdRow {
    /// Leads at or above this score are called.
    pub score: f64,
    /// The probability of that score.
    pub probability: f64,
    pub confusion: Confusion,
    /// Leads to be called in a day.
    pub calls_per_day: f64,
}

/// Rows by what was foretold and what came, weighed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Confusion {
    pub true_positives: f64,
    pub false_positives: f64,
    pub false_negatives: f64,
    pub true_negatives: f64,
}

impl Confusion {
    /// Share of the called that convert. Not a number where nobody is called.
    pub fn precision(&self) -> f64 {
        self.true_positives / self.called()
    }

    /// Share of the conversions that were called. Not a number where there are none.
    pub fn recall(&self) -> f64 {
        self.true_positives / (self.true_positives + self.false_negatives)
    }

    /// Harmonic mean of both. Not a number where nobody is called and nobody converts.
    pub fn f1(&self) -> f64 {
        2.0 * self.true_positives / (2.0 * self.true_positives + self.false_positives + self.false_negatives)
    }

    pub fn called(&self) -> f64 {
        self.true_positives + self.false_positives
    }

    pub fn all(&self) -> f64 {
        self.called() + self.false_negatives + self.true_negatives
    }
}
