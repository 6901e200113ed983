//! Trees that are served: a forest on the columns of this binary, and how its sums become points.

use super::Explanation;
use super::scale::{Calibration, Scale, Scored};
use super::trees::forest::Forest;

/// How a sum of leaves becomes log-odds, before calibration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Margin {
    /// What the sum is divided by: of a random forest the number of its trees, else 1.
    pub trees: usize,
    pub sigmoid: f64,
}

impl Margin {
    /// In the order of LightGBM's own operations.
    pub fn of(self, sum: f64) -> f64 {
        let raw = if self.trees == 1 { sum } else { sum / self.trees as f64 };
        self.sigmoid * raw
    }
}

/// A forest of one class whose features are columns of this binary's rows. Made by [`super::bundle`].
#[derive(Clone, Debug, PartialEq)]
pub struct TreesModel {
    version: String,
    scale: Scale,
    calibration: Calibration,
    margin: Margin,
    forest: Forest,
}

impl TreesModel {
    /// `forest` has one class, and its features are the columns of the rows that are to come.
    pub(super) fn new(version: String, scale: Scale, calibration: Calibration, margin: Margin, forest: Forest) -> Self {
        Self { version, scale, calibration, margin, forest }
    }

    pub fn version(&self) -> &str {
        &self.version
    }

    /// Replaces `out` by what the rows are worth: a matrix, row after row, `width` values each.
    pub fn score(&self, rows: &[f64], width: usize, out: &mut Vec<Scored>) {
        out.clear();
        out.extend(rows.chunks_exact(width).map(|row| self.scale.scored(self.log_odds(row))));
    }

    fn log_odds(&self, row: &[f64]) -> f64 {
        let mut sum = [0.0];
        self.forest.sums(row, &mut sum);
        self.calibration.log_odds(self.margin.of(sum[0]))
    }

    /// Replaces `explanation` by that of one row.
    pub fn explain(&self, row: &[f64], explanation: &mut Explanation) {
        // Until contributions are computed: all points are the base's, so that what is said still adds up.
        explanation.base = self.scale.points(self.log_odds(row));
        explanation.contributions.clear();
    }
}
