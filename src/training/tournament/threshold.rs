//! From which probability on a lead is worth a call.

use std::collections::HashMap;

use serde::Serialize;

use super::curves::Confusion;
use crate::training::matrix::Matrix;
use crate::training::part::Part;

const DAY_MS: i64 = 24 * 3600 * 1000;

/// What decides about the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// A missed good lead costs so much, a call for nothing so much.
    Costs { missed: f64, wasted: f64 },
    /// So many leads can be called a day.
    Capacity { calls_per_day: f64 },
    /// Where F1, the harmonic mean of precision and recall, is greatest.
    BestF1,
}

/// A threshold and where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Threshold {
    pub policy: Policy,
    /// At or above it is worth a call.
    pub probability: f64,
    pub sentence: String,
}

/// What the policies look at: rows with what was said of them, out of fold.
pub struct Seen<'a> {
    pub matrix: &'a Matrix,
    pub part: &'a Part,
    /// One for each row of `part`.
    pub probabilities: &'a [f64],
    pub confusions: &'a [Confusion],
}

impl Policy {
    pub fn threshold(self, seen: &Seen<'_>) -> Threshold {
        let (probability, sentence) = match self {
            Self::Costs { missed, wasted } => {
                // A call is worth it if p·missed ≥ (1 − p)·wasted (Elkan 2001). Probabilities are calibrated, so no data is asked.
                let probability = wasted / (wasted + missed);
                (probability, format!("A missed lead costs {missed}, a wasted call {wasted}."))
            }
            Self::Capacity { calls_per_day } => {
                let probability = by_capacity(seen, calls_per_day);
                (probability, format!("There is room for {calls_per_day} calls a day."))
            }
            Self::BestF1 => {
                let best = seen.confusions.iter().max_by(|a, b| a.f1().total_cmp(&b.f1()));
                let sentence = "Precision and recall are in balance here (the best F1).".to_owned();
                (best.map_or(0.5, |best| best.probability), sentence)
            }
        };
        let percent = 100.0 * probability;
        Threshold { policy: self, probability, sentence: format!("{sentence} Worth a call from {percent:.1} % on.") }
    }
}

/// A lead takes one call a day, by its best score of the day.
fn by_capacity(seen: &Seen<'_>, calls_per_day: f64) -> f64 {
    let mut best: HashMap<(i64, u64), (f64, f64)> = HashMap::new();
    let rows = seen.part.rows.iter().zip(&seen.part.weights).zip(seen.probabilities);
    for ((&row, &weight), &probability) in rows {
        let row = &seen.matrix.rows[row];
        let today = best.entry((row.at_ms.div_euclid(DAY_MS), row.lead)).or_insert((probability, weight));
        *today = (today.0.max(probability), today.1.max(weight));
    }
    let days = best.keys().map(|(day, _)| day);
    let days = days.clone().max().zip(days.min()).map_or(1, |(last, first)| last - first + 1);
    let mut calls: Vec<_> = best.into_values().collect();
    calls.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.total_cmp(&b.1)));
    let mut room = calls_per_day * days as f64;
    let mut threshold = 1.0;
    for (probability, weight) in calls {
        room -= weight;
        if room < 0.0 {
            break;
        }
        threshold = probability;
    }
    threshold
}
