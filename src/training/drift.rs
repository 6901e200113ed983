//! Whether what comes in still looks like what was learned from: the population stability index.
//!
//! `PSI = Σ (actual − expected)·ln(actual / expected)` over bins that each held about a tenth of the training rows. The usual reading:
//! below 0.1 nothing has changed, from 0.25 on the model speaks of other leads than it learned from.

pub use crate::model::drift::{Bins, psi};

/// Bins of equal weight, as far as ties allow.
pub const BINS: usize = 10;
/// From here on a change is worth a look.
pub const WORTH_A_LOOK: f64 = 0.1;
/// From here on it is an alarm.
pub const ALARM: f64 = 0.25;

impl Bins {
    /// Of finite values, each with a weight above 0. `missing`, where a value stands for "not known", gets a bin of its own whatever its
    /// share. Without values there are no bins.
    pub fn of(values: &[f64], weights: &[f64], missing: Option<f64>) -> Self {
        let mut order: Vec<(f64, f64)> = values.iter().copied().zip(weights.iter().copied()).collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total: f64 = weights.iter().sum();
        let mut bins = Self::default();
        let (mut below, mut bin) = (0.0, 0.0);
        for tie in order.chunk_by(|a, b| a.0 == b.0) {
            let (value, weight) = (tie[0].0, tie.iter().map(|(_, weight)| weight).sum::<f64>());
            // Both sides of what is missing are bounds.
            if missing == Some(value) && bin > 0.0 {
                bins.push(value.next_down(), &mut bin, total);
            }
            below += weight;
            bin += weight;
            let due = below >= total * (bins.shares.len() + 1) as f64 / BINS as f64 * (1.0 - 1e-12);
            if due || missing == Some(value) {
                bins.push(value, &mut bin, total);
            }
        }
        if bin > 0.0 {
            bins.push(f64::INFINITY, &mut bin, total);
        }
        // The last bin is open above.
        bins.bounds.pop();
        bins
    }

    fn push(&mut self, bound: f64, weight: &mut f64, total: f64) {
        self.bounds.push(bound);
        self.shares.push(std::mem::take(weight) / total);
    }
}
