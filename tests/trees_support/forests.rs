//! Forests that nobody trained, and rows that look for trouble in them.

use needle::model::trees::forest::{CategorySet, Child, Forest, Missing, Split, Test, Tree, ZERO};
use needle::model::trees::objective::Objective;

use super::random::Random;

/// What a forest looks like.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub features: usize,
    pub classes: usize,
    pub iterations: usize,
    /// Most leaves of a tree.
    pub leaves: usize,
    /// Different thresholds of a feature, about.
    pub thresholds: usize,
    /// Each tree a path with leaves at its side.
    pub chains: bool,
    /// One split in so many asks for categories; 0: none.
    pub categories: usize,
}

pub const ODD_VALUES: [f64; 12] = [
    0.0,
    -0.0,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::MIN_POSITIVE,
    5e-324,
    -5e-324,
    ZERO,
    -ZERO,
    f64::MAX,
    1.0,
    2_147_483_648.0,
];

pub fn forest(shape: Shape, seed: u64) -> Forest {
    let mut random = Random(seed);
    let scales: Vec<Vec<f64>> =
        (0..shape.features).map(|_| (0..shape.thresholds).map(|_| threshold(&mut random)).collect()).collect();
    // As LightGBM has it, a feature's missing type is the same in all trees; every third feature has them all.
    let missing: Vec<Option<Missing>> = (0..shape.features)
        .map(|_| random.one_of(&[None, Some(Missing::None), Some(Missing::Zero), Some(Missing::Nan)]))
        .collect();
    let trees = (0..shape.classes * shape.iterations).map(|_| tree(shape, &scales, &missing, &mut random)).collect();
    Forest {
        feature_names: (0..shape.features).map(|i| format!("f{i}")).collect(),
        classes: shape.classes,
        objective: Objective::Identity,
        averaged: false,
        trees,
    }
}

fn threshold(random: &mut Random) -> f64 {
    match random.below(8) {
        0 => random.one_of(&ODD_VALUES),
        1 => random.below(10) as f64,
        _ => random.unit() * 4.0 - 2.0,
    }
}

/// Splits grow out of leaves at random, so that a node stands before its children but not always right before them.
fn tree(shape: Shape, scales: &[Vec<f64>], missing: &[Option<Missing>], random: &mut Random) -> Tree {
    let leaves = if random.below(4) == 0 { 1 + random.below(shape.leaves) } else { shape.leaves };
    let mut splits: Vec<Split> = Vec::new();
    let mut categories = Vec::new();
    for at in 0..leaves - 1 {
        let feature = random.below(shape.features);
        let test = if shape.categories > 0 && random.below(shape.categories) == 0 {
            categories.push(CategorySet { words: (0..random.below(4)).map(|_| random.next() as u32).collect() });
            Test::Categories { set: categories.len() as u32 - 1 }
        } else {
            let missing =
                missing[feature].unwrap_or_else(|| random.one_of(&[Missing::None, Missing::Zero, Missing::Nan]));
            Test::AtMost { threshold: random.one_of(&scales[feature]), missing, default_left: random.below(2) == 0 }
        };
        let mut split =
            Split { feature: feature as u32, test, left: Child::Leaf(0), right: Child::Leaf(at as u32 + 1) };
        if at > 0 {
            // Takes the place of a leaf, which becomes one of its own.
            let parent = if shape.chains { at - 1 } else { random.below(at) };
            let parent = (parent..at).chain(0..parent).find(|parent| is_open(&splits[*parent])).unwrap_or_default();
            let take_left = match (splits[parent].left, splits[parent].right) {
                (Child::Leaf(_), Child::Leaf(_)) => random.below(2) == 0,
                (left, _) => matches!(left, Child::Leaf(_)),
            };
            let side = if take_left { &mut splits[parent].left } else { &mut splits[parent].right };
            let taken = std::mem::replace(side, Child::Split(at as u32));
            if random.below(2) == 0 {
                split.left = taken;
            } else {
                (split.left, split.right) = (split.right, taken);
            }
        }
        splits.push(split);
    }
    let leaf_values = (0..leaves).map(|_| random.unit() - 0.5).collect();
    Tree { splits, leaf_values, categories, covers: None }
}

fn is_open(split: &Split) -> bool {
    matches!(split.left, Child::Leaf(_)) || matches!(split.right, Child::Leaf(_))
}

/// Rows of `width` values, which is at least the features of `forest`: thresholds, what lies next to them, NaN, and other odd ones.
pub fn rows(forest: &Forest, width: usize, count: usize, seed: u64) -> Vec<f64> {
    let mut random = Random(seed);
    let mut thresholds = vec![Vec::new(); width];
    for split in forest.trees.iter().flat_map(|tree| &tree.splits) {
        if let Test::AtMost { threshold, .. } = split.test {
            thresholds[split.feature as usize].push(threshold);
        }
    }
    (0..count * width).map(|at| value(&thresholds[at % width], &mut random)).collect()
}

fn value(thresholds: &[f64], random: &mut Random) -> f64 {
    match random.below(10) {
        0 => f64::NAN,
        1 => random.one_of(&ODD_VALUES),
        2 => random.below(130) as f64 - 2.0 + random.one_of(&[0.0, 0.5]),
        3..6 if !thresholds.is_empty() => {
            let threshold = random.one_of(thresholds);
            random.one_of(&[threshold, threshold.next_up(), threshold.next_down()])
        }
        _ => random.unit() * 4.0 - 2.0,
    }
}
