//! What a report says, as plain data. Whoever trains fills it; `html` and `json` only put it into form.
//!
//! - **Optional parts** are `Option`, or lists that may be empty: they leave no heading where there is nothing to say.
//! - **Texts** (names of tenants, leads, features; sentences) may hold anything at all: they are escaped where they are written.
//! - **Instants** are milliseconds since 1970, shares and probabilities lie between 0 and 1, points are those of the score.
//! - **Counts** are `u64` where things were counted, and `f64` where rows were weighed: a row that was sampled stands for several.
//! - A number that is not finite is "not known": a dash on the page, `null` in the JSON.

use serde::{Deserialize, Serialize};

pub use account::{DataAccount, Finding, LeftOut, Sampling, Severity};
pub use contest::{Contest, Contestant, Estimate, Figure, Fold, Metric, Role, Setting, Span};
pub use curves::{Band, CalibrationBin, Curves, LearningCurve, Line, ScoreBin};
pub use learned::{Direction, Dot, Effect, Factor, GroupShare, Learned, Node, Split, Tree};
pub use service::{Compared, Drift, Exploration, FeatureDrift, Move, MoveCause, Moves, Transition, Truth};
pub use threshold::{Confusion, ThresholdRow, ThresholdRule, Thresholds};

mod account;
mod contest;
mod curves;
mod learned;
mod service;
mod threshold;

/// Everything that one training run has to say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub meta: Meta,
    pub verdict: Verdict,
    pub data: DataAccount,
    /// Features too good to be true, and the like. Empty where the lint found nothing.
    pub lint: Vec<Finding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contest: Option<Contest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub learned: Option<Learned>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub curves: Option<Curves>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thresholds: Option<Thresholds>,
    /// Conversion by score band on the holdout, best band first. Empty where nothing was scored.
    pub bands: Vec<Band>,
    /// The decision tree among the contestants, whoever won.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree: Option<Tree>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moves: Option<Moves>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift: Option<Drift>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exploration: Option<Exploration>,
    /// On simulated data only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truth: Option<Truth>,
}

/// Which run this is, and of what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Meta {
    pub tenant: String,
    pub made_at_ms: i64,
    /// A positive outcome within this many days is what is foretold.
    pub horizon_days: f64,
    /// Names of the events that count as a positive outcome.
    pub outcomes: Vec<String>,
    /// Version of the model that was made; absent where nothing was fitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Version of the model that served when the run began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub served_version: Option<String>,
    /// The probability that scores 50.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor_probability: Option<f64>,
    pub seed: u64,
    pub needle_version: String,
    /// How long the run took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_seconds: Option<f64>,
}

/// What follows from the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    pub decision: Decision,
    /// One sentence, the first that is read: `The new model takes over.`
    pub headline: String,
    /// Why, a sentence each; the strongest first.
    pub reasons: Vec<String>,
    /// What people can do next, a sentence each: above all where there is too little data.
    pub next_steps: Vec<String>,
    /// New against served, on the same holdout.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
}

/// Who serves from now on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The new model does.
    TakesOver,
    /// A new model was fitted, and the served one goes on.
    Stays,
    /// Too little data to fit anything; the served one goes on.
    #[default]
    NothingFitted,
}

/// Two models by the metric that decides, on the same leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    pub metric: Metric,
    pub new: Estimate,
    pub served: Estimate,
    /// New less served, with the interval of the difference itself (paired bootstrap by lead).
    pub difference: Estimate,
}
