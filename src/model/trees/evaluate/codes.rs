//! A tree as a list of steps that move a row from leaf to leaf: what both vector kernels run.
//!
//! A row holds the code of one leaf: of the one that it reaches if it goes left at all splits that are still to come. It starts at 0. A
//! split stands for the leaf at the end of its left-hand way; if the row holds that leaf's code it is at the split, and if it goes right
//! there, it takes a new code, the number of the step and 1. Parents stand before their children, so after the last step the row holds
//! the leaf that it ends in. There is no branch, and nothing to remember but one byte.
//!
//! That all splits are tested, whichever of them a row meets, is the idea of QuickScorer (Lucchese et al., SIGIR 2015; with vectors,
//! V-QuickScorer, SIGIR 2016), which keeps a bit for each leaf. Here a leaf is a number: 256 leaves are a byte, not 256 bits.

use super::super::columns::Place;
use super::super::forest::{Child, Tree};

/// Leaves of a tree that has codes.
pub const MOST_LEAVES: usize = 256;

/// A split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub column: u32,
    /// Rows above it go right.
    pub rank: i8,
    /// The code of rows that are here.
    pub from: i8,
}

impl Step {
    /// Moves no row.
    pub const NONE: Self = Self { column: 0, rank: i8::MAX, from: 0 };
}

/// A tree of at most 256 leaves.
#[derive(Clone, Debug, Default)]
pub struct CodedTree {
    /// In the order of [`Tree::splits`].
    pub steps: Vec<Step>,
    /// The leaf of a code, by its place in [`Tree::leaf_values`].
    pub leaves: Vec<u8>,
}

impl CodedTree {
    /// `places` are those of the tree's splits. `None` if it has too many leaves.
    pub fn new(tree: &Tree, places: &[Place]) -> Option<Self> {
        if tree.leaf_values.len() > MOST_LEAVES {
            return None;
        }
        let mut from = vec![0; tree.splits.len()];
        let mut leaves = vec![0; tree.leaf_values.len()];
        let mut steps = Vec::with_capacity(tree.splits.len());
        for (at, (split, place)) in tree.splits.iter().zip(places).enumerate() {
            let here: u8 = from[at];
            // At most 255.
            let turned = (at + 1) as u8;
            for (child, code) in [(split.left, here), (split.right, turned)] {
                match child {
                    Child::Split(split) => from[split as usize] = code,
                    Child::Leaf(leaf) => leaves[usize::from(code)] = leaf as u8,
                }
            }
            steps.push(Step { column: place.column, rank: place.rank, from: here.cast_signed() });
        }
        Some(Self { steps, leaves })
    }
}
