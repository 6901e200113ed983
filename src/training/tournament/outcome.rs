//! What the tournament found, for reports: all of it numbers and sentences, the same for the same matrix and seed.

use std::collections::HashSet;

use serde::Serialize;

use super::bootstrap::Figure;
use super::curves::{Bin, Confusion, Curves};
use super::enough::Stage;
use super::metrics::Metrics;
use super::threshold::Threshold;
use crate::model::scale::Calibration;
use crate::training::contestants::{Class, LearningCurve};
use crate::training::matrix::Matrix;
use crate::training::part::Part;

/// All that is said of a tournament.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    pub seed: u64,
    pub horizon_ms: i64,
    pub all: Summary,
    pub stage: Stage,
    /// Why this much was fitted and no more.
    pub stage_reason: String,
    /// `None` where there was too little to divide.
    pub learned_from: Option<Summary>,
    pub holdout: Option<Summary>,
    /// Rows in the gap before the holdout, and those of leads on the other side.
    pub left_out: LeftOut,
    pub folds: Vec<FoldSummary>,
    /// What scores 50.
    pub anchor_probability: f64,
    /// In the order in which they were given.
    pub contestants: Vec<Entry>,
    /// The model that is being served, on the same holdout.
    pub served: Option<ServedEntry>,
    pub threshold: Option<Threshold>,
    pub verdict: Verdict,
}

/// Some rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Summary {
    pub rows: usize,
    pub weight: f64,
    pub leads: usize,
    pub positive_leads: usize,
    pub negative_leads: usize,
    /// Weighted share of positives.
    pub base_rate: f64,
    pub from_ms: i64,
    pub to_ms: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct LeftOut {
    pub in_gap: usize,
    pub other_side: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FoldSummary {
    pub cut_ms: i64,
    pub learned_from: Summary,
    pub judged_by: Summary,
    pub left_out: LeftOut,
}

/// One contestant's figures.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    pub name: &'static str,
    pub sentence: &'static str,
    pub class: Class,
    pub status: Status,
    /// What a search settled.
    pub settings: Option<String>,
    pub tried: usize,
    pub candidates: usize,
    /// Why it could not be served if it won; `None` if it could.
    pub not_served: Option<&'static str>,
    /// Out of fold.
    pub calibration: Option<Calibration>,
    /// Of each fold, calibrated out of all of them.
    pub folds: Vec<Metrics>,
    /// All folds together: what the winner is chosen by.
    pub out_of_fold: Option<Metrics>,
    pub holdout: Option<Judged>,
    pub learning_curve: Option<LearningCurve>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Ran,
    /// There is too little data for its class.
    LeftOut(String),
    Failed(String),
}

/// On the holdout.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Judged {
    pub figures: Metrics<Figure>,
    pub curves: Curves,
    pub calibration: Vec<Bin>,
    pub thresholds: Vec<Confusion>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ServedEntry {
    pub version: String,
    pub holdout: Judged,
}

/// Who wins, and whether it takes over.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Verdict {
    pub takes_over: bool,
    /// The best of those that could be served.
    pub winner: Option<&'static str>,
    /// In one sentence.
    pub reason: String,
    /// For people, the most important first.
    pub sentences: Vec<String>,
    /// Winner less served, on the holdout, paired.
    pub against_served: Option<Metrics<Figure>>,
    /// Winner less the base rate.
    pub against_base_rate: Option<Metrics<Figure>>,
}

impl Summary {
    pub fn of(matrix: &Matrix, part: &Part) -> Self {
        let at = |row: Option<&usize>| row.map_or(0, |&row| matrix.rows[row].at_ms);
        Self {
            rows: part.len(),
            weight: part.weights.iter().sum(),
            leads: part.rows.iter().map(|&row| matrix.rows[row].lead).collect::<HashSet<_>>().len(),
            positive_leads: part.leads(matrix, true),
            negative_leads: part.leads(matrix, false),
            base_rate: part.base_rate(matrix).unwrap_or(0.0),
            from_ms: at(part.rows.first()),
            to_ms: at(part.rows.last()),
        }
    }
}
