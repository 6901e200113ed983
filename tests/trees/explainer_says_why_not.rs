//! A forest that cannot be explained is refused by its tree.

use needle::model::trees::explainer::{Explainer, MAX_CONTRIBUTIONS, MAX_PATH, Unexplained};
use needle::model::trees::forest::{Child, Covers, Forest, Missing, Split, Test, Tree};
use needle::model::trees::objective::Objective;

/// A path of as many features, a leaf beside each split.
fn chain(features: usize) -> Tree {
    let test = Test::AtMost { threshold: 0.0, missing: Missing::None, default_left: false };
    let split = |at: usize| {
        let below = if at + 1 < features { Child::Split(at as u32 + 1) } else { Child::Leaf(features as u32) };
        Split { feature: at as u32, test, left: Child::Leaf(at as u32), right: below }
    };
    Tree {
        splits: (0..features).map(split).collect(),
        leaf_values: vec![1.0; features + 1],
        categories: Vec::new(),
        covers: Some(Covers {
            splits: (0..features as u32).map(|at| features as u32 + 1 - at).collect(),
            leaves: vec![1; features + 1],
        }),
    }
}

fn forest(trees: Vec<Tree>) -> Forest {
    let feature_names = (0..=MAX_PATH).map(|feature| format!("f{feature}")).collect();
    Forest { feature_names, classes: 1, objective: Objective::Identity, averaged: false, trees }
}

#[test]
fn a_tree_without_counts() {
    let mut trees = vec![chain(3), chain(0), chain(3)];
    // One leaf needs no counts.
    trees[1].covers = None;
    assert!(Explainer::new(&forest(trees.clone())).is_ok());
    trees[2].covers = None;
    let why = Explainer::new(&forest(trees)).unwrap_err();
    assert_eq!(why, Unexplained::NoCovers { tree: 2 });
    assert!(why.to_string().starts_with("tree 2 has no counts of training rows"), "{why}");
}

#[test]
fn a_path_without_end() {
    assert!(Explainer::new(&forest(vec![chain(MAX_PATH)])).is_ok());
    let why = Explainer::new(&forest(vec![chain(1), chain(MAX_PATH + 1)])).unwrap_err();
    assert_eq!(why, Unexplained::TooLong { tree: 1, features: MAX_PATH + 1 });
}

/// A file of a few MB may have as many classes as trees, and a long line of names.
#[test]
fn a_row_without_end() {
    let classes = MAX_CONTRIBUTIONS / (MAX_PATH + 2);
    let forest = |classes| Forest { classes, ..forest(vec![chain(0); classes]) };
    assert!(Explainer::new(&forest(classes)).is_ok());
    let why = Explainer::new(&forest(classes + 1)).unwrap_err();
    assert_eq!(why, Unexplained::TooMany { classes: classes + 1, features: MAX_PATH + 1 });
}
