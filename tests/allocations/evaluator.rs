//! Once the scratch has its size, rows are evaluated without allocation.

use crate::counting::allocations;
use crate::trees_support::forests::{self, Shape};
use needle::model::trees::evaluator::{Evaluator, Scratch};
use needle::model::trees::simd::Level;

#[test]
fn rows_alone_and_in_batches() {
    let shape =
        Shape { features: 30, classes: 3, iterations: 30, leaves: 31, thresholds: 300, chains: false, categories: 4 };
    let large = Shape { leaves: 400, ..shape };
    for forest in [forests::forest(shape, 1), forests::forest(large, 2)] {
        let width = shape.features;
        let rows = forests::rows(&forest, width, 200, 3);
        for level in Level::all() {
            let evaluator = Evaluator::at(level, &forest);
            let mut scratch = Scratch::default();
            let (mut sums, mut leaves) = (vec![0.0; 200 * forest.classes], vec![0; 200 * forest.trees.len()]);
            evaluator.sums(&rows[..width], width, &mut scratch, &mut sums[..forest.classes]);
            let count = allocations(|| {
                for batch in [1, 5, 20, 64, 200] {
                    evaluator.sums(&rows[..batch * width], width, &mut scratch, &mut sums[..batch * forest.classes]);
                    let leaves = &mut leaves[..batch * forest.trees.len()];
                    evaluator.leaves(&rows[..batch * width], width, &mut scratch, leaves);
                }
            });
            assert_eq!(count, 0, "{}", level.name());
        }
    }
    assert_ne!(allocations(|| drop(std::hint::black_box(vec![1]))), 0, "the counter counts");
}
