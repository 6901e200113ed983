//! A tree's edges, seen from the paths that they lie on: all that contributions need to know beside what a row decides.
//!
//! Two edges of one path that ask for one feature count as one factor, so the lower one stands for both: its share is the product of
//! theirs, and a row takes it only where it takes both.

use super::super::forest::{Child, Covers, Split, Tree};

/// No edge: nothing above asks for the feature.
pub const NONE: u32 = u32::MAX;

/// What is known of a tree's splits and edges. Edge `2·s` leads from split `s` to its left child, `2·s + 1` to its right.
#[derive(Clone, Debug)]
pub struct Paths {
    /// For each split, the lowest edge above it that asks for its feature, or [`NONE`].
    pub above: Vec<u32>,
    /// For each edge, the share of training rows that take it, times the share of the edge above of its feature.
    pub shares: Vec<f64>,
    /// For each split, the number of distinct features on the way to it and at it.
    pub features: Vec<u32>,
    /// What the tree says on average: each leaf's value by its share of the training rows.
    pub expectation: f64,
}

impl Paths {
    pub fn new(tree: &Tree, covers: &Covers) -> Self {
        let above = above(&tree.splits);
        let mut shares = vec![0.0; 2 * tree.splits.len()];
        let mut features = vec![0; tree.splits.len()];
        let mut reach = vec![1.0; tree.splits.len()];
        let mut expectation = if tree.splits.is_empty() { tree.leaf_values[0] } else { 0.0 };
        // Downwards: a split stands before its children.
        for (s, split) in tree.splits.iter().enumerate() {
            features[s] += u32::from(above[s] == NONE);
            for (edge, child) in [(2 * s, split.left), (2 * s + 1, split.right)] {
                let cover = match child {
                    Child::Split(to) => covers.splits[to as usize],
                    Child::Leaf(to) => covers.leaves[to as usize],
                };
                let share = share(cover, covers.splits[s]);
                shares[edge] = share * if above[s] == NONE { 1.0 } else { shares[above[s] as usize] };
                match child {
                    Child::Split(to) => {
                        features[to as usize] = features[s];
                        reach[to as usize] = reach[s] * share;
                    }
                    Child::Leaf(to) => expectation += reach[s] * share * tree.leaf_values[to as usize],
                }
            }
        }
        Self { above, shares, features, expectation }
    }

    /// The most features that one path has.
    pub fn longest(&self) -> usize {
        self.features.iter().max().map_or(0, |&most| most as usize)
    }
}

/// Of a node that no training row came to, no child has a share: whatever is below it counts for nothing in any average.
fn share(cover: u32, of: u32) -> f64 {
    if of == 0 { 0.0 } else { f64::from(cover) / f64::from(of) }
}

/// Walks the tree depth first, whatever its depth, with the lowest edge of each feature at hand.
fn above(splits: &[Split]) -> Vec<u32> {
    enum Next {
        Visit(Child),
        /// From here on, `edge` is the lowest of its feature.
        Lowest {
            feature: usize,
            edge: u32,
        },
    }
    let features = splits.iter().map(|split| split.feature as usize + 1).max().unwrap_or(0);
    let mut lowest = vec![NONE; features];
    let mut above = vec![NONE; splits.len()];
    let mut todo = vec![Next::Visit(if splits.is_empty() { Child::Leaf(0) } else { Child::Split(0) })];
    while let Some(next) = todo.pop() {
        match next {
            Next::Visit(Child::Leaf(_)) => {}
            Next::Visit(Child::Split(s)) => {
                let split = &splits[s as usize];
                let feature = split.feature as usize;
                above[s as usize] = lowest[feature];
                // Last in, first out.
                todo.push(Next::Lowest { feature, edge: lowest[feature] });
                for (edge, child) in [(2 * s, split.left), (2 * s + 1, split.right)] {
                    todo.push(Next::Visit(child));
                    todo.push(Next::Lowest { feature, edge });
                }
            }
            Next::Lowest { feature, edge } => lowest[feature] = edge,
        }
    }
    above
}
