//! Our trees say to the bit what LightGBM says: its raw scores, its predictions, its leaves.

use std::collections::BTreeSet;

use crate::trees_support::agreement::{assert_same_bits, check, leaves, reference};
use crate::trees_support::lightgbm::{Booster, Kind};
use crate::trees_support::{models, rows};
use needle::model::trees::forest::{Forest, Missing, Test};
use needle::model::trees::objective::Objective;

/// For each model. Together more than 100,000.
const ROWS: usize = 3_200;

#[test]
fn trained_models_agree_on_awkward_rows() {
    let mut count = 0;
    for (seed, model) in models::all().enumerate() {
        let rows = rows::awkward(&model.forest, ROWS, seed as u64);
        check(model.name, &model.forest, &model.booster, &rows, &reference);
        let ours = leaves(&model.forest, &rows, model.width);
        assert_same_bits(model.name, "leaf", &ours, &model.booster.predict(Kind::Leaf, &rows, model.width));
        count += ROWS;
    }
    assert!(count >= 100_000, "{count} rows");
}

#[test]
fn what_lightgbm_reads_back_agrees_too() {
    for name in ["nothing is missing", "classes, one against all", "categories", "tiny values"] {
        let model = models::named(name);
        let rows = rows::awkward(&model.forest, 500, 5);
        check(name, &model.forest, &Booster::from_text(&model.text), &rows, &reference);
    }
}

/// LightGBM reads a parameter of an objective to within the last bit: here it is not the nearest double.
#[test]
fn a_parameter_is_read_as_lightgbm_reads_it() {
    let model = models::named("nothing is missing").text.replace("sigmoid:1.23457", "sigmoid:1.00988");
    let forest = Forest::from_text(model.as_bytes()).unwrap();
    let Objective::Logistic { sigmoid } = forest.objective else { panic!("{:?}", forest.objective) };
    assert_eq!(sigmoid, 1.009_88_f64.next_down());
    let rows = rows::awkward(&forest, 500, 8);
    check("sigmoid", &forest, &Booster::from_text(&model), &rows, &reference);
}

/// A model whose user has an objective of their own names none.
#[test]
fn a_model_without_an_objective_agrees() {
    let model = models::named("classes");
    let without: String = model
        .text
        .lines()
        .filter(|line| !line.starts_with("objective="))
        .fold(String::new(), |text, line| text + line + "\n");
    let forest = Forest::from_text(without.as_bytes()).unwrap();
    assert_eq!(forest.objective, Objective::Identity);
    let rows = rows::awkward(&forest, 500, 6);
    check("classes without an objective", &forest, &Booster::from_text(&without), &rows, &reference);
}

/// The agreement is worth what the models have in them.
#[test]
fn the_models_have_everything_in_them() {
    let (mut missing, mut objectives, mut words, mut leaves) = (BTreeSet::new(), Vec::new(), 0, BTreeSet::new());
    let (mut trees, mut averaged) = (BTreeSet::new(), 0);
    for model in models::all() {
        trees.insert(model.forest.trees.len());
        averaged += usize::from(model.forest.averaged);
        objectives.push(model.forest.objective);
        for tree in &model.forest.trees {
            leaves.insert(tree.leaf_values.len());
            words = tree.categories.iter().map(|set| set.words.len()).fold(words, usize::max);
            for split in &tree.splits {
                if let Test::AtMost { missing: kind, default_left, .. } = split.test {
                    missing.insert((kind, default_left));
                }
            }
        }
    }
    for kind in [Missing::Zero, Missing::Nan] {
        assert!(missing.contains(&(kind, false)) && missing.contains(&(kind, true)), "{kind:?}: {missing:?}");
    }
    assert!(missing.iter().any(|(kind, _)| *kind == Missing::None), "{missing:?}");
    assert!(words > 4, "sets of {words} words");
    for count in [1, 2, 64, 65] {
        assert!(leaves.contains(&count), "{leaves:?}");
    }
    assert!(*leaves.last().unwrap() > 256, "{leaves:?}");
    assert!(trees.contains(&1) && trees.contains(&2000), "{trees:?}");
    assert_eq!(averaged, 2);
    for objective in [
        Objective::Identity,
        Objective::SignedSquare,
        Objective::Logistic { sigmoid: 1.0 },
        Objective::Exponential,
        Objective::Softplus,
        Objective::Softmax,
    ] {
        assert!(objectives.contains(&objective), "{objective:?}");
    }
}
