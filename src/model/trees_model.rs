//! Trees that are served: a forest on the columns of this binary, and how its sums become points.

use super::scale::{Calibration, POINTS_PER_NAT, Scale, Scored};
use super::trees::evaluator::Evaluator;
use super::trees::explainer::{Explainer, Unexplained};
use super::trees::forest::Forest;
use super::vocabulary::Places;
use super::{Explanation, Scratch};

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

/// How sums of leaves become points.
#[derive(Clone, Copy, Debug)]
pub struct PointsScale {
    pub scale: Scale,
    pub calibration: Calibration,
    pub margin: Margin,
}

impl PointsScale {
    fn log_odds(self, sum: f64) -> f64 {
        self.calibration.log_odds(self.margin.of(sum))
    }

    /// Points that a part of a sum is worth.
    fn share(self, part: f64) -> f64 {
        POINTS_PER_NAT * self.calibration.slope * self.margin.of(part)
    }
}

/// A forest of one class whose features are columns of this binary's rows. Made by [`super::bundle`].
#[derive(Clone, Debug)]
pub struct TreesModel {
    version: String,
    pub(super) fingerprint: u32,
    points: PointsScale,
    vocabularies: Places,
    evaluator: Evaluator,
    explainer: Explainer,
}

impl TreesModel {
    /// `forest` has one class, and its features are the columns of the rows that are to come, once `vocabularies` has been applied to them.
    /// Fails where it cannot be explained.
    pub(super) fn new(
        version: String,
        fingerprint: u32,
        points: PointsScale,
        vocabularies: Places,
        forest: &Forest,
    ) -> Result<Self, Unexplained> {
        let (evaluator, explainer) = (Evaluator::new(forest), Explainer::new(forest)?);
        Ok(Self { version, fingerprint, points, vocabularies, evaluator, explainer })
    }

    pub fn version(&self) -> &str {
        &self.version
    }

    /// Replaces `out` by what the rows are worth: a matrix, row after row, `width` values each.
    pub fn score(&self, rows: &[f64], width: usize, scratch: &mut Scratch, out: &mut Vec<Scored>) {
        let Scratch { rows: room, sums, evaluator, .. } = scratch;
        let rows = self.placed(rows, width, room);
        sums.resize(rows.len() / width, 0.0);
        self.evaluator.sums(rows, width, evaluator, sums);
        out.clear();
        out.extend(sums.iter().map(|&sum| self.points.scale.scored(self.points.log_odds(sum))));
    }

    /// Replaces each of `out`, one to a row, by the points of the average training row and what each feature adds to them; zeros are
    /// left out.
    pub fn explain(&self, rows: &[f64], width: usize, scratch: &mut Scratch, out: &mut [Explanation]) {
        let Scratch { rows: room, contributions, explainer, .. } = scratch;
        let rows = self.placed(rows, width, room);
        contributions.resize(out.len() * (width + 1), 0.0);
        self.explainer.contributions(rows, width, explainer, contributions);
        for (explanation, shares) in out.iter_mut().zip(contributions.chunks_exact(width + 1)) {
            let (shares, base) = (&shares[..width], shares[width]);
            explanation.base = self.points_of(base);
            explanation.contributions.clear();
            let shares = shares.iter().enumerate().filter(|(_, share)| **share != 0.0);
            explanation.contributions.extend(shares.map(|(column, share)| (column, self.points.share(*share))));
        }
    }

    /// Points of the average training row.
    pub fn base(&self) -> f64 {
        self.points_of(self.explainer.base().first().copied().unwrap_or(0.0))
    }

    fn points_of(&self, sum: f64) -> f64 {
        self.points.scale.points(self.points.log_odds(sum))
    }

    /// The rows as the forest knows them.
    fn placed<'a>(&self, rows: &'a [f64], width: usize, room: &'a mut Vec<f64>) -> &'a [f64] {
        if self.vocabularies.is_empty() {
            return rows;
        }
        room.clear();
        room.extend_from_slice(rows);
        room.chunks_exact_mut(width).for_each(|row| self.vocabularies.apply(row));
        room
    }
}
