//! Which low-scored leads are contacted nevertheless, so that it comes to light whom the model underrates.
//!
//! A lead is drawn by a hash of its key, so that it is drawn or not for good, on every pod and after any restart; a larger share draws
//! the same leads and more. The application's name is in the hash: two services draw apart from each other. Low is the lowest band.
//!
//! All of it is a function of the configuration and of what a score change says, so that training can weigh by it: of the leads in the
//! lowest band those that were drawn were contacted with the propensity that is said, each of them stands for 1 / propensity.

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::Bands;
use crate::config::Config;

/// Draws leads.
#[derive(Clone, Debug)]
pub struct Explorer {
    seed: u64,
    /// Of the leads in the lowest band, 0–1.
    share: f64,
    bands: Bands,
}

impl Explorer {
    pub fn new(config: &Config) -> Self {
        let seed = xxh3_64(config.service.application.as_bytes());
        Self { seed, share: config.exploration.share, bands: Bands::new(&config.scoring.bands) }
    }

    /// The propensity with which a lead with this score is contacted although it is low; `None` where it was not drawn, or is not
    /// low. `key` is `tenant/lead`.
    pub fn propensity(&self, key: &str, score: u8) -> Option<f64> {
        (self.is_low(score) && self.draws(key)).then_some(self.share)
    }

    /// Whether leads with this score are drawn from: those in the lowest band.
    pub fn is_low(&self, score: u8) -> bool {
        self.bands.floor(score) == 0
    }

    /// Whether a lead is drawn, whatever its score.
    pub fn draws(&self, key: &str) -> bool {
        flagged(key, self.seed, self.share)
    }
}

/// Whether the lead of this key is among so large a share of all.
pub fn flagged(key: &str, seed: u64, share: f64) -> bool {
    // 53 bits are all that a double takes; below 1, so that a share of 1 is all.
    let drawn = (xxh3_64_with_seed(key.as_bytes(), seed) >> 11) as f64 / (1_u64 << 53) as f64;
    drawn < share
}
