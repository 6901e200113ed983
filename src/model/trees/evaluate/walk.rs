//! From the root to a leaf, several ways at once, since each step of a way waits for the one before.
//!
//! For what the vector kernels do not cover: trees of more than 256 leaves; and one row alone, where the machine has no permutations of
//! bytes or the model too many columns.

use super::super::columns::Place;
use super::super::forest::{Child, Forest, Tree};
use super::super::simd::BLOCK;
use super::codes::CodedTree;

/// Ways at once.
const ABREAST: usize = 10;
/// Steps between two looks at whether all ways have ended.
const STEPS: usize = 2;

/// Trees, node after node.
#[derive(Clone, Debug)]
pub enum Walk {
    /// Of fewer than 32,768 leaves, on at most 65,536 columns.
    Narrow(Nodes<u16>),
    Wide(Nodes<u32>),
}

#[derive(Clone, Debug)]
pub struct Nodes<I> {
    /// Tree after tree, and one more.
    nodes: Vec<Node<I>>,
    /// Of each tree: the place of its first node, and where to begin in it.
    roots: Vec<(u32, I)>,
}

#[derive(Clone, Copy, Debug)]
struct Node<I> {
    /// Left and right: a split of the tree, or a leaf (see [`Index::LEAF`]).
    children: [I; 2],
    column: I,
    rank: i8,
}

/// A number of a split, a leaf or a column.
pub trait Index: Copy {
    /// Set in what is a leaf: the highest bit.
    const LEAF: u32;
    fn new(number: u32) -> Self;
    fn number(self) -> u32;
}

impl Walk {
    /// For trees of a forest. No trees yet.
    pub fn new(forest: &Forest, columns: usize) -> Self {
        let leaves = forest.trees.iter().map(|tree| tree.leaf_values.len()).max().unwrap_or_default();
        if leaves < 1 << 15 && columns <= 1 << 16 { Self::Narrow(Nodes::new()) } else { Self::Wide(Nodes::new()) }
    }

    /// Adds a tree. `places` are those of its splits. What it is `coded` as says what is found in place of leaves.
    pub fn push(&mut self, tree: &Tree, places: &[Place], coded: Option<&CodedTree>) {
        match self {
            Self::Narrow(nodes) => nodes.push(tree, places, coded),
            Self::Wide(nodes) => nodes.push(tree, places, coded),
        }
    }

    /// How many trees there are.
    pub fn count(&self) -> usize {
        match self {
            Self::Narrow(nodes) => nodes.roots.len(),
            Self::Wide(nodes) => nodes.roots.len(),
        }
    }

    /// Replaces `leaves` by those of one row, one for each of the first trees. `byte` says the row's byte of a column.
    #[inline(always)]
    pub fn trees(&self, byte: impl Fn(usize) -> i8, leaves: &mut [u32]) {
        match self {
            Self::Narrow(nodes) => nodes.trees(byte, leaves),
            Self::Wide(nodes) => nodes.trees(byte, leaves),
        }
    }

    /// Replaces `leaves` by those of at most 64 rows in one tree. `byte` says the byte of a column in a row.
    #[inline(always)]
    pub fn rows(&self, tree: usize, byte: impl Fn(usize, usize) -> i8, leaves: &mut [u32]) {
        match self {
            Self::Narrow(nodes) => nodes.rows(tree, byte, leaves),
            Self::Wide(nodes) => nodes.rows(tree, byte, leaves),
        }
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Narrow(nodes) => nodes.bytes(),
            Self::Wide(nodes) => nodes.bytes(),
        }
    }
}

impl<I: Index> Nodes<I> {
    fn new() -> Self {
        Self { nodes: vec![Node::end()], roots: Vec::new() }
    }

    fn push(&mut self, tree: &Tree, places: &[Place], coded: Option<&CodedTree>) {
        let mut ends: Vec<u32> = (0..tree.leaf_values.len() as u32).collect();
        for (code, leaf) in coded.iter().flat_map(|coded| coded.leaves.iter().enumerate()) {
            ends[usize::from(*leaf)] = code as u32;
        }
        let target = |child| match child {
            Child::Split(split) => I::new(split),
            Child::Leaf(leaf) => I::new(ends[leaf as usize] | I::LEAF),
        };
        self.nodes.pop();
        self.roots.push((self.nodes.len() as u32, I::new(if tree.splits.is_empty() { I::LEAF } else { 0 })));
        self.nodes.extend(tree.splits.iter().zip(places).map(|(split, place)| Node {
            children: [target(split.left), target(split.right)],
            column: I::new(place.column),
            rank: place.rank,
        }));
        self.nodes.push(Node::end());
    }

    #[inline(always)]
    fn trees(&self, byte: impl Fn(usize) -> i8, leaves: &mut [u32]) {
        for (roots, leaves) in self.roots.chunks(ABREAST).zip(leaves.chunks_mut(ABREAST)) {
            let (mut first, mut at) = ([0; ABREAST], [I::LEAF; ABREAST]);
            for (way, root) in roots.iter().enumerate() {
                (first[way], at[way]) = (root.0, root.1.number());
            }
            self.go(first, &mut at, |column, _| byte(column));
            for (leaf, at) in leaves.iter_mut().zip(at) {
                *leaf = at & !I::LEAF;
            }
        }
    }

    #[inline(always)]
    fn rows(&self, tree: usize, byte: impl Fn(usize, usize) -> i8, leaves: &mut [u32]) {
        let (first, root) = self.roots[tree];
        for (chunk, leaves) in leaves.chunks_mut(ABREAST).enumerate() {
            let mut at = [I::LEAF; ABREAST];
            at[..leaves.len()].fill(root.number());
            self.go([first; ABREAST], &mut at, |column, way| byte(column, (chunk * ABREAST + way) % BLOCK));
            for (leaf, at) in leaves.iter_mut().zip(at) {
                *leaf = at & !I::LEAF;
            }
        }
    }

    /// Goes on until all ways are at a leaf.
    #[inline(always)]
    fn go(&self, first: [u32; ABREAST], at: &mut [u32; ABREAST], byte: impl Fn(usize, usize) -> i8) {
        while at.iter().fold(I::LEAF, |all, at| all & at) == 0 {
            for _ in 0..STEPS {
                for (way, at) in at.iter_mut().enumerate() {
                    // A way that has ended looks at some node, to no effect. There are as many leaves as splits and one.
                    let node = &self.nodes[(first[way] + (*at & !I::LEAF)) as usize];
                    let right = byte(node.column.number() as usize, way) > node.rank;
                    let child = node.children[usize::from(right)].number();
                    *at = if *at & I::LEAF == 0 { child } else { *at };
                }
            }
        }
    }

    fn bytes(&self) -> usize {
        size_of_val(&self.nodes[..]) + size_of_val(&self.roots[..])
    }
}

impl<I: Index> Node<I> {
    fn end() -> Self {
        Self { children: [I::new(0); 2], column: I::new(0), rank: 0 }
    }
}

impl Index for u16 {
    const LEAF: u32 = 1 << 15;

    fn new(number: u32) -> Self {
        number as Self
    }
    #[inline(always)]
    fn number(self) -> u32 {
        self.into()
    }
}

impl Index for u32 {
    const LEAF: u32 = 1 << 31;

    fn new(number: u32) -> Self {
        number
    }
    #[inline(always)]
    fn number(self) -> u32 {
        self
    }
}
