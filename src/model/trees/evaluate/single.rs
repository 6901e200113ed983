//! One row: a lane of a vector is a tree, and each of them runs its own steps (see [`codes`](super::codes)).
//!
//! The row's columns lie in registers as a table of bytes; 64 trees pick the byte that their step looks at with a few permutations.

use super::super::simd::{BLOCK, Block, Simd};
use super::codes::{CodedTree, Step};

/// Columns of a table.
pub const MOST_COLUMNS: usize = 256;

/// The steps of trees, 64 of them at a time.
#[derive(Clone, Debug, Default)]
pub struct Single {
    /// Steps of each group of 64 trees.
    lengths: Vec<u32>,
    /// Group after group.
    steps: Vec<Steps>,
}

/// A step of each tree of a group.
#[derive(Clone, Debug)]
#[repr(align(64))]
struct Steps {
    columns: [u8; BLOCK],
    ranks: Block,
    from: Block,
}

impl Single {
    /// Best where trees of about the same size are neighbours. `None` if there are more than 256 columns.
    pub fn new(trees: &[CodedTree], columns: usize) -> Option<Self> {
        if columns > MOST_COLUMNS {
            return None;
        }
        let mut single = Self::default();
        for group in trees.chunks(BLOCK) {
            let length = group.iter().map(|tree| tree.steps.len()).max().unwrap_or_default();
            single.steps.extend((0..length).map(|at| Steps::new(group, at)));
            single.lengths.push(length as u32);
        }
        Some(single)
    }

    /// Writes the code of each tree's leaf for one row, whose columns are `row`.
    #[inline(always)]
    pub fn run<S: Simd>(&self, simd: S, row: &[i8; MOST_COLUMNS], codes: &mut [Block]) {
        let table = simd.table(row);
        let one = simd.splat_byte(1);
        let mut rest = &self.steps[..];
        for (length, codes) in self.lengths.iter().zip(codes) {
            let (steps, others) = rest.split_at(*length as usize);
            rest = others;
            let mut now = [simd.splat_byte(0); 2];
            let mut turned = one;
            for step in steps {
                let bytes = simd.pick(table, &step.columns);
                for half in 0..2 {
                    let (rank, from) = (simd.bytes(step.ranks.half(half)), simd.bytes(step.from.half(half)));
                    now[half] = simd.step(now[half], bytes[half], rank, from, turned);
                }
                turned = simd.add_bytes(turned, one);
            }
            simd.store_bytes(now[0], codes.half_mut(0));
            simd.store_bytes(now[1], codes.half_mut(1));
        }
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.lengths[..]) + size_of_val(&self.steps[..])
    }
}

impl Steps {
    fn new(group: &[CodedTree], at: usize) -> Self {
        let mut steps = Self { columns: [0; BLOCK], ranks: Block::ZERO, from: Block::ZERO };
        for lane in 0..BLOCK {
            let step = group.get(lane).and_then(|tree| tree.steps.get(at)).copied().unwrap_or(Step::NONE);
            // Less than 256.
            steps.columns[lane] = step.column as u8;
            steps.ranks.0[lane] = step.rank;
            steps.from.0[lane] = step.from;
        }
        steps
    }
}
