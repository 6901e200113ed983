//! How the training rows lay, for whoever watches whether what comes in still looks like them.

use std::collections::BTreeMap;

use super::bundle::Made;
use crate::features::{MISSING, Schema};
use crate::model::Scratch;
use crate::model::drift::{Bins, Trained};
use crate::training::matrix::Matrix;
use crate::training::tell::learned::Widened;

/// Rows that are looked at: of more, every nth.
const ROWS: usize = 200_000;
/// Rows that are scored at once.
const BLOCK: usize = 1024;

/// Bins of the score, and of every feature that the model needs. `None` where the rows are not this schema's.
pub fn trained(made: &Made, schema: &Schema, matrix: &Matrix) -> Option<Trained> {
    let step = matrix.rows.len().div_ceil(ROWS).max(1);
    let rows: Vec<usize> = (0..matrix.rows.len()).step_by(step).collect();
    let weights: Vec<f64> = rows.iter().map(|row| matrix.rows[*row].weight).collect();
    let mut features = BTreeMap::new();
    for needed in &made.manifest.features {
        let place = matrix.columns.iter().position(|column| column.name == needed.name)?;
        let values: Vec<f64> = rows.iter().map(|row| matrix.row(*row)[place]).collect();
        let missing = matrix.columns[place].can_miss.then_some(MISSING);
        features.insert(needed.name.clone(), Bins::of(&values, &weights, missing));
    }
    let scores = scores(made, schema, matrix, &rows)?;
    Some(Trained { score: Bins::of(&scores, &weights, None), features })
}

/// Scores of rows of the matrix. `None` where they are not this schema's.
pub fn scores(made: &Made, schema: &Schema, matrix: &Matrix, rows: &[usize]) -> Option<Vec<f64>> {
    let (widened, width) = (Widened::new(matrix, schema)?, schema.width());
    let (mut scratch, mut scored, mut values) = (Scratch::default(), Vec::new(), Vec::with_capacity(BLOCK * width));
    let mut scores = Vec::with_capacity(rows.len());
    for block in rows.chunks(BLOCK) {
        values.clear();
        block.iter().for_each(|row| widened.push(*row, &mut values));
        made.bound.score(&values, width, &mut scratch, &mut scored);
        scores.extend(scored.iter().map(|scored| f64::from(scored.score)));
    }
    Some(scores)
}
