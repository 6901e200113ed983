//! What a LightGBM model is: trees in order, and how one tree decides. Checked when it is made, so whoever walks it need not check.
//!
//! [`Tree::leaf`] is the definition that every faster way of ours is held to. It decides as LightGBM's own `Tree::NumericalDecision` and
//! `Tree::CategoricalDecision` do, in f64.

use super::objective::Objective;

/// A value no farther from 0 than this is 0 where zero stands for "missing": LightGBM's `kZeroThreshold`, the double nearest to the
/// *float* 1e-35.
pub const ZERO: f64 = 1e-35_f32 as f64;

/// A model: trees whose values are summed in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Forest {
    /// One name for each value of a row, in its order.
    pub feature_names: Vec<String>,
    /// Sums to a row; 1 unless it is a multiclass model. Tree `t` counts for class `t % classes`.
    pub classes: usize,
    pub objective: Objective,
    /// A random forest: a sum is divided by the number of its trees.
    pub averaged: bool,
    /// A multiple of `classes`.
    pub trees: Vec<Tree>,
}

/// A binary tree with at least one leaf, all of whose nodes hang together.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// Inner nodes, one less than leaves; the first is the root. A node stands before its children.
    pub splits: Vec<Split>,
    pub leaf_values: Vec<f64>,
    /// What [`Test::Categories`] points to.
    pub categories: Vec<CategorySet>,
    /// Training rows that came to each node; `None` where the file does not say. Only explanations need it.
    pub covers: Option<Covers>,
}

/// An inner node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Split {
    /// Place in the row.
    pub feature: u32,
    pub test: Test,
    /// Where a row goes that passes the test.
    pub left: Child,
    pub right: Child,
}

/// What a split asks of its feature's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Test {
    /// At most `threshold` (never NaN). What is missing goes left where `default_left`, else right, without a comparison.
    AtMost { threshold: f64, missing: Missing, default_left: bool },
    /// Its whole part is one of a set, by its place in [`Tree::categories`].
    Categories { set: u32 },
}

/// Which values are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Missing {
    /// None; NaN is 0.
    None,
    /// 0 (see [`ZERO`]) and NaN.
    Zero,
    /// NaN.
    Nan,
}

/// Where an edge leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Child {
    /// Place in [`Tree::splits`].
    Split(u32),
    /// Place in [`Tree::leaf_values`].
    Leaf(u32),
}

/// Whole numbers from 0 on, as bits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CategorySet {
    /// Category `c` is bit `c % 32` of word `c / 32`.
    pub words: Vec<u32>,
}

/// Training rows by node, above 0 as far as the file is sound; a 0 is let through, and its node then counts for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covers {
    /// In the order of [`Tree::splits`].
    pub splits: Vec<u32>,
    /// In the order of [`Tree::leaf_values`].
    pub leaves: Vec<u32>,
}

impl CategorySet {
    /// Whether the whole part of `value` is in the set. NaN, infinities, what is below 0 and what no `i32` holds are in none; −0.5 is 0.
    pub fn contains(&self, value: f64) -> bool {
        let whole = value.trunc();
        // `-0.0` is not below 0. A NaN fails the comparison.
        if !(whole >= 0.0 && whole <= f64::from(i32::MAX)) {
            return false;
        }
        let category = whole as usize;
        self.words.get(category / 32).is_some_and(|word| word >> (category % 32) & 1 == 1)
    }
}

impl Tree {
    /// Whether a row goes left at a split of this tree.
    pub fn goes_left(&self, test: Test, value: f64) -> bool {
        match test {
            Test::AtMost { threshold, missing, default_left } => {
                let value = if value.is_nan() && missing != Missing::Nan { 0.0 } else { value };
                let is_missing = match missing {
                    Missing::None => false,
                    Missing::Zero => value.abs() <= ZERO,
                    Missing::Nan => value.is_nan(),
                };
                if is_missing { default_left } else { value <= threshold }
            }
            Test::Categories { set } => self.categories[set as usize].contains(value),
        }
    }

    /// The leaf that a row ends in. `row` holds a value for each feature of the forest.
    pub fn leaf(&self, row: &[f64]) -> usize {
        let mut at = if self.splits.is_empty() { Child::Leaf(0) } else { Child::Split(0) };
        loop {
            match at {
                Child::Leaf(leaf) => return leaf as usize,
                Child::Split(split) => {
                    let split = &self.splits[split as usize];
                    at = if self.goes_left(split.test, row[split.feature as usize]) { split.left } else { split.right };
                }
            }
        }
    }
}

impl Forest {
    /// Trees of each class.
    pub fn iterations(&self) -> usize {
        self.trees.len() / self.classes
    }

    /// The sums of one row, a class each, tree after tree: LightGBM's raw score, not averaged.
    pub fn sums(&self, row: &[f64], out: &mut [f64]) {
        out.fill(0.0);
        for (index, tree) in self.trees.iter().enumerate() {
            out[index % self.classes] += tree.leaf_values[tree.leaf(row)];
        }
    }
}
