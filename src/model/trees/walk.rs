//! From the root to a leaf, several ways at once, since each step of a way waits for the one before.
//!
//! For what the vector kernels do not cover: trees of more than 256 leaves; and one row alone, where the machine has no permutations of
//! bytes or the model too many columns.

use super::codes::CodedTree;
use super::forest::{Child, Tree};
use super::layout::Place;

/// Ways at once.
pub const ABREAST: usize = 8;

/// Set in what is a leaf.
const LEAF: u32 = 1 << 31;

/// Trees, node after node.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    nodes: Vec<Node>,
    /// Of each tree: the place of its first node, or a leaf.
    roots: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    column: u32,
    rank: i8,
    /// Left and right: a place in `nodes`, or a leaf of its tree.
    children: [u32; 2],
}

impl Walk {
    /// Adds a tree. `places` are those of its splits. What it is `coded` as says what is found in place of leaves.
    pub fn push(&mut self, tree: &Tree, places: &[Place], coded: Option<&CodedTree>) {
        let first = self.nodes.len() as u32;
        let mut ends: Vec<u32> = (0..tree.leaf_values.len() as u32).collect();
        for (code, leaf) in coded.iter().flat_map(|coded| coded.leaves.iter().enumerate()) {
            ends[usize::from(*leaf)] = code as u32;
        }
        let target = |child| match child {
            Child::Split(split) => first + split,
            Child::Leaf(leaf) => ends[leaf as usize] | LEAF,
        };
        self.roots.push(if tree.splits.is_empty() { LEAF } else { first });
        self.nodes.extend(tree.splits.iter().zip(places).map(|(split, place)| Node {
            column: place.column,
            rank: place.rank,
            children: [target(split.left), target(split.right)],
        }));
    }

    /// How many trees there are.
    pub fn count(&self) -> usize {
        self.roots.len()
    }

    /// Replaces `leaves` by those of one row, one for each of the first trees. `byte` says the row's byte of a column.
    #[inline(always)]
    pub fn trees(&self, byte: impl Fn(usize) -> i8, leaves: &mut [u32]) {
        for (roots, leaves) in self.roots.chunks(ABREAST).zip(leaves.chunks_mut(ABREAST)) {
            let mut at = [LEAF; ABREAST];
            at[..roots.len()].copy_from_slice(roots);
            self.go(&mut at, |column, _| byte(column));
            for (leaf, at) in leaves.iter_mut().zip(at) {
                *leaf = at & !LEAF;
            }
        }
    }

    /// Replaces `leaves` by those of some rows in one tree. `byte` says the byte of a column in a row.
    #[inline(always)]
    pub fn rows(&self, tree: usize, byte: impl Fn(usize, usize) -> i8, leaves: &mut [u32]) {
        for (chunk, leaves) in leaves.chunks_mut(ABREAST).enumerate() {
            let mut at = [LEAF; ABREAST];
            at[..leaves.len()].fill(self.roots[tree]);
            self.go(&mut at, |column, way| byte(column, chunk * ABREAST + way));
            for (leaf, at) in leaves.iter_mut().zip(at) {
                *leaf = at & !LEAF;
            }
        }
    }

    /// Goes on until all ways are at a leaf.
    #[inline(always)]
    fn go(&self, at: &mut [u32; ABREAST], byte: impl Fn(usize, usize) -> i8) {
        while at.iter().fold(LEAF, |all, at| all & at) == 0 {
            for (way, at) in at.iter_mut().enumerate() {
                // A way that has ended looks at the first node, to no effect.
                let ended = *at & LEAF != 0;
                let node = &self.nodes[if ended { 0 } else { *at as usize }];
                let right = byte(node.column as usize, way) > node.rank;
                let child = node.children[usize::from(right)];
                *at = if ended { *at } else { child };
            }
        }
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.nodes[..]) + size_of_val(&self.roots[..])
    }
}
