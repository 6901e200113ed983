//! Once the scratch has its size, rows are explained without allocation.

use crate::counting::allocations;
use crate::explainer_support::{self, Counts};
use crate::trees_support::forests::{self, Shape};
use needle::model::trees::explainer::{Explainer, Scratch};
use needle::model::trees::simd::Level;

#[test]
fn rows_alone_and_in_batches() {
    let shape =
        Shape { features: 30, classes: 3, iterations: 10, leaves: 31, thresholds: 300, chains: false, categories: 4 };
    // A path of several hundred features is explained in another way.
    let long = Shape { features: 700, leaves: 500, iterations: 1, classes: 1, chains: true, ..shape };
    for shape in [shape, long] {
        let forest = explainer_support::forest(shape, Counts::Sound, 1);
        let (width, size) = (shape.features, forest.classes * (shape.features + 1));
        let rows = forests::rows(&forest, width, 80, 3);
        let mut out = vec![0.0; 80 * size];
        for level in Level::all() {
            let explainer = Explainer::at_level(&forest, level).expect("counts of rows");
            let mut scratch = Scratch::default();
            let mut contributions = |count: usize| {
                explainer.contributions(&rows[..count * width], width, &mut scratch, &mut out[..count * size]);
            };
            // One or two rows and more of them go different ways.
            [1, 3].into_iter().for_each(&mut contributions);
            let count = allocations(|| [1, 2, 3, 20, 64, 65, 80].into_iter().for_each(&mut contributions));
            assert_eq!(count, 0, "{}", level.name());
        }
    }
}
