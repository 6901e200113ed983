//! What the leaves are worth, added up in the order of the trees.
//!
//! Up to 64 values are looked up in registers. LightGBM starts at 0 and adds tree after tree; so does every row here, whatever its
//! neighbours do, so the bits are the same.

use std::ops::Range;

use super::super::simd::{BLOCK, Block, LANES, Simd, Values};
use super::codes::CodedTree;

/// Vectors of eight rows in half a block.
const GROUPS: usize = BLOCK / 2 / LANES;

/// The values of a forest's leaves.
#[derive(Clone, Debug, Default)]
pub struct LeafValues {
    /// The trees of each class, then those of the next.
    trees: Vec<Entry>,
    /// By code for trees that have codes, else by leaf; tree after tree, each from a new vector on.
    values: Vec<Values>,
    /// The file's leaf, by code.
    leaves: Vec<u8>,
    /// Neighbours of one class whose values are found in the same way.
    runs: Vec<Run>,
    classes: usize,
}

/// Where a tree's leaf is found, and what belongs to it.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// If it has codes, its slot; else its place among the trees that are walked.
    at: u32,
    /// Place in [`LeafValues::values`].
    values: u32,
    /// If it has codes, the place of the first in [`LeafValues::leaves`].
    leaves: Option<u32>,
}

#[derive(Clone, Debug)]
struct Run {
    class: usize,
    trees: Range<usize>,
    way: Way,
}

/// How values are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Looked up in so many vectors, by code.
    LookUp(usize),
    /// Fetched, by code.
    Fetch,
    /// Fetched, by leaf.
    Walked,
}

/// A tree, as leaves are found in it.
pub enum Found<'a> {
    Coded { slot: usize, tree: &'a CodedTree },
    Walked { at: usize },
}

/// The leaves that rows end in.
pub trait Ends {
    /// The code of one row by the tree in a slot.
    fn code(&self, slot: usize, row: usize) -> u8;
    /// The leaf of one row by a walked tree.
    fn walked(&self, tree: usize, row: usize) -> usize;
}

/// Of a block: by slot, and by walked tree.
pub struct BlockEnds<'a> {
    pub codes: &'a [Block],
    pub walked: &'a [[u32; BLOCK]],
}

/// Of one row: all slots, 64 a block; all walked trees.
pub struct RowEnds<'a> {
    pub codes: &'a [Block],
    pub walked: &'a [u32],
}

