//! Contributions are Shapley values: by the formula over all sets of features.

use crate::explainer_support::reference::by_definition;
use crate::explainer_support::{Counts, contributions, forest, tolerance};
use crate::trees_support::forests::Shape;
use needle::model::trees::explainer::Explainer;
use proptest::prelude::*;

proptest! {
    #[test]
    fn contributions_equal_the_definition(
        (features, classes, leaves) in (1usize..8, 1usize..3, 1usize..20),
        chains: bool,
        counts in prop::sample::select(vec![Counts::Sound, Counts::WithZeros, Counts::Lying]),
        seed: u64,
    ) {
        let shape = Shape { features, classes, iterations: 3, leaves, thresholds: 10, chains, categories: 5 };
        let forest = forest(shape, counts, seed);
        let rows = crate::trees_support::forests::rows(&forest, features, 5, !seed);
        let explainer = Explainer::new(&forest).unwrap();
        let found = contributions(&explainer, &forest, &rows, features);
        let wanted: Vec<f64> = rows.chunks(features).flat_map(|row| by_definition(&forest, row)).collect();
        for (found, wanted) in found.iter().zip(&wanted) {
            prop_assert!((found - wanted).abs() <= tolerance(&forest), "{found} {wanted}");
        }
        prop_assert_eq!(found.len(), wanted.len());
    }
}
