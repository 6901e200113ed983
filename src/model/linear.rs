//! An additive model: `margin = bias + Σ wᵢ·(fᵢ(xᵢ) − fᵢ(referenceᵢ))`.
//!
//! Measuring every term from a reference lead makes the bias that lead's margin, and each term's effect its exact Shapley value
//! against it. Scoring goes term by term over a whole batch and touches only the columns that the model uses. Each row's sum has
//! the same order in any batch, so it has the same bits.

use serde::{Deserialize, Serialize};

use super::Explanation;
use super::scale::{Calibration, POINTS_PER_NAT, Scale, Scored};

/// What stands for "not known" in a feature that can be missing.
pub const MISSING: f64 = -1.0;

/// Rows whose margins are held at once; a stack buffer, so that scoring needs no memory of its own.
const BLOCK: usize = 64;

/// What becomes of a feature's value before it is weighed. All are bounded, so that no value can make a margin infinite.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Transform {
    /// The value itself, no lower than `low` and no higher than `high`.
    Clamp { low: f64, high: f64 },
    /// `ln(1 + x)`, `x` between 0 and `cap`: the tenth visit says less than the second.
    Log1p { cap: f64 },
    /// `2^(−x / half_life)`, `x` at least 0: for the time since something, in the feature's own unit.
    Decay { half_life: f64 },
}

impl Transform {
    pub fn apply(self, x: f64) -> f64 {
        match self {
            Self::Clamp { low, high } => x.clamp(low, high),
            Self::Log1p { cap } => x.clamp(0.0, cap).ln_1p(),
            Self::Decay { half_life } => (-x.max(0.0) / half_life).exp2(),
        }
    }
}

/// A term that knows its column.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Term {
    pub column: usize,
    pub weight: f64,
    pub reference: f64,
    pub can_miss: bool,
    pub transform: Transform,
    /// `transform.apply(reference)`
    pub at_reference: f64,
}

impl Term {
    /// What the value adds to the margin of the reference lead. A missing value is the reference's.
    fn effect(&self, x: f64) -> f64 {
        let missing = (self.can_miss && x == MISSING) || !x.is_finite();
        // Most counts of most leads are at their reference, so this saves most of the logarithms.
        if missing || x == self.reference {
            return 0.0;
        }
        self.weight * (self.transform.apply(x) - self.at_reference)
    }
}

/// A linear model whose terms have found their columns. Made by [`super::bundle`].
#[derive(Clone, Debug, PartialEq)]
pub struct LinearModel {
    pub(super) version: String,
    pub(super) fingerprint: u32,
    pub(super) scale: Scale,
    pub(super) calibration: Calibration,
    pub(super) bias: f64,
    /// Ascending by column, each column once.
    pub(super) terms: Vec<Term>,
}

impl LinearModel {
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Replaces `margins`, which has one place per row, by the margins of `rows` (row after row, `width` values each; at least as
    /// wide as the features that the model was bound to).
    pub fn margins(&self, rows: &[f64], width: usize, margins: &mut [f64]) {
        debug_assert_eq!(rows.len(), width * margins.len());
        margins.fill(self.bias);
        for term in &self.terms {
            for (row, margin) in rows.chunks_exact(width).zip(margins.iter_mut()) {
                *margin += term.effect(row[term.column]);
            }
        }
    }

    /// Replaces `out` by what the rows are worth.
    pub fn score(&self, rows: &[f64], width: usize, out: &mut Vec<Scored>) {
        out.clear();
        let mut margins = [0.0; BLOCK];
        for block in rows.chunks(width * BLOCK) {
            let margins = &mut margins[..block.len() / width];
            self.margins(block, width, margins);
            out.extend(margins.iter().map(|&margin| self.scale.scored(self.calibration.log_odds(margin))));
        }
    }

    /// Points of the reference lead.
    pub fn base(&self) -> f64 {
        self.scale.points(self.calibration.log_odds(self.bias))
    }

    /// Replaces `explanation` by the points of the reference lead and what each feature of `row` adds to them; zeros are left out.
    pub fn explain(&self, row: &[f64], explanation: &mut Explanation) {
        let points_per_margin = POINTS_PER_NAT * self.calibration.slope;
        explanation.base = self.base();
        explanation.contributions.clear();
        let effects = self.terms.iter().map(|term| (term.column, term.effect(row[term.column]) * points_per_margin));
        explanation.contributions.extend(effects.filter(|(_, points)| *points != 0.0));
    }
}
