//! What trees are compiled to for many rows at once: lists of operations that a row of numbers goes through from front to back.
//!
//! A tree is cut into *twigs*, the largest subtrees at its bottom with up to three splits, and *forks*, the splits above them. What a
//! twig adds depends on few outcomes, so it is a table. Operations of one kind follow each other in batches, and their constants lie in
//! the order in which they are needed.

use super::super::columns::Place;

/// Eight values.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub struct Line(pub [f64; 8]);

impl Line {
    pub const ZERO: Self = Self([0.0; 8]);
    pub const ONE: Self = Self([1.0; 8]);
}

/// All trees that are explained fast.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Class after class, so that what they add to stays near.
    pub trees: Vec<TreeCode>,
    pub splits: Vec<SplitCode>,
    /// For each twig, the masks of up to three edges, whose bits make its code.
    pub twigs: Vec<[u32; 3]>,
    pub batches: Vec<Batch>,
    pub ops: Vec<Op>,
    pub scalars: Vec<f64>,
    pub tables: Vec<Line>,
    /// The most that one tree needs of each.
    pub most: Needs,
}

/// What a tree takes of each list, and needs.
#[derive(Clone, Copy, Debug, Default)]
pub struct TreeCode {
    pub splits: usize,
    pub twigs: usize,
    pub batches: usize,
    pub needs: Needs,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Needs {
    /// Points of the integrals, without 0.
    pub points: usize,
    /// Values for each point and row that are kept at once.
    pub slots: usize,
    pub masks: usize,
    pub twigs: usize,
}

/// How a row decides, and what that means for the edges.
#[derive(Clone, Copy, Debug)]
pub struct SplitCode {
    pub place: Place,
    /// The lowest edge above that asks for the same feature, or [`paths::NONE`](super::paths::NONE).
    pub above: u32,
}

#[derive(Clone, Copy, Debug)]
pub struct Batch {
    pub kind: Kind,
    pub count: u32,
}

/// What an operation does. `P` is the product of the factors on the way to a node, `A` the sum over its leaves. What says *again* is for
/// forks whose feature was asked for above.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `P` of a fork from that of the fork above it.
    Enter,
    EnterAgain,
    /// A twig with so many bits: `A`, and what its splits contribute.
    Twig3,
    Twig2,
    Twig1,
    /// `A` of a fork with a leaf and a twig, the twig with it.
    LeafTwig3,
    LeafTwig2,
    LeafTwig1,
    /// `A` of a fork with a twig and another fork or twig, the (first) twig with it.
    TwigSum3,
    TwigSum2,
    TwigSum1,
    /// `A` of a fork with a leaf and a fork.
    LeafSum,
    LeafSumAgain,
    /// `A` of a fork with two forks or twigs.
    SumSum,
    SumSumAgain,
}

/// One operation; not every kind uses all of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Op {
    /// Slot of the `P` that is read; [`Op::ONES`] at the root.
    pub product: u32,
    /// Slot of an `A` that is read, and not what is written.
    pub sum: u32,
    /// Slot that is written, or in which an `A` is replaced by another.
    pub to: u32,
    /// Mask of the edge that leads to the fork or twig.
    pub edge: u32,
    /// Mask of a fork's first side, which is its leaf, else its twig.
    pub first: u32,
    /// Mask of its other side.
    pub second: u32,
    /// Mask of the edge above of its feature.
    pub old: u32,
    /// Place of the twig's code.
    pub code: u32,
    /// What the fork adds to.
    pub fork: u32,
    /// What the twig's splits add to.
    pub twig: [u32; 3],
}

impl Op {
    /// Every product is 1.
    pub const ONES: u32 = u32::MAX;
}

impl Program {
    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.trees[..])
            + size_of_val(&self.splits[..])
            + size_of_val(&self.twigs[..])
            + size_of_val(&self.batches[..])
            + size_of_val(&self.ops[..])
            + size_of_val(&self.scalars[..])
            + size_of_val(&self.tables[..])
    }
}

impl Needs {
    pub fn grow(&mut self, other: Self) {
        self.points = self.points.max(other.points);
        self.slots = self.slots.max(other.slots);
        self.masks = self.masks.max(other.masks);
        self.twigs = self.twigs.max(other.twigs);
    }
}
