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
    /// For each edge, the share of all training rows that come to it.
    pub reach: Vec<f64>,
    /// For each split, the number of distinct features on the way to it and at it.
    pub features: Vec<u32>,
    /// The smallest product that shares of one path have, and the largest.
    pub least_share: f64,
    pub most_share: f64,
    /// What the tree says on average: each leaf's value by its share of the training rows.
    pub expectation: f64,
}

impl Paths {
    pub fn new(tree: &Tree, covers: &Covers) -> Self {
        let splits = tree.splits.len();
        let mut paths = Self {
            above: above(&tree.splits),
            shares: vec![0.0; 2 * splits],
            reach: vec![0.0; 2 * splits],
            features: vec![0; splits],
            least_share: 1.0,
            most_share: 1.0,
            expectation: if splits == 0 { tree.leaf_values[0] } else { 0.0 },
        };
        // For each split: its part of the training rows, and of the shares on the way to it those below 1 and those above.
        let mut ways = vec![(1.0, 1.0, 1.0); splits];
        // Downwards: a split stands before its children.
        for (s, split) in tree.splits.iter().enumerate() {
            let above = paths.above[s];
            paths.features[s] += u32::from(above == NONE);
            for (edge, child) in [(2 * s, split.left), (2 * s + 1, split.right)] {
                let share = share(covers, child, s);
                let way = (ways[s].0 * share, ways[s].1 * share.min(1.0), ways[s].2 * share.max(1.0));
                paths.shares[edge] = share * if above == NONE { 1.0 } else { paths.shares[above as usize] };
                paths.reach[edge] = way.0;
                paths.least_share = paths.least_share.min(way.1);
                paths.most_share = paths.most_share.max(way.2);
                match child {
                    Child::Split(to) => {
                        paths.features[to as usize] = paths.features[s];
                        ways[to as usize] = way;
                    }
                    Child::Leaf(to) => paths.expectation += way.0 * tree.leaf_values[to as usize],
                }
            }
        }
        paths
    }

    /// The most features that one path has.
    pub fn longest(&self) -> usize {
        self.features.iter().max().map_or(0, |&most| most as usize)
    }
}

/// Of a split that no training row came to, no child has a share: whatever is below it counts for nothing in any average.
fn share(covers: &Covers, child: Child, of: usize) -> f64 {
    let cover = match child {
        Child::Split(to) => covers.splits[to as usize],
        Child::Leaf(to) => covers.leaves[to as usize],
    };
    if covers.splits[of] == 0 { 0.0 } else { f64::from(cover) / f64::from(covers.splits[of]) }
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
    // Those of this tree alone: of a million trees each may have a feature of a million.
    let mut features: Vec<u32> = splits.iter().map(|split| split.feature).collect();
    features.sort_unstable();
    features.dedup();
    let mut lowest = vec![NONE; features.len()];
    let mut above = vec![NONE; splits.len()];
    let mut todo = vec![Next::Visit(if splits.is_empty() { Child::Leaf(0) } else { Child::Split(0) })];
    while let Some(next) = todo.pop() {
        match next {
            Next::Visit(Child::Leaf(_)) => {}
            Next::Visit(Child::Split(s)) => {
                let split = &splits[s as usize];
                let feature = features.partition_point(|feature| *feature < split.feature);
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
