//! Many rows at once: a lane of a vector is a row, and all of them run the same steps (see [`codes`](super::codes)).
//!
//! A step is one comparison of bytes, one of codes, and one choice. Two trees are run side by side, since each step of a tree waits for
//! the one before.

use super::super::simd::{Block, Simd};
use super::codes::{CodedTree, Step};

/// Trees side by side.
const ABREAST: usize = 2;

/// The steps of trees, `ABREAST` of them at a time.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Steps of each pair.
    lengths: Vec<u32>,
    /// Pair after pair; the shorter tree of a pair ends in steps that do nothing.
    steps: Vec<[Step; ABREAST]>,
}

impl Batch {
    /// Best where trees of about the same size are neighbours.
    pub fn new(trees: &[CodedTree]) -> Self {
        let mut batch = Self::default();
        for pair in trees.chunks(ABREAST) {
            let length = pair.iter().map(|tree| tree.steps.len()).max().unwrap_or_default();
            let step = |at: usize| {
                std::array::from_fn(|tree| {
                    pair.get(tree).and_then(|tree| tree.steps.get(at)).copied().unwrap_or(Step::NONE)
                })
            };
            batch.steps.extend((0..length).map(step));
            batch.lengths.push(length as u32);
        }
        batch
    }

    /// Blocks of codes that [`run`](Self::run) writes: at least one for each tree.
    pub fn codes(&self) -> usize {
        self.lengths.len() * ABREAST
    }

    /// Writes the code of each tree's leaf for the rows of `block`, which holds an array for each column: all 64, or the first 32 if
    /// `HALVES` is 1.
    #[inline(always)]
    pub fn run<S: Simd, const HALVES: usize>(&self, simd: S, block: &[Block], codes: &mut [Block]) {
        let mut rest = &self.steps[..];
        for (length, codes) in self.lengths.iter().zip(codes.chunks_mut(ABREAST)) {
            let (steps, others) = rest.split_at(*length as usize);
            rest = others;
            pair::<S, HALVES>(simd, steps, block, codes);
        }
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.lengths[..]) + size_of_val(&self.steps[..])
    }
}

#[inline(always)]
fn pair<S: Simd, const HALVES: usize>(simd: S, steps: &[[Step; ABREAST]], block: &[Block], codes: &mut [Block]) {
    let one = simd.splat_byte(1);
    let mut now = [[simd.splat_byte(0); HALVES]; ABREAST];
    let mut turned = one;
    for step in steps {
        for tree in 0..ABREAST {
            let Step { column, rank, from } = step[tree];
            let bytes = &block[column as usize];
            let (rank, from) = (simd.splat_byte(rank), simd.splat_byte(from));
            for (half, now) in now[tree].iter_mut().enumerate() {
                *now = simd.step(*now, simd.bytes(bytes.half(half)), rank, from, turned);
            }
        }
        turned = simd.add_bytes(turned, one);
    }
    for (now, codes) in now.iter().zip(codes) {
        for (half, now) in now.iter().enumerate() {
            simd.store_bytes(*now, codes.half_mut(half));
        }
    }
}
