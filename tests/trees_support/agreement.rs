//! Two ways to evaluate a model, value by value.

use needle::model::trees::forest::Forest;

use super::lightgbm::{Booster, Kind};

/// A way to sum the trees for rows of so many values: for each row a sum a class, LightGBM's raw scores.
pub type Sums<'a> = &'a dyn Fn(&Forest, &[f64], usize) -> Vec<f64>;

/// The way that all others are held to.
pub fn reference(forest: &Forest, rows: &[f64], width: usize) -> Vec<f64> {
    let mut sums = vec![0.0; rows.len() / width * forest.classes];
    for (row, sums) in rows.chunks(width).zip(sums.chunks_mut(forest.classes)) {
        forest.sums(row, sums);
    }
    sums
}

/// What the model predicts for those sums.
pub fn converted(forest: &Forest, mut sums: Vec<f64>) -> Vec<f64> {
    sums.chunks_mut(forest.classes).for_each(|sums| forest.convert(sums));
    sums
}

/// The leaf of each tree, row after row.
pub fn leaves(forest: &Forest, rows: &[f64], width: usize) -> Vec<f64> {
    rows.chunks(width).flat_map(|row| forest.trees.iter().map(|tree| tree.leaf(row) as f64)).collect()
}

/// Holds a way to sum, and what is predicted from its sums, to LightGBM.
pub fn check(name: &str, forest: &Forest, booster: &Booster, rows: &[f64], sums: Sums<'_>) {
    let width = forest.feature_names.len();
    let ours = sums(forest, rows, width);
    assert_same_bits(name, "raw", &ours, &booster.predict(Kind::Raw, rows, width));
    assert_same_bits(name, "normal", &converted(forest, ours), &booster.predict(Kind::Normal, rows, width));
}

/// Of two NaN the bits may differ.
#[track_caller]
pub fn assert_same_bits(model: &str, what: &str, ours: &[f64], theirs: &[f64]) {
    assert_eq!(ours.len(), theirs.len(), "{model}, {what}");
    let same = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan();
    if let Some(place) = ours.iter().zip(theirs).position(|pair| !same(pair)) {
        panic!("{model}, {what}[{place}]: {:?} here, LightGBM has {:?}", ours[place], theirs[place]);
    }
}
