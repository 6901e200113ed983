//! What each metric is called, what it says, and how it is written.

use crate::training::report::data::Metric;
use crate::training::report::words::{UNKNOWN, figure, percent, short};

/// A metric for people.
pub struct Told {
    pub name: &'static str,
    /// One sentence: what it says.
    pub text: &'static str,
    /// Whether more is better; `None` where neither is.
    pub more_is_better: Option<bool>,
    show: fn(f64) -> String,
}

impl Told {
    pub fn show(&self, value: f64) -> String {
        if value.is_finite() { (self.show)(value) } else { UNKNOWN.into() }
    }

    /// Both ends of an interval, the unit once.
    pub fn between(&self, lower: f64, upper: f64) -> String {
        let (lower, upper) = (self.show(lower), self.show(upper));
        match lower.find('\u{202f}') {
            Some(unit) if lower.get(unit..) == upper.get(upper.find('\u{202f}').unwrap_or(0)..) => {
                format!("{}–{upper}", &lower[..unit])
            }
            _ => format!("{lower}–{upper}"),
        }
    }

    /// What a good one looks like, in a word.
    pub fn better(&self) -> &'static str {
        match self.more_is_better {
            Some(true) => "Higher is better.",
            Some(false) => "Lower is better.",
            None => "Neither high nor low is good by itself.",
        }
    }
}

/// In the order in which they are shown.
pub const ALL: [Metric; 11] = [
    Metric::Auroc,
    Metric::Auprc,
    Metric::Precision,
    Metric::Recall,
    Metric::F1,
    Metric::LiftTop10,
    Metric::GainTop20,
    Metric::Brier,
    Metric::LogLoss,
    Metric::CalibrationError,
    Metric::SharePredicted,
];

pub fn told(metric: Metric) -> Told {
    let (name, text, more_is_better, show): (_, _, _, fn(f64) -> String) = match metric {
        Metric::Auroc => (
            "AUROC",
            "Of a lead that converts and one that does not, how often the first has the higher score: 0.5 is a coin, 1 never errs.",
            Some(true),
            figure,
        ),
        Metric::Auprc => (
            "AUPRC",
            "Average precision over all thresholds. A coin reaches the share of leads that convert, so compare it with that.",
            Some(true),
            figure,
        ),
        Metric::Precision => {
            ("Precision", "Of the leads that are called, the share that converts.", Some(true), percent)
        }
        Metric::Recall => ("Recall", "Of the leads that convert, the share that is called.", Some(true), percent),
        Metric::F1 => {
            ("F1", "The harmonic mean of precision and recall: high only where both are.", Some(true), figure)
        }
        Metric::LiftTop10 => (
            "Lift, top 10\u{202f}%",
            "How many times as often the best-scored tenth converts as all leads do.",
            Some(true),
            times,
        ),
        Metric::GainTop20 => (
            "Gain, top 20\u{202f}%",
            "The share of all conversions that lies among the best-scored fifth.",
            Some(true),
            percent,
        ),
        Metric::Brier => (
            "Brier score",
            "The mean squared distance between the probability and what came, 0 or 1.",
            Some(false),
            figure,
        ),
        Metric::LogLoss => (
            "Log loss",
            "How surprised the model was by what came; being sure and wrong costs most.",
            Some(false),
            figure,
        ),
        Metric::CalibrationError => (
            "Calibration error",
            "How far probabilities are from the shares that came true, on average: of leads said to convert at 10 %, 10 % should.",
            Some(false),
            percent,
        ),
        Metric::SharePredicted => ("Share called", "The share of leads at or above the threshold.", None, percent),
    };
    Told { name, text, more_is_better, show }
}

fn times(value: f64) -> String {
    format!("{}\u{202f}×", if value < 10.0 { figure(value) } else { short((value * 10.0).round() / 10.0) })
}
