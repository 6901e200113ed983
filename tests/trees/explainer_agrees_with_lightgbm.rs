//! Contributions are what LightGBM's `pred_contrib` says, for models of all kinds and those that others have written.
//!
//! The latter are in `../shared/data/lightgbm-models`; where that is absent that test is skipped.

use crate::trees_support::lightgbm::{Booster, Kind};
use crate::trees_support::{given, models, rows};
use needle::model::trees::explainer::{Explainer, Scratch};
use needle::model::trees::forest::Forest;
use needle::model::trees::simd::Level;

/// The bound. What is seen is a few 1e-14.
const TOLERANCE: f64 = 1e-9;

/// Both ways: many rows at once, and each by itself.
fn check(name: &str, forest: &Forest, booster: &Booster, rows: &[f64]) {
    let width = forest.feature_names.len();
    let wanted = booster.predict(Kind::Contrib, rows, width);
    for level in Level::all() {
        let explainer = Explainer::at_level(forest, level).unwrap();
        let mut scratch = Scratch::default();
        let mut found = vec![f64::NAN; wanted.len()];
        explainer.contributions(rows, width, &mut scratch, &mut found);
        assert_near(name, level, &found, &wanted);

        found.fill(f64::NAN);
        for (row, found) in rows.chunks(width).zip(found.chunks_mut(forest.classes * (width + 1))) {
            explainer.contributions(row, width, &mut scratch, found);
        }
        assert_near(name, level, &found, &wanted);
    }
}

fn assert_near(name: &str, level: Level, found: &[f64], wanted: &[f64]) {
    for (place, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        let difference = (found - wanted).abs();
        assert!(difference <= TOLERANCE, "{name}, {}, [{place}]: {found} here, LightGBM has {wanted}", level.name());
    }
}

#[test]
fn trained_models_agree() {
    for (seed, model) in models::all().enumerate() {
        check(model.name, &model.forest, &model.booster, &rows::awkward(&model.forest, 83, seed as u64));
    }
}

#[test]
fn given_models_agree() {
    for (name, bytes) in given::models() {
        let forest = Forest::from_text(&bytes).unwrap();
        // One says nothing of training rows.
        if forest.trees.iter().any(|tree| tree.covers.is_none()) {
            assert!(Explainer::new(&forest).is_err(), "{name}");
            continue;
        }
        let booster = Booster::from_text(std::str::from_utf8(&bytes).unwrap());
        check(name, &forest, &booster, &rows::awkward(&forest, 41, 3));
    }
}
