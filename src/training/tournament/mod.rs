//! Who scores best, on later leads than it learned from.
//!
//! ```text
//! Matrix ─► split ─┬─► folds: tuned on the last, fitted and judged on each ─► Platt, out of fold ─► threshold, winner
//!                  └─► holdout: fitted before it, judged on it ─► verdict against the served model
//!                                                                        └─► refit on all, if it takes over
//! ```
//!
//! The winner is chosen by the folds, so the holdout is asked once: is it better than what is served?

use super::contestants::{
    BaseRate, Boosting, Contestant, Fitted, Logistic, Mixture, Network, OneTree, RandomForest, Recency, Rules,
};
use super::part::Part;
use crate::model::bundle::Weights;
use crate::model::scale::Calibration;
use outcome::Outcome;
use threshold::Policy;

pub use contest::hold;

pub mod bootstrap;
mod contest;
pub mod curves;
pub mod enough;
mod judge;
pub mod metrics;
pub mod outcome;
pub mod plan;
pub mod platt;
pub mod ranking;
mod runner;
pub mod split;
pub mod threshold;
pub mod verdict;

/// How it is held.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Outcomes are looked for so long after a row; the gap of every split.
    pub horizon_ms: i64,
    /// Share of the rows that the holdout takes, the last in time.
    pub holdout_share: f64,
    /// At most so many.
    pub folds: usize,
    /// Draws of the bootstrap.
    pub draws: usize,
    pub policy: Policy,
    /// What scores 50, kept from the tenant's first model; `None` is the base rate.
    pub anchor_probability: Option<f64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            horizon_ms: 30 * 24 * 3600 * 1000,
            holdout_share: 0.2,
            folds: 4,
            draws: 200,
            policy: Policy::Costs { missed: 10.0, wasted: 1.0 },
            anchor_probability: None,
        }
    }
}

/// The model that is being served.
#[derive(Clone, Copy, Debug)]
pub struct Incumbent<'a> {
    pub version: &'a str,
    /// Calibrated log-odds, one for each row of the matrix.
    pub log_odds: &'a [f64],
}

/// What came of it.
pub struct Tournament {
    pub outcome: Outcome,
    /// Fitted on all rows; `None` unless it takes over.
    pub winner: Option<Winner>,
    /// Text of the single decision tree, for drawing.
    pub one_tree: Option<String>,
    /// The rows that all were judged by.
    pub holdout: Part,
    /// Calibrated log-odds of the contestants that ran, by name, one for each row of `holdout`.
    pub log_odds: Vec<(&'static str, Vec<f64>)>,
}

/// Ready to be published.
pub struct Winner {
    pub name: &'static str,
    pub fitted: Fitted,
    pub calibration: Calibration,
    pub anchor_probability: f64,
    /// Probability from which on a lead is worth a call.
    pub threshold: f64,
}

/// All contestants that there are, the simplest first. `rules` are the hand rules, as a linear model.
pub fn everyone(rules: Weights) -> Vec<Box<dyn Contestant>> {
    vec![
        Box::new(BaseRate),
        Box::new(Recency),
        Box::new(Rules { weights: rules }),
        Box::new(Mixture),
        Box::new(Logistic::default()),
        Box::new(OneTree),
        Box::new(RandomForest),
        Box::new(Boosting::default()),
        Box::new(Network),
    ]
}
