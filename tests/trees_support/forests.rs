//! Forests that nobody trained, and rows that look for trouble in them.

use needle::model::trees::forest::{CategorySet, Child, Forest, Missing, Split, Test, Tree, ZERO};
use needle::model::trees::objective::Objective;

/// SplitMix64.
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Less than `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    /// From 0 to 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

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
    let mut dice = Dice(seed);
    let scales: Vec<Vec<f64>> =
        (0..shape.features).map(|_| (0..shape.thresholds).map(|_| threshold(&mut dice)).collect()).collect();
    // As LightGBM has it, a feature's missing type is the same in all trees; every third feature has them all.
    let missing: Vec<Option<Missing>> = (0..shape.features)
        .map(|_| dice.pick(&[None, Some(Missing::None), Some(Missing::Zero), Some(Missing::Nan)]))
        .collect();
    let trees = (0..shape.classes * shape.iterations).map(|_| tree(shape, &scales, &missing, &mut dice)).collect();
    Forest {
        feature_names: (0..shape.features).map(|i| format!("f{i}")).collect(),
        classes: shape.classes,
        objective: Objective::Identity,
        averaged: false,
        trees,
    }
}

fn threshold(dice: &mut Dice) -> f64 {
    match dice.below(8) {
        0 => dice.pick(&ODD_VALUES),
        1 => dice.below(10) as f64,
        _ => dice.unit() * 4.0 - 2.0,
    }
}

/// Splits grow out of leaves at random, so that a node stands before its children but not always right before them.
fn tree(shape: Shape, scales: &[Vec<f64>], missing: &[Option<Missing>], dice: &mut Dice) -> Tree {
    let leaves = if dice.one_in(4) { 1 + dice.below(shape.leaves) } else { shape.leaves };
    let mut splits: Vec<Split> = Vec::new();
    let mut categories = Vec::new();
    for at in 0..leaves - 1 {
        let feature = dice.below(shape.features);
        let test = if shape.categories > 0 && dice.one_in(shape.categories) {
            categories.push(CategorySet { words: (0..dice.below(4)).map(|_| dice.next() as u32).collect() });
            Test::Categories { set: categories.len() as u32 - 1 }
        } else {
            let missing = missing[feature].unwrap_or_else(|| dice.pick(&[Missing::None, Missing::Zero, Missing::Nan]));
            Test::AtMost { threshold: dice.pick(&scales[feature]), missing, default_left: dice.one_in(2) }
        };
        let mut split =
            Split { feature: feature as u32, test, left: Child::Leaf(0), right: Child::Leaf(at as u32 + 1) };
        if at > 0 {
            // Takes the place of a leaf, which becomes one of its own.
            let parent = if shape.chains { at - 1 } else { dice.below(at) };
            let parent = (parent..at).chain(0..parent).find(|parent| is_open(&splits[*parent])).unwrap_or_default();
            let take_left = match (splits[parent].left, splits[parent].right) {
                (Child::Leaf(_), Child::Leaf(_)) => dice.one_in(2),
                (left, _) => matches!(left, Child::Leaf(_)),
            };
            let side = if take_left { &mut splits[parent].left } else { &mut splits[parent].right };
            let taken = std::mem::replace(side, Child::Split(at as u32));
            if dice.one_in(2) {
                split.left = taken;
            } else {
                (split.left, split.right) = (split.right, taken);
            }
        }
        splits.push(split);
    }
    let leaf_values = (0..leaves).map(|_| dice.unit() - 0.5).collect();
    Tree { splits, leaf_values, categories, covers: None }
}

fn is_open(split: &Split) -> bool {
    matches!(split.left, Child::Leaf(_)) || matches!(split.right, Child::Leaf(_))
}

/// Rows of `width` values, which is at least the features of `forest`: thresholds, what lies next to them, NaN, and other odd ones.
pub fn rows(forest: &Forest, width: usize, count: usize, seed: u64) -> Vec<f64> {
    let mut dice = Dice(seed);
    let mut thresholds = vec![Vec::new(); width];
    for split in forest.trees.iter().flat_map(|tree| &tree.splits) {
        if let Test::AtMost { threshold, .. } = split.test {
            thresholds[split.feature as usize].push(threshold);
        }
    }
    (0..count * width).map(|at| value(&thresholds[at % width], &mut dice)).collect()
}

fn value(thresholds: &[f64], dice: &mut Dice) -> f64 {
    match dice.below(10) {
        0 => f64::NAN,
        1 => dice.pick(&ODD_VALUES),
        2 => dice.below(130) as f64 - 2.0 + dice.pick(&[0.0, 0.5]),
        3..6 if !thresholds.is_empty() => {
            let threshold = dice.pick(thresholds);
            dice.pick(&[threshold, threshold.next_up(), threshold.next_down()])
        }
        _ => dice.unit() * 4.0 - 2.0,
    }
}
