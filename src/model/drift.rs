//! Whether what comes in still looks like what a model has learned from: the population stability index (Siddiqi 2006, ch. 10).
//!
//! `PSI = Σ (actual − expected)·ln(actual / expected)` over the bins that training has cut. The usual reading: below 0.1 nothing has
//! changed, from 0.25 on the model speaks of other leads than it learned from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What an empty bin counts as, so that no logarithm is infinite.
const LEAST_SHARE: f64 = 1e-4;
/// Bins of one column that are looked at.
const MOST_BINS: usize = 256;

/// How one column lay in training.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bins {
    /// Upper bounds, ascending; the value itself belongs below. One fewer than bins: the last bin has none.
    pub bounds: Vec<f64>,
    /// Share of the training weight in each bin; sums to 1.
    pub shares: Vec<f64>,
}

impl Bins {
    /// Which bin a value falls into.
    pub fn bin(&self, value: f64) -> usize {
        self.bounds.partition_point(|bound| *bound < value)
    }

    /// Nothing in a bundle is trusted.
    fn is_sound(&self) -> bool {
        let ascending = self.bounds.windows(2).all(|pair| pair[0] < pair[1]);
        let shares = self.shares.iter().all(|share| (0.0..=1.0).contains(share));
        ascending && shares && self.shares.len() <= MOST_BINS && self.shares.len() == self.bounds.len() + 1
    }
}

/// How far `counts`, one a bin, lie from training. `None` where nothing was counted, or the bins are not those.
pub fn psi(bins: &Bins, counts: &[f64]) -> Option<f64> {
    let total: f64 = counts.iter().sum();
    if counts.len() != bins.shares.len() || total <= 0.0 {
        return None;
    }
    let terms = bins.shares.iter().zip(counts).map(|(share, count)| {
        let (expected, actual) = (share.max(LEAST_SHARE), (count / total).max(LEAST_SHARE));
        (actual - expected) * (actual / expected).ln()
    });
    Some(terms.sum())
}

/// The field `drift` of a manifest: how the columns lay in training.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trained {
    /// Of the scores, 0–100 and whole, that the model gave to its training rows.
    pub score: Bins,
    /// By name, of those that the model needs.
    #[serde(default)]
    pub features: BTreeMap<String, Bins>,
}

impl Trained {
    /// Of a manifest's bytes. `None` where it says nothing, or nothing that can be counted by: scores do not depend on it.
    pub fn of_manifest(bytes: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Said {
            drift: Option<Trained>,
        }
        let said: Said = serde_json::from_slice(bytes).ok()?;
        said.drift.filter(|trained| trained.score.is_sound() && trained.features.values().all(Bins::is_sound))
    }
}
