//! Rows as small whole numbers, so that a split is one comparison of bytes.
//!
//! A feature's thresholds over all trees, sorted, make a scale. The rank of a value is how many of them are less than it; it is at most
//! a threshold just when its rank is at most that threshold's. LightGBM trains on at most 255 bins unless told otherwise, so a rank
//! mostly fits a byte; a longer scale is cut into chunks.
//!
//! A column is a byte for each row: what one kind of split sees of one feature. What is missing is coded so that the comparison alone
//! sends it the default way. A set of categories is a column of its own: the least byte for what is in it, else the greatest. So any
//! split is `byte <= rank`. The bytes are signed because vectors compare those: AVX2 has no other way.

pub mod layout;
pub mod scale;

pub use layout::Place;

use std::ops::Range;

use super::forest::{CategorySet, ZERO};
use super::simd::{BLOCK, Block, Simd};
use scale::{LONGEST, Scale, Scales};

/// Thresholds of one column. Their ranks in it are 0 to 253, that of a value above all of them is 254.
pub const CHUNK: usize = LONGEST;
/// The code of rank 0.
pub const ALWAYS_LEFT: i8 = i8::MIN;
/// Above the code of any rank.
pub const ALWAYS_RIGHT: i8 = i8::MAX;
/// Inputs at a time.
const TILE: usize = 8;

/// How rows become columns. Made by [`Columns::new`](layout).
#[derive(Clone, Debug, Default)]
pub struct Columns {
    scales: Scales,
    /// Ascending by feature.
    inputs: Vec<Input>,
    /// Ascending by input.
    columns: Vec<Column>,
    sets: Vec<CategorySet>,
    /// The columns of the first 64 inputs, 64 at a time, then those of the next.
    spreads: Vec<Spread>,
}

/// What is read of a row.
#[derive(Clone, Debug)]
struct Input {
    /// Place in the row.
    pub feature: u32,
    pub scale: Scale,
    pub columns: Range<u32>,
    /// Ranks that fit a byte, and nothing else.
    pub plain: bool,
}

#[derive(Clone, Copy, Debug)]
struct Column {
    /// Place in [`Columns::inputs`].
    pub input: u32,
    pub kind: Kind,
    /// What stands for NaN; and for 0, where `zero_is_missing`.
    pub missing: i8,
    pub zero_is_missing: bool,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Ranks, less `start`.
    Ranks { start: u32 },
    /// Whether it is in `sets[set]`.
    Set { set: u32 },
}

/// What up to 64 columns take of up to 64 inputs.
#[derive(Clone, Debug)]
struct Spread {
    pub inputs: [u8; BLOCK],
    pub missing: Block,
    /// All bits where it is so.
    pub zero_is_missing: Block,
    pub columns: Range<u32>,
}

impl Columns {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether every tree is one leaf.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Values that a row needs: one more than the last feature that a split looks at.
    pub fn width(&self) -> usize {
        self.inputs.last().map_or(0, |input| input.feature as usize + 1)
    }

    /// Replaces `block`, one for each column, by `count` rows, at most 64 of `width` values each. Rows beyond them are anything.
    ///
    /// A few inputs at a time: rows are read in their order, and what is stored value by value is not loaded as a vector at once, which
    /// would have to wait.
    #[inline(always)]
    pub fn fill<S: Simd>(&self, simd: S, rows: &[f64], width: usize, count: usize, block: &mut [Block]) {
        let mut values = [[0.0; BLOCK]; TILE];
        let mut codes = [Block::ZERO; TILE];
        let mut left = [0; TILE];
        for inputs in self.inputs.chunks(TILE) {
            let feature = |lane: usize| inputs[lane.min(inputs.len() - 1)].feature as usize;
            let features: [usize; TILE] = std::array::from_fn(feature);
            for (at, row) in rows.chunks_exact(width).take(count).enumerate() {
                for (values, feature) in values.iter_mut().zip(features) {
                    values[at] = row[feature];
                }
            }
            for (lane, input) in inputs.iter().enumerate() {
                left[lane] = !0 >> (BLOCK - count);
                if input.plain {
                    left[lane] &= self.scales.codes_of(simd, &input.scale, &values[lane], count, &mut codes[lane]);
                }
            }
            for (lane, input) in inputs.iter().enumerate() {
                let values = &values[lane];
                if input.plain {
                    self.spread(simd, input, values, count, &codes[lane], block);
                }
                for_each(left[lane], |row| self.each(input, values[row], |column, byte| block[column].0[row] = byte));
            }
        }
    }

