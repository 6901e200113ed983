//! What the leaves are worth, added up in the order of the trees.
//!
//! Up to 64 values are looked up in registers. LightGBM starts at 0 and adds tree after tree; so does every row here, whatever its
//! neighbours do, so the bits are the same.

use super::codes::CodedTree;
use super::simd::{BLOCK, Block, LANES, Simd, Values};

/// Values of a [`Values`].
const VECTOR: usize = Values::LEN;
/// Vectors of eight rows in half a block.
const GROUPS: usize = BLOCK / 2 / LANES;

/// The values of a forest's leaves.
#[derive(Clone, Debug, Default)]
pub struct LeafValues {
    classes: usize,
    /// In the forest's order.
    trees: Vec<Entry>,
    /// By code for trees that have codes, else by leaf; tree after tree, padded.
    values: Vec<Values>,
    /// The file's leaf, by code.
    leaves: Vec<u8>,
}

/// Where a tree's leaf is found, and what belongs to it.
#[derive(Clone, Copy, Debug)]
struct Entry {
    at: At,
    /// Place in [`LeafValues::values`].
    values: u32,
}

#[derive(Clone, Copy, Debug)]
enum At {
    /// In the codes of this slot. `vectors` of values are there; the first leaf is at `leaves`.
    Coded { slot: u32, vectors: u8, leaves: u32 },
    /// Among the trees that are walked.
    Walked { at: u32 },
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

/// Of one row: all slots, all walked trees.
pub struct RowEnds<'a> {
    pub codes: &'a [Block],
    pub walked: &'a [u32],
}

impl LeafValues {
    pub fn new(classes: usize) -> Self {
        Self { classes, ..Self::default() }
    }

    /// Sums to a row.
    pub fn classes(&self) -> usize {
        self.classes
    }

    pub fn trees(&self) -> usize {
        self.trees.len()
    }

    /// Adds the next tree of the forest, which has codes.
    pub fn push_coded(&mut self, tree: &CodedTree, slot: usize, values: &[f64]) {
        let vectors = match tree.leaves.len().div_ceil(VECTOR) {
            3 => 4,
            vectors => vectors,
        };
        let at = At::Coded { slot: slot as u32, vectors: vectors as u8, leaves: self.leaves.len() as u32 };
        self.push(at, vectors, tree.leaves.iter().map(|leaf| values[usize::from(*leaf)]));
        self.leaves.extend(&tree.leaves);
    }

    /// Adds the next tree of the forest, which is walked.
    pub fn push_walked(&mut self, at: usize, values: &[f64]) {
        self.push(At::Walked { at: at as u32 }, values.len().div_ceil(VECTOR), values.iter().copied());
    }

    fn push(&mut self, at: At, vectors: usize, values: impl Iterator<Item = f64>) {
        let first = self.values.len();
        self.values.resize(first + vectors, Values([0.0; VECTOR]));
        for (place, value) in values.enumerate() {
            self.values[first + place / VECTOR].0[place % VECTOR] = value;
        }
        self.trees.push(Entry { at, values: first as u32 });
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
        for entry in self.trees.iter().skip(class).step_by(self.classes) {
            let values = &self.values[entry.values as usize..];
            match entry.at {
                At::Coded { slot, vectors, .. } => {
                    let codes = &ends.codes[slot as usize];
                    match vectors {
                        1 => add::<S, HALVES, 1>(simd, values, codes, &mut sums),
                        2 => add::<S, HALVES, 2>(simd, values, codes, &mut sums),
                        4 => add::<S, HALVES, 4>(simd, values, codes, &mut sums),
                        _ => add_each(simd, values, |row| usize::from(codes.0[row].cast_unsigned()), &mut sums),
                    }
                }
                At::Walked { at } => {
                    let leaves = &ends.walked[at as usize];
                    add_each(simd, values, |row| leaves[row] as usize, &mut sums);
                }
            }
        }
        let mut out = [[0.0; LANES]; BLOCK / LANES];
        for (sums, out) in sums.iter().zip(out.chunks_mut(GROUPS)) {
            for (sums, out) in sums.iter().zip(out) {
                simd.store(*sums, out);
            }
        }
        out
    }

    /// Replaces `out` by the sums of one row, a class each.
    #[inline(always)]
    pub fn sum_row(&self, ends: &RowEnds<'_>, out: &mut [f64]) {
        for (class, out) in out.iter_mut().enumerate() {
            let mut sum = 0.0;
            for entry in self.trees.iter().skip(class).step_by(self.classes) {
                let place = match entry.at {
                    At::Coded { slot, .. } => usize::from(ends.code(slot as usize, 0)),
                    At::Walked { at } => ends.walked(at as usize, 0),
                };
                sum += self.values[entry.values as usize + place / VECTOR].0[place % VECTOR];
            }
            *out = sum;
        }
    }

    /// Replaces `out` by the leaves of one row, as the file numbers them, a tree each.
    #[inline(always)]
    pub fn list(&self, ends: &impl Ends, row: usize, out: &mut [u32]) {
        for (entry, out) in self.trees.iter().zip(out) {
            *out = match entry.at {
                At::Coded { slot, leaves, .. } => {
                    u32::from(self.leaves[leaves as usize + usize::from(ends.code(slot as usize, row))])
                }
                At::Walked { at } => ends.walked(at as usize, row) as u32,
            };
        }
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.trees[..]) + size_of_val(&self.values[..]) + self.leaves.len()
    }
}

/// Adds values that are looked up in `N` vectors.
#[inline(always)]
fn add<S: Simd, const HALVES: usize, const N: usize>(
    simd: S,
    values: &[Values],
    codes: &Block,
    sums: &mut [[S::F64s; GROUPS]; HALVES],
) {
    let Some(table) = values.first_chunk::<N>() else { return };
    for (half, sums) in sums.iter_mut().enumerate() {
        for (sums, codes) in sums.iter_mut().zip(codes.half(half).as_chunks().0) {
            *sums = simd.add(*sums, simd.look_up(table, codes));
        }
    }
}

/// Adds values that are fetched one by one.
#[inline(always)]
fn add_each<S: Simd, const HALVES: usize>(
    simd: S,
    values: &[Values],
    place: impl Fn(usize) -> usize,
    sums: &mut [[S::F64s; GROUPS]; HALVES],
) {
    for (half, sums) in sums.iter_mut().enumerate() {
        for (group, sums) in sums.iter_mut().enumerate() {
            let mut fetched = [0.0; LANES];
            for (lane, fetched) in fetched.iter_mut().enumerate() {
                let place = place((half * GROUPS + group) * LANES + lane);
                *fetched = values[place / VECTOR].0[place % VECTOR];
            }
            *sums = simd.add(*sums, simd.load(&fetched));
        }
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
