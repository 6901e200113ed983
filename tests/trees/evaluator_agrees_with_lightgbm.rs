//! The evaluator says to the bit what LightGBM says, at every level of instructions, for rows alone and in batches.

use crate::trees_support::agreement::{assert_same_bits, check};
use crate::trees_support::lightgbm::Kind;
use crate::trees_support::{models, rows};
use needle::model::trees::evaluator::{Evaluator, Scratch};
use needle::model::trees::forest::Forest;
use needle::model::trees::simd::Level;

/// For each model. Together more than 100,000.
const ROWS: usize = 3_200;

/// Sums, in batches of so many rows.
fn sums(level: Level, batch: usize, forest: &Forest, rows: &[f64], width: usize) -> Vec<f64> {
    let evaluator = Evaluator::at(level, forest);
    let mut scratch = Scratch::default();
    let mut sums = vec![f64::NAN; rows.len() / width * forest.classes];
    for (rows, sums) in rows.chunks(batch * width).zip(sums.chunks_mut(batch * forest.classes)) {
        evaluator.sums(rows, width, &mut scratch, sums);
    }
    sums
}

#[test]
fn on_awkward_rows() {
    let mut count = 0;
    for (seed, model) in models::all().enumerate() {
        let rows = rows::awkward(&model.forest, ROWS, 1_000 + seed as u64);
        let leaves = model.booster.predict(Kind::Leaf, &rows, model.width);
        for level in Level::all() {
            let name = format!("{}, {}", model.name, level.name());
            for batch in [1, 20, ROWS] {
                check(&name, &model.forest, &model.booster, &rows, &|forest, rows, width| {
                    sums(level, batch, forest, rows, width)
                });
            }
            let mut ours = vec![0; ROWS * model.forest.trees.len()];
            Evaluator::at(level, &model.forest).leaves(&rows, model.width, &mut Scratch::default(), &mut ours);
            assert_same_bits(&name, "leaf", &ours.into_iter().map(f64::from).collect::<Vec<_>>(), &leaves);
        }
        count += ROWS;
    }
    assert!(count >= 100_000, "{count} rows");
}
