//! Who contended, on which leads, and how each did.

use serde::{Deserialize, Serialize};

/// The tournament.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Contest {
    /// What the winner was chosen by.
    pub decided_by: Metric,
    /// The last leads in time, seen by no contestant: every figure is taken here.
    pub holdout: Span,
    /// Time-ordered folds on which settings were chosen. Empty where there were none.
    pub folds: Vec<Fold>,
    /// Left out between training and test, so that no label reaches into the test's time.
    pub gap_days: f64,
    /// Confidence of every interval of the report: 0.95.
    pub confidence: f64,
    /// Bootstrap resamples, by lead, behind these intervals.
    pub resamples: u64,
    /// In the order in which they are to be shown.
    pub contestants: Vec<Contestant>,
}

/// Rows between two instants.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Span {
    pub from_ms: i64,
    pub to_ms: i64,
    pub rows: u64,
    pub leads: u64,
    pub positive_leads: u64,
}

/// Trained on one span, tested on a later one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Fold {
    pub train: Span,
    pub test: Span,
}

/// One model, or rule, that was tried.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Contestant {
    /// `Gradient boosting`.
    pub name: String,
    /// A sentence on what it is.
    pub text: String,
    pub role: Role,
    /// The winner.
    pub chosen: bool,
    /// Whether it could have won.
    pub eligible: bool,
    /// A sentence on why it could not, or was not tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_not: Option<String>,
    /// On the holdout. Empty where it was not tried.
    pub figures: Vec<Figure>,
    /// `decided_by`, on average over the folds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_folds: Option<Estimate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fit_seconds: Option<f64>,
    /// What the search chose.
    pub settings: Vec<Setting>,
}

/// Why a contestant is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    #[default]
    Contestant,
    /// Runs beside the others to be beaten, and cannot win.
    Baseline,
    /// What serves today.
    Served,
}

/// A name and a value, both as they are to be shown: `learning_rate`, `0.05`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    pub name: String,
    pub value: String,
}

/// One figure of a contestant.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    pub metric: Metric,
    #[serde(flatten)]
    pub estimate: Estimate,
}

/// A value, and where it could as well lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    pub value: f64,
    /// Both ends of the interval, or neither.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lower: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upper: Option<f64>,
}

impl Estimate {
    /// A value alone.
    pub fn exact(value: f64) -> Self {
        Self { value, lower: None, upper: None }
    }

    pub fn between(value: f64, lower: f64, upper: f64) -> Self {
        Self { value, lower: Some(lower), upper: Some(upper) }
    }

    /// Both ends, where there are such.
    pub fn interval(&self) -> Option<(f64, f64)> {
        let (lower, upper) = (self.lower?, self.upper?);
        (lower.is_finite() && upper.is_finite()).then_some((lower, upper))
    }
}

/// What is measured. Precision, recall, F1 and the share predicted positive are taken at the chosen threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    #[default]
    Auroc,
    Auprc,
    Precision,
    Recall,
    F1,
    /// Conversion among the best tenth, as a multiple of the conversion among all.
    LiftTop10,
    /// Share of all conversions among the best fifth.
    GainTop20,
    Brier,
    LogLoss,
    /// Expected calibration error: mean distance between what was foretold and what came, over bins weighed by their rows.
    CalibrationError,
    SharePredicted,
}
