//! How far the leads of the holdout, the last in time, are from those that were learned from.

use crate::features::MISSING;
use crate::training::drift::{Bins, WORTH_A_LOOK, psi};
use crate::training::matrix::Matrix;
use crate::training::part::Part;
use crate::training::report::data::{Drift, FeatureDrift};
use crate::training::report::words::day;

/// Rows of either side without which chance would look like drift: ten bins of them have a PSI of about .02 by chance.
pub const LEAST_ROWS: usize = 500;
/// Rows that are looked at of either side: of more, every nth.
const ROWS: usize = 100_000;
/// Features that are told.
const FEATURES: usize = 20;

/// Rows of two times, ascending.
pub struct Times {
    pub earlier: Part,
    pub later: Part,
}

impl Times {
    /// The holdout, and all rows up to the last that was learned from. `None` where either has too few.
    pub fn new(matrix: &Matrix, holdout: &Part, learned_to_ms: i64) -> Option<Self> {
        let end = matrix.rows.partition_point(|row| row.at_ms <= learned_to_ms);
        let weights = matrix.rows[..end].iter().map(|row| row.weight).collect();
        let earlier = Part { rows: (0..end).collect(), weights };
        let enough = earlier.len().min(holdout.len()) >= LEAST_ROWS;
        enough.then(|| Self { earlier: some(&earlier), later: some(holdout) })
    }
}

/// Every nth row.
fn some(part: &Part) -> Part {
    let step = part.len().div_ceil(ROWS).max(1);
    let every = |list: &[f64]| list.iter().copied().step_by(step).collect();
    Part { rows: part.rows.iter().copied().step_by(step).collect(), weights: every(&part.weights) }
}

/// `scores`: of the new model, for each row of the earlier and of the later times; `None` where there is none.
pub fn drift(matrix: &Matrix, times: &Times, scores: Option<[Vec<f64>; 2]>) -> Drift {
    let Times { earlier, later } = times;
    let between = |[earlier_values, later_values]: [Vec<f64>; 2], missing| {
        let bins = Bins::of(&earlier_values, &earlier.weights, missing);
        let mut counts = vec![0.0; bins.shares.len()];
        let counted = later_values.iter().zip(&later.weights);
        counted.for_each(|(value, weight)| counts[bins.bin(*value)] += weight);
        psi(&bins, &counts)
    };
    let columns = matrix.columns.iter().enumerate();
    let mut features: Vec<FeatureDrift> = columns
        .filter_map(|(place, column)| {
            let values = [earlier, later].map(|part| part.rows.iter().map(|row| matrix.row(*row)[place]).collect());
            let psi = between(values, column.can_miss.then_some(MISSING))?;
            Some(FeatureDrift { feature: column.name.clone(), text: column.name.replace('_', " "), psi })
        })
        .filter(|drift| drift.psi >= WORTH_A_LOOK)
        .collect();
    features.sort_by(|a, b| b.psi.total_cmp(&a.psi).then_with(|| a.feature.cmp(&b.feature)));
    features.truncate(FEATURES);
    let span = |part: &Part| {
        let at = |row: Option<&usize>| day(row.map_or(0, |row| matrix.rows[*row].at_ms));
        format!("{} to {}", at(part.rows.first()), at(part.rows.last()))
    };
    let compared = format!("those of the holdout ({}) against those learned from ({})", span(later), span(earlier));
    Drift { compared, score_psi: scores.and_then(|scores| between(scores, None)), features }
}
