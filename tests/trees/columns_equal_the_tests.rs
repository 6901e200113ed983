//! A split's byte comparison says what its test says of the value itself, at every level of instructions.

use crate::trees_support::forests::Shape;
use needle::model::trees::columns::Columns;
use needle::model::trees::simd::{BLOCK, Block, Level, Simd, Work};
use proptest::prelude::*;

struct Fill<'a> {
    columns: &'a Columns,
    rows: &'a [f64],
    width: usize,
    block: &'a mut [Block],
}

impl Work for Fill<'_> {
    type Output = ();
    #[inline(always)]
    fn at<S: Simd>(self, simd: S) {
        let count = self.rows.len() / self.width;
        self.columns.fill(simd, self.rows, self.width, count, self.block);
    }
}

struct Outcome<'a>(&'a Block, i8);

impl Work for Outcome<'_> {
    type Output = u64;
    #[inline(always)]
    fn at<S: Simd>(self, simd: S) -> u64 {
        simd.at_most(self.0, self.1)
    }
}

proptest! {
    #[test]
    fn columns_equal_the_tests(
        (features, leaves, thresholds, count) in (1usize..12, 1usize..60, 1usize..900, 1usize..=BLOCK),
        seed: u64,
    ) {
        let shape = Shape { features, classes: 1, iterations: 20, leaves, thresholds, chains: false, categories: 5 };
        let forest = crate::trees_support::forests::forest(shape, seed);
        let width = features + 2;
        let rows = crate::trees_support::forests::rows(&forest, width, count, !seed);
        let (columns, places) = Columns::new(&forest);
        let splits = forest.trees.iter().flat_map(|tree| tree.splits.iter().map(move |split| (tree, split)));
        prop_assert_eq!(places.len(), splits.clone().count());
        for level in Level::all() {
            let mut block = vec![Block::ZERO; columns.len()];
            level.run(Fill { columns: &columns, rows: &rows, width, block: &mut block });
            for ((tree, split), place) in splits.clone().zip(&places) {
                let outcome = level.run(Outcome(&block[place.column as usize], place.rank));
                for (row, values) in rows.chunks(width).enumerate() {
                    let value = values[split.feature as usize];
                    prop_assert_eq!(outcome >> row & 1 == 1, tree.goes_left(split.test, value), "{:?} {}", split, value);
                }
            }
        }
    }
}
