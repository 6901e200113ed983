//! A row's contributions and the base add up to its sums.

use crate::explainer_support::{Counts, contributions, forest, tolerance};
use crate::trees_support::forests::Shape;
use needle::model::trees::explainer::Explainer;
use proptest::prelude::*;

proptest! {
    #[test]
    fn contributions_add_up(
        (features, classes, leaves, rows) in (1usize..60, 1usize..4, 1usize..70, 0usize..150),
        (chains, wider) in (any::<bool>(), 0usize..3),
        counts in prop::sample::select(vec![Counts::Sound, Counts::WithZeros, Counts::Lying]),
        seed: u64,
    ) {
        let shape = Shape { features, classes, iterations: 4, leaves, thresholds: 40, chains, categories: 6 };
        let forest = forest(shape, counts, seed);
        let width = features + wider;
        let rows = crate::trees_support::forests::rows(&forest, width, rows, !seed);
        let explainer = Explainer::new(&forest).unwrap();
        let found = contributions(&explainer, &forest, &rows, width);
        let mut sums = vec![0.0; classes];
        for (row, of_row) in rows.chunks(width).zip(found.chunks(classes * (width + 1))) {
            forest.sums(row, &mut sums);
            for (sum, of_class) in sums.iter().zip(of_row.chunks(width + 1)) {
                let total: f64 = of_class.iter().sum();
                prop_assert!((total - sum).abs() <= tolerance(&forest), "{total} {sum}");
                prop_assert!(of_class[features..width].iter().all(|unseen| *unseen == 0.0));
            }
        }
    }
}
