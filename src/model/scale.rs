//! The score scale: log-odds in points, so that scores of different models mean the same and reasons add up.
//!
//! `points = 50 + 10·log2(odds(p) / odds(anchor))`: the anchor probability is 50, and every doubling of the odds is 10 more.
//! Everything is worked out from log-odds, never from the probability, so that nothing is lost where that is nearly 0 or 1.

use serde::{Deserialize, Serialize};

/// Points that one unit of (natural) log-odds is worth: 10 / ln 2.
pub const POINTS_PER_NAT: f64 = 10.0 / std::f64::consts::LN_2;
/// Points of the anchor probability.
pub const ANCHOR_POINTS: f64 = 50.0;

/// What a lead is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scored {
    /// Unclamped and unrounded; `base` and all contributions of an explanation add up to it.
    pub points: f64,
    /// `points`, clamped to 0–100 and rounded.
    pub score: u8,
    /// Calibrated chance of the outcome within the horizon, 0–1.
    pub probability: f64,
}

/// From a model's margin to log-odds: `slope·margin + intercept` (Platt 1999). Linear, so that points stay additive.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Above 0, so that more margin is never less score.
    pub slope: f64,
    pub intercept: f64,
}

impl Calibration {
    /// For a model whose margin is log-odds already.
    pub const IDENTITY: Self = Self { slope: 1.0, intercept: 0.0 };

    pub fn log_odds(self, margin: f64) -> f64 {
        self.slope * margin + self.intercept
    }
}

/// The scale of one anchor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    anchor_log_odds: f64,
}

impl Scale {
    /// `None` unless the anchor lies between 0 and 1, both excluded.
    pub fn new(anchor_probability: f64) -> Option<Self> {
        let inside = anchor_probability > 0.0 && anchor_probability < 1.0;
        inside.then(|| Self { anchor_log_odds: log_odds(anchor_probability) })
    }

    /// Points of finite log-odds.
    pub fn points(self, log_odds: f64) -> f64 {
        ANCHOR_POINTS + POINTS_PER_NAT * (log_odds - self.anchor_log_odds)
    }

    /// Log-odds that are worth these points: the inverse of [`Scale::points`].
    pub fn log_odds(self, points: f64) -> f64 {
        self.anchor_log_odds + (points - ANCHOR_POINTS) / POINTS_PER_NAT
    }

    pub fn scored(self, log_odds: f64) -> Scored {
        let points = self.points(log_odds);
        Scored { points, score: score(points), probability: probability(log_odds) }
    }
}

/// Points clamped to 0–100 and rounded to the nearest whole; a half goes up.
pub fn score(points: f64) -> u8 {
    // `round` takes halves away from zero, which is up here. `floor(x + 0.5)` would err just below a half.
    points.clamp(0.0, 100.0).round() as u8
}

/// The logistic function, by the branch whose exponential cannot overflow.
pub fn probability(log_odds: f64) -> f64 {
    if log_odds >= 0.0 {
        1.0 / (1.0 + (-log_odds).exp())
    } else {
        let odds = log_odds.exp();
        odds / (1.0 + odds)
    }
}

/// Log-odds of a probability between 0 and 1, both excluded.
pub fn log_odds(probability: f64) -> f64 {
    probability.ln() - (-probability).ln_1p()
}