impl LeafValues {
    /// Of trees in the forest's order, each with its values as the file has them.
    pub fn new(classes: usize, trees: &[(Found<'_>, &[f64])]) -> Self {
        let mut values = Self { classes, ..Self::default() };
        for class in 0..classes {
            for (tree, leaf_values) in trees.iter().skip(class).step_by(classes) {
                let way = values.push(tree, leaf_values);
                let end = values.trees.len();
                match values.runs.last_mut() {
                    Some(run) if run.class == class && run.way == way => run.trees.end = end,
                    _ => values.runs.push(Run { class, trees: end - 1..end, way }),
                }
            }
        }
        values
    }

    fn push(&mut self, tree: &Found<'_>, values: &[f64]) -> Way {
        let mut entry = Entry { at: 0, values: self.values.len() as u32, leaves: None };
        let way = match tree {
            Found::Walked { at } => {
                entry.at = *at as u32;
                self.push_values(values.len().div_ceil(Values::LEN), values.iter().copied());
                Way::Walked
            }
            Found::Coded { slot, tree } => {
                (entry.at, entry.leaves) = (*slot as u32, Some(self.leaves.len() as u32));
                self.leaves.extend(&tree.leaves);
                let (vectors, way) = match tree.leaves.len().div_ceil(Values::LEN) {
                    vectors @ 1..=2 => (vectors, Way::LookUp(vectors)),
                    3..=4 => (4, Way::LookUp(4)),
                    vectors => (vectors, Way::Fetch),
                };
                self.push_values(vectors, tree.leaves.iter().map(|leaf| values[usize::from(*leaf)]));
                way
            }
        };
        self.trees.push(entry);
        way
    }

    fn push_values(&mut self, vectors: usize, values: impl Iterator<Item = f64>) {
        let first = self.values.len();
        self.values.resize(first + vectors, Values([0.0; Values::LEN]));
        for (place, value) in values.enumerate() {
            self.values[first + place / Values::LEN].0[place % Values::LEN] = value;
        }
    }

    /// Sums to a row.
    pub fn classes(&self) -> usize {
        self.classes
    }

    pub fn trees(&self) -> usize {
        self.trees.len()
    }

    /// Sums of one class for the rows of a block: all 64, or the first 32 if `HALVES` is 1.
    #[inline(always)]
    pub fn sum_block<S: Simd, const HALVES: usize>(
        &self,
        simd: S,
        class: usize,
        ends: &BlockEnds<'_>,
    ) -> [[f64; LANES]; BLOCK / LANES] {
        let mut sums = [[simd.splat(0.0); GROUPS]; HALVES];
        for run in self.runs.iter().filter(|run| run.class == class) {
            let trees = &self.trees[run.trees.clone()];
            sums = match run.way {
                Way::LookUp(1) => self.look_up::<S, HALVES, 1>(simd, trees, ends, sums),
                Way::LookUp(2) => self.look_up::<S, HALVES, 2>(simd, trees, ends, sums),
                Way::LookUp(_) => self.look_up::<S, HALVES, 4>(simd, trees, ends, sums),
                Way::Fetch => self.fetch(simd, trees, |at, row| usize::from(ends.code(at, row)), sums),
                Way::Walked => self.fetch(simd, trees, |at, row| ends.walked(at, row), sums),
            };
        }
        let mut out = [[0.0; LANES]; BLOCK / LANES];
        for (sums, out) in sums.as_flattened().iter().zip(&mut out) {
            simd.store(*sums, out);
        }
        out
    }

    /// Adds values that are looked up in `N` vectors.
    #[inline(always)]
    fn look_up<S: Simd, const HALVES: usize, const N: usize>(
        &self,
        simd: S,
        trees: &[Entry],
        ends: &BlockEnds<'_>,
        mut sums: [[S::F64s; GROUPS]; HALVES],
    ) -> [[S::F64s; GROUPS]; HALVES] {
        for tree in trees {
            let Some(table) = self.values[tree.values as usize..].first_chunk::<N>() else { continue };
            let codes = &ends.codes[tree.at as usize];
            for (half, sums) in sums.iter_mut().enumerate() {
                for (sums, codes) in sums.iter_mut().zip(codes.half(half).as_chunks().0) {
                    *sums = simd.add(*sums, simd.look_up(table, codes));
                }
            }
        }
        sums
    }

    /// Adds values that are fetched one by one.
    #[inline(always)]
    fn fetch<S: Simd, const HALVES: usize>(
        &self,
        simd: S,
        trees: &[Entry],
        place: impl Fn(usize, usize) -> usize,
        mut sums: [[S::F64s; GROUPS]; HALVES],
    ) -> [[S::F64s; GROUPS]; HALVES] {
        for tree in trees {
            for (group, sums) in sums.as_flattened_mut().iter_mut().enumerate() {
                let mut fetched = [0.0; LANES];
                for (lane, fetched) in fetched.iter_mut().enumerate() {
                    *fetched = self.value(tree, place(tree.at as usize, group * LANES + lane));
                }
                *sums = simd.add(*sums, simd.load(&fetched));
            }
        }
        sums
    }

    #[inline(always)]
    fn value(&self, tree: &Entry, place: usize) -> f64 {
        self.values[tree.values as usize + place / Values::LEN].0[place % Values::LEN]
    }

    /// Replaces `out` by the sums of one row, a class each.
    #[inline(always)]
    pub fn sum_row(&self, ends: &RowEnds<'_>, out: &mut [f64]) {
        out.fill(0.0);
        for run in &self.runs {
            let mut sum = out[run.class];
            for tree in &self.trees[run.trees.clone()] {
                let at = tree.at as usize;
                let place = if run.way == Way::Walked { ends.walked(at, 0) } else { usize::from(ends.code(at, 0)) };
                sum += self.value(tree, place);
            }
            out[run.class] = sum;
        }
    }

    /// Replaces `out` by the leaves of one row, as the file numbers them, a tree each.
    #[inline(always)]
    pub fn list(&self, ends: &impl Ends, row: usize, out: &mut [u32]) {
        let iterations = self.trees.len() / self.classes;
        for (place, tree) in self.trees.iter().enumerate() {
            let at = tree.at as usize;
            let leaf = match tree.leaves {
                Some(first) => u32::from(self.leaves[first as usize + usize::from(ends.code(at, row))]),
                None => ends.walked(at, row) as u32,
            };
            out[place % iterations * self.classes + place / iterations] = leaf;
        }
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.trees[..])
            + size_of_val(&self.values[..])
            + size_of_val(&self.leaves[..])
            + size_of_val(&self.runs[..])
    }
}

impl Ends for BlockEnds<'_> {
    #[inline(always)]
    fn code(&self, slot: usize, row: usize) -> u8 {
        self.codes[slot].0[row].cast_unsigned()
    }
    #[inline(always)]
    fn walked(&self, tree: usize, row: usize) -> usize {
        self.walked[tree][row] as usize
    }
}

impl Ends for RowEnds<'_> {
    #[inline(always)]
    fn code(&self, slot: usize, _row: usize) -> u8 {
        self.codes[slot / BLOCK].0[slot % BLOCK].cast_unsigned()
    }
    #[inline(always)]
    fn walked(&self, tree: usize, _row: usize) -> usize {
        self.walked[tree] as usize
    }
}
