//! Where values stand among the thresholds of their feature.
//!
//! Looked for by keys of 32 bits, which are half as long and twice as many to a vector; in the rare case that a key is equal to a
//! threshold's, the values themselves are compared.

use super::super::simd::{BLOCK, Block, Keys, Simd};

/// Longest scale whose ranks fit a byte, beside codes for what is missing.
pub const LONGEST: usize = 254;

/// The thresholds of all features.
#[derive(Clone, Debug, Default)]
pub struct Scales {
    /// Ascending for each scale, each once.
    thresholds: Vec<f64>,
    /// Of each scale, if it is short, in its order: the last key of each vector of keys, then those.
    keys: Vec<Keys>,
    /// The same, level by level, see [`tree`].
    trees: Vec<Keys>,
}

/// The thresholds of one feature.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Places in [`Scales`].
    thresholds: u32,
    len: u32,
    keys: u32,
    tree: u32,
}

impl Scale {
    /// Whether its ranks fit a byte.
    pub fn is_short(&self) -> bool {
        self.len as usize <= LONGEST
    }
}

impl Scales {
    /// Adds a scale: thresholds, ascending, each once.
    pub fn push(&mut self, thresholds: &[f64]) -> Scale {
        let scale = Scale {
            thresholds: self.thresholds.len() as u32,
            len: thresholds.len() as u32,
            keys: self.keys.len() as u32,
            tree: self.trees.len() as u32,
        };
        self.thresholds.extend(thresholds);
        let short = if scale.is_short() { thresholds } else { &[] };
        let keys: Vec<i32> = short.iter().map(|threshold| key(*threshold)).collect();
        self.keys.extend(in_order(&keys));
        self.trees.extend(tree(&keys));
        scale
    }

    /// How many thresholds are less than `x`; none if it is NaN.
    pub fn rank(&self, scale: &Scale, x: f64) -> u32 {
        let thresholds = &self.thresholds[scale.thresholds as usize..][..scale.len as usize];
        thresholds.partition_point(|threshold| *threshold < x) as u32
    }

    /// The same of the first `count` values, each on a scale of its own, if that is short: from −128 on. Those that may be wrong are
    /// bits. It is nothing where there is NaN.
    ///
    /// In two passes, so that a value need not wait for what the one before it found.
    #[inline(always)]
    pub fn codes<'a, S: Simd>(
        &self,
        simd: S,
        scale: impl Fn(usize) -> &'a Scale,
        values: &[f64; BLOCK],
        count: usize,
        codes: &mut Block,
    ) -> u64 {
        let keys = values.map(key);
        let (mut passed, mut below, mut next) = ([0; BLOCK], [0; BLOCK], [0; BLOCK]);
        for lane in 0..count.min(BLOCK) {
            passed[lane] = simd.count_below(&self.keys[scale(lane).keys as usize], keys[lane]) as u8;
        }
        for lane in 0..count.min(BLOCK) {
            // What is not passed has a key that is not below: at the end of each scale, the greatest.
            let here = &self.keys[scale(lane).keys as usize + 1 + usize::from(passed[lane])];
            below[lane] = simd.count_below(here, keys[lane]) as u8;
            next[lane] = here.0[usize::from(below[lane]) % Keys::LEN];
        }
        for lane in 0..BLOCK {
            codes.0[lane] = ((passed[lane] * Keys::LEN as u8 + below[lane]) ^ 0x80).cast_signed();
        }
        simd.equal(&next, &keys) & !0 >> (BLOCK - count)
    }

    /// The same of values on one scale.
    #[inline(always)]
    pub fn codes_of<S: Simd>(
        &self,
        simd: S,
        scale: &Scale,
        values: &[f64; BLOCK],
        count: usize,
        codes: &mut Block,
    ) -> u64 {
        if !S::SEARCHES {
            return self.codes(simd, |_| scale, values, count, codes);
        }
        let vectors = (1 << levels(scale.len as usize)) / Keys::LEN;
        simd.search(&self.trees[scale.tree as usize..][..vectors], values, count, codes)
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.thresholds[..]) + size_of_val(&self.keys[..]) + size_of_val(&self.trees[..])
    }
}

/// The upper half of a value's bits, made so that greater keys are greater values. Of equal keys the values may differ.
#[inline(always)]
fn key(value: f64) -> i32 {
    let upper = ((value.to_bits() >> 32) as u32).cast_signed();
    upper ^ (((upper >> 31) as u32) >> 1).cast_signed()
}

/// The last of each vector, then the vectors, of which the last one has room.
fn in_order(keys: &[i32]) -> Vec<Keys> {
    let mut vectors = vec![Keys([i32::MAX; Keys::LEN]); 2 + keys.len() / Keys::LEN];
    for (place, key) in keys.iter().enumerate() {
        vectors[1 + place / Keys::LEN].0[place % Keys::LEN] = *key;
    }
    for at in 1..vectors.len() {
        vectors[0].0[at - 1] = vectors[at].0[Keys::LEN - 1];
    }
    vectors
}

/// Levels of a tree of `len` keys: at least four, which share a vector.
fn levels(len: usize) -> u32 {
    (len + 1).next_power_of_two().ilog2().max(4)
}

/// Level `l` has the key in the middle of each of `2^l` parts of the scale; the part in which a search goes on has the outcome of level
/// `k` as bit `k` of its number. Level `l` starts at place `2^l`, so the first four share a vector.
fn tree(keys: &[i32]) -> Vec<Keys> {
    let levels = levels(keys.len());
    let key = |place: usize| {
        let level = place.ilog2();
        let part = (place as u32 - (1 << level)).reverse_bits().unbounded_shr(32 - level) as usize;
        keys.get(((2 * part + 1) << (levels - 1 - level)) - 1).copied().unwrap_or(i32::MAX)
    };
    let vector = |at: usize| Keys(std::array::from_fn(|lane| key((at * Keys::LEN + lane).max(1))));
    (0..(1 << levels) / Keys::LEN).map(vector).collect()
}