    /// The columns of a plain input.
    #[inline(always)]
    fn spread<S: Simd>(
        &self,
        simd: S,
        input: &Input,
        values: &[f64; BLOCK],
        count: usize,
        codes: &Block,
        block: &mut [Block],
    ) {
        let nan = simd.nan(values, count);
        for at in input.columns() {
            let column = &self.columns[at];
            let missing = if column.zero_is_missing { nan | simd.within(values, ZERO, count) } else { nan };
            block[at] = simd.replace(codes, missing, column.missing);
        }
    }

    /// Replaces `bytes`, one for each column and 63 to spare, by one row.
    #[inline(always)]
    pub fn fill_one<S: Simd>(&self, simd: S, row: &[f64], bytes: &mut [i8]) {
        let mut spreads = self.spreads.iter().peekable();
        for inputs in self.inputs.chunks(BLOCK) {
            let mut values = [0.0; BLOCK];
            for (value, input) in values.iter_mut().zip(inputs) {
                *value = row[input.feature as usize];
            }
            let mut codes = Block::ZERO;
            let doubtful = self.scales.codes(simd, |lane| &inputs[lane].scale, &values, inputs.len(), &mut codes);
            let (nan, zero) = (flags(&values, |value| value.is_nan()), flags(&values, |value| value.abs() <= ZERO));
            let end = inputs[inputs.len() - 1].columns.end;
            while let Some(spread) = spreads.next_if(|spread| spread.columns.end <= end) {
                let code = simd.shuffle(&codes, &spread.inputs);
                let (nan, zero) = (simd.shuffle(&nan, &spread.inputs), simd.shuffle(&zero, &spread.inputs));
                let to = &mut bytes[spread.columns.start as usize..][..BLOCK];
                for (lane, to) in to.iter_mut().enumerate() {
                    let missing = nan.0[lane] | zero.0[lane] & spread.zero_is_missing.0[lane];
                    *to = code.0[lane] & !missing | spread.missing.0[lane] & missing;
                }
            }
            let left = inputs.iter().rev().fold(0, |left, input| left << 1 | u64::from(!input.plain));
            for_each(left | doubtful, |lane| {
                self.each(&inputs[lane], values[lane], |column, byte| bytes[column] = byte)
            });
        }
    }

    /// One value in each column of its input.
    #[inline(always)]
    fn each(&self, input: &Input, value: f64, mut put: impl FnMut(usize, i8)) {
        let rank = self.scales.rank(&input.scale, value);
        for at in input.columns() {
            let column = &self.columns[at];
            let is_missing = value.is_nan() | (column.zero_is_missing & (value.abs() <= ZERO));
            let byte = match column.kind {
                Kind::Ranks { .. } if is_missing => column.missing,
                Kind::Ranks { start } => code(rank, start),
                Kind::Set { set } if self.sets[set as usize].contains(value) => ALWAYS_LEFT,
                Kind::Set { .. } => ALWAYS_RIGHT,
            };
            put(at, byte);
        }
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.inputs[..])
            + self.scales.bytes()
            + size_of_val(&self.columns[..])
            + size_of_val(&self.spreads[..])
            + self.sets.iter().map(|set| size_of::<CategorySet>() + size_of_val(&set.words[..])).sum::<usize>()
    }
}

impl Input {
    #[inline(always)]
    fn columns(&self) -> Range<usize> {
        self.columns.start as usize..self.columns.end as usize
    }
}

/// A rank in the chunk that starts at `start`.
fn code(rank: u32, start: u32) -> i8 {
    (rank.saturating_sub(start).min(CHUNK as u32) as i32 + i32::from(i8::MIN)) as i8
}

/// All bits where it is so.
#[inline(always)]
fn flags(values: &[f64; BLOCK], is: impl Fn(f64) -> bool) -> Block {
    let mut flags = Block::ZERO;
    for (flag, value) in flags.0.iter_mut().zip(values) {
        *flag = -i8::from(is(*value));
    }
    flags
}

/// The places of bits that are set.
#[inline(always)]
fn for_each(mut bits: u64, mut work: impl FnMut(usize)) {
    while bits != 0 {
        work(bits.trailing_zeros() as usize);
        bits &= bits - 1;
    }
}
