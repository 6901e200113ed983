//! Sums and leaves of any rows are those of a plain walk, to the bit: at every level of instructions, in batches of any size.

use crate::trees_support::forests::Shape;
use needle::model::trees::evaluator::{Evaluator, Scratch};
use needle::model::trees::forest::Forest;
use needle::model::trees::simd::Level;
use proptest::prelude::*;

/// What the definition says: sums as bits, and leaves.
fn expected(forest: &Forest, rows: &[f64], width: usize) -> (Vec<u64>, Vec<u32>) {
    let (mut sums, mut leaves) = (Vec::new(), Vec::new());
    let mut of_row = vec![0.0; forest.classes];
    for row in rows.chunks(width) {
        forest.sums(row, &mut of_row);
        sums.extend(of_row.iter().map(|sum| sum.to_bits()));
        leaves.extend(forest.trees.iter().map(|tree| tree.leaf(row) as u32));
    }
    (sums, leaves)
}

/// Does so with one scratch for all levels.
fn check(shape: Shape, beyond: usize, count: usize, seed: u64) -> Result<(), TestCaseError> {
    let forest = crate::trees_support::forests::forest(shape, seed);
    let width = shape.features + beyond;
    let rows = crate::trees_support::forests::rows(&forest, width, count, !seed);
    let (sums, leaves) = expected(&forest, &rows, width);
    let mut scratch = Scratch::default();
    for level in Level::all() {
        let evaluator = Evaluator::at(level, &forest);
        let mut out = vec![f64::NAN; count * forest.classes];
        evaluator.sums(&rows, width, &mut scratch, &mut out);
        prop_assert_eq!(out.iter().map(|sum| sum.to_bits()).collect::<Vec<_>>(), &sums[..], "{}", level.name());
        let mut out = vec![u32::MAX; count * forest.trees.len()];
        evaluator.leaves(&rows, width, &mut scratch, &mut out);
        prop_assert_eq!(&out, &leaves, "{}", level.name());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn small_trees(
        (features, classes, iterations, leaves) in (1usize..20, 1usize..=5, 0usize..30, 1usize..=64),
        (thresholds, beyond, count) in (1usize..100, 0usize..3, 0usize..200),
        (chains, categories) in (any::<bool>(), 0usize..6),
        seed: u64,
    ) {
        check(Shape { features, classes, iterations, leaves, thresholds, chains, categories }, beyond, count, seed)?;
    }

    /// Scales longer than a byte, trees of more leaves than a byte, small trees between them.
    #[test]
    fn large_trees(
        (features, classes, iterations, leaves) in (1usize..6, 1usize..=2, 1usize..5, 60usize..=600),
        (thresholds, beyond, count) in (1usize..900, 0usize..3, 0usize..80),
        (chains, categories) in (any::<bool>(), 0usize..6),
        seed: u64,
    ) {
        check(Shape { features, classes, iterations, leaves, thresholds, chains, categories }, beyond, count, seed)?;
    }

    /// More columns than the table of a single row has.
    #[test]
    fn many_columns((features, iterations, count) in (250usize..400, 20usize..40, 0usize..80), seed: u64) {
        let shape = Shape { features, classes: 1, iterations, leaves: 31, thresholds: 9, chains: false, categories: 9 };
        check(shape, 0, count, seed)?;
    }

    /// More trees than are run abreast for a single row.
    #[test]
    fn many_trees((classes, iterations, leaves) in (1usize..4, 60usize..100, 1usize..40), count in 0usize..80, seed: u64) {
        let shape = Shape { features: 9, classes, iterations, leaves, thresholds: 20, chains: false, categories: 0 };
        check(shape, 1, count, seed)?;
    }
}
