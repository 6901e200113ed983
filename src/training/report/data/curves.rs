//! How well the scores tell leads apart, as lines and bars. All on the holdout, but the learning curve.

use serde::{Deserialize, Serialize};

use super::contest::{Estimate, Metric};

/// Curves of the chosen model, and of those that it is compared with. An empty list is not drawn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Curves {
    /// x false positive rate, y true positive rate. The chosen model first; at most four lines.
    pub roc: Vec<Line>,
    /// x recall, y precision.
    pub precision_recall: Vec<Line>,
    /// x share of leads that were contacted, best first; y share of all conversions among them. Lift is y / x.
    pub gain: Vec<Line>,
    /// Share of positive rows: where a coin's precision lies.
    pub base_rate: f64,
    /// The chosen model's, from low to high. At most 50 bins are drawn, here and below; ten or twenty read best.
    pub calibration: Vec<CalibrationBin>,
    /// The chosen model's, from low to high.
    pub histogram: Vec<ScoreBin>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub learning: Option<LearningCurve>,
}

/// A curve by its points, in order of x.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Whose it is: `Gradient boosting`.
    pub name: String,
    pub points: Vec<[f64; 2]>,
}

/// Rows of about the same probability.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// Mean of what was foretold.
    pub foretold: f64,
    /// Share that came true.
    pub observed: Estimate,
    /// Rows, weighed.
    pub rows: f64,
}

/// Rows whose score lies in `[from, to)`; the last bin has its end as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScoreBin {
    pub from: f64,
    pub to: f64,
    /// Rows, weighed.
    pub positives: f64,
    pub negatives: f64,
}

/// How training went on, round after round.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LearningCurve {
    /// Whose it is.
    pub name: String,
    pub metric: Metric,
    /// What a step is: `trees`, `epochs`.
    pub unit: String,
    /// x step, y metric on what was learned from.
    pub train: Vec<[f64; 2]>,
    /// x step, y metric on a later part that was not.
    pub validation: Vec<[f64; 2]>,
    /// Where it was stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<f64>,
}

/// Leads of one score band.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Band {
    pub name: String,
    /// Scores in `[from, to)`; 100 belongs to the best.
    pub from: f64,
    pub to: f64,
    /// Rows, weighed.
    pub rows: f64,
    pub positives: f64,
    /// `positives / rows`.
    pub conversion: Estimate,
}
