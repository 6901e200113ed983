//! What every model that was read promises whoever walks it.

use needle::model::trees::forest::{Child, Forest, Test, Tree};

/// Checks all that [`Forest`] documents, and walks some rows.
pub fn assert_sound(forest: &Forest) {
    assert!(forest.classes > 0 && !forest.trees.is_empty() && forest.trees.len().is_multiple_of(forest.classes));
    assert!(!forest.feature_names.is_empty());
    for tree in &forest.trees {
        assert_tree_is_sound(tree, forest.feature_names.len());
    }
    let mut sums = vec![0.0; forest.classes];
    for value in [f64::NAN, 0.0, -1.0, 1.5, 40.0, f64::INFINITY, f64::NEG_INFINITY] {
        forest.sums(&vec![value; forest.feature_names.len()], &mut sums);
        forest.convert(&mut sums);
    }
}

fn assert_tree_is_sound(tree: &Tree, features: usize) {
    let (splits, leaves) = (tree.splits.len(), tree.leaf_values.len());
    assert_eq!(splits + 1, leaves);
    let mut parents = (vec![0; splits], vec![0; leaves]);
    for (place, split) in tree.splits.iter().enumerate() {
        assert!((split.feature as usize) < features);
        match split.test {
            Test::AtMost { threshold, .. } => assert!(!threshold.is_nan()),
            Test::Categories { set } => assert!((set as usize) < tree.categories.len()),
        }
        for child in [split.left, split.right] {
            match child {
                Child::Split(child) => {
                    assert!(child as usize > place, "a node stands before its children");
                    parents.0[child as usize] += 1;
                }
                Child::Leaf(leaf) => parents.1[leaf as usize] += 1,
            }
        }
    }
    assert!(parents.0.iter().skip(1).chain(&parents.1).all(|&count| count == 1) || splits == 0, "{parents:?}");
    assert!(tree.leaf_values.iter().all(|value| value.is_finite()));
    if let Some(covers) = &tree.covers {
        assert_eq!((covers.splits.len(), covers.leaves.len()), (splits, leaves));
    }
}
