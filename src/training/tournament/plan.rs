//! Which rows are learned from, which judge, before anybody runs.

use super::Settings;
use super::enough::{self, Stage};
use super::outcome::{FoldSummary, LeftOut, Summary};
use super::split::{Split, folds, instant, split};
use crate::random::mix;
use crate::training::matrix::Matrix;
use crate::training::part::Part;

/// Shares of the rows that the holdout takes in turn, until it has enough conversions.
const LARGER_HOLDOUTS: [f64; 3] = [0.3, 0.4, 0.5];
/// Shares of the rows before the first judged part, in turn, until there is enough to learn from.
const FIRST_SHARES: [f64; 3] = [0.4, 0.5, 0.6];

/// The division of a matrix.
pub struct Plan {
    pub stage: Stage,
    pub holdout: Split,
    pub folds: Vec<Split>,
    /// The rows that the folds judge, one part after another.
    pub judged: Part,
}

impl Plan {
    /// `Err` says what there is too little of.
    pub fn new(matrix: &Matrix, settings: &Settings, seed: u64) -> Result<Self, String> {
        let all = Part::all(matrix);
        let shares = std::iter::once(settings.holdout_share).chain(LARGER_HOLDOUTS);
        let shares = shares.filter(|share| *share >= settings.holdout_share);
        let holdout = shares
            .filter_map(|share| {
                let cut_ms = instant(matrix, &all, 1.0 - share)?;
                Some(split(matrix, &all, cut_ms, settings.horizon_ms, mix(seed)))
            })
            .find(|split| enough::sound(matrix, split))
            .ok_or("too few leads of either outcome before and after any instant, with a horizon between them")?;
        let earlier = &holdout.earlier;
        // Rather more folds than more to begin with.
        let counts = (1..=settings.folds.max(1)).rev();
        let folds = counts.flat_map(|count| FIRST_SHARES.map(|share| (count, share))).find_map(|(count, share)| {
            let folds = folds(matrix, earlier, count, share, settings.horizon_ms, seed);
            let all_sound = folds.len() == count && folds.iter().all(|fold| enough::sound(matrix, fold));
            all_sound.then_some(folds)
        });
        let folds = folds.ok_or("too few leads of either outcome before the holdout to divide once more")?;
        let mut judged = Part::default();
        for fold in &folds {
            judged.rows.extend(&fold.later.rows);
            judged.weights.extend(&fold.later.weights);
        }
        Ok(Self { stage: Stage::of_matrix(matrix), holdout, folds, judged })
    }

    /// The last fold, whose later part settings are tuned by.
    pub fn last(&self) -> &Split {
        // There is at least one.
        &self.folds[self.folds.len() - 1]
    }
}

impl FoldSummary {
    pub fn of(matrix: &Matrix, split: &Split) -> Self {
        Self {
            cut_ms: split.cut_ms,
            learned_from: Summary::of(matrix, &split.earlier),
            judged_by: Summary::of(matrix, &split.later),
            left_out: LeftOut { in_gap: split.in_gap, other_side: split.other_side },
        }
    }
}
