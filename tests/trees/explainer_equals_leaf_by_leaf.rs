//! However a forest is explained, the contributions are those of each leaf by itself.

use crate::explainer_support::reference::leaf_by_leaf;
use crate::explainer_support::{Counts, contributions, forest, tolerance};
use crate::trees_support::forests::Shape;
use needle::model::trees::explainer::Explainer;
use proptest::prelude::*;

proptest! {
    #[test]
    fn contributions_equal_each_leaf_by_itself(
        (features, classes, leaves, rows) in (1usize..60, 1usize..4, 1usize..70, 0usize..150),
        (chains, wider) in (any::<bool>(), 0usize..3),
        counts in prop::sample::select(vec![Counts::Sound, Counts::WithZeros, Counts::Lying]),
        seed: u64,
    ) {
        let shape = Shape { features, classes, iterations: 3, leaves, thresholds: 40, chains, categories: 6 };
        let forest = forest(shape, counts, seed);
        let width = features + wider;
        let rows = crate::trees_support::forests::rows(&forest, width, rows, !seed);
        let explainer = Explainer::new(&forest).unwrap();
        let found = contributions(&explainer, &forest, &rows, width);
        let wanted: Vec<f64> = rows.chunks(width).flat_map(|row| leaf_by_leaf(&forest, row)).collect();
        prop_assert_eq!(found.len(), wanted.len());
        for (found, wanted) in found.iter().zip(&wanted) {
            prop_assert!((found - wanted).abs() <= tolerance(&forest), "{found} {wanted}");
        }
    }
}
