//! The strongest reasons of a score, so chosen that with `base` and `other` they add up to its points.

use super::Explanation;

/// What is left over when nothing was left out is the rounding of a sum; below this it is said as 0.
const ROUNDING_POINTS: f64 = 1e-11;

/// Reasons of one score. Reused from score to score.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reasons {
    /// Feature and its points, strongest first; features of equal strength in their own order.
    pub strongest: Vec<(usize, f64)>,
    /// Points of the model's reference lead.
    pub base: f64,
    /// Points of all features that are not among the strongest.
    pub other: f64,
}

impl Reasons {
    /// Replaces these reasons by the `count` strongest of `explanation`, by |points|, for and against together. A feature that adds
    /// nothing is no reason. `points` is what `base`, `other` and the reasons add up to.
    pub fn choose(&mut self, explanation: &Explanation, points: f64, count: usize) {
        self.strongest.clear();
        for &(feature, contribution) in explanation.contributions.iter().filter(|(_, points)| *points != 0.0) {
            self.offer(feature, contribution, count);
        }
        self.base = explanation.base;
        let said = self.strongest.iter().fold(self.base, |sum, (_, points)| sum + points);
        let rest = points - said;
        let all_said = self.strongest.len() == explanation.contributions.len();
        self.other = if all_said && rest.abs() < ROUNDING_POINTS { 0.0 } else { rest };
    }

    fn offer(&mut self, feature: usize, points: f64, count: usize) {
        let stronger = |&(other, other_points): &(usize, f64)| {
            other_points.abs().total_cmp(&points.abs()).then(feature.cmp(&other)).is_gt()
        };
        let place = self.strongest.partition_point(stronger);
        if place < count {
            self.strongest.truncate(count - 1);
            self.strongest.insert(place, (feature, points));
        }
    }
}
