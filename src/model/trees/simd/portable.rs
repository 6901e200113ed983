//! Arrays: what any machine can do, and what its compiler makes of it.

use std::array::from_fn;

use super::{BLOCK, Block, HALF, Keys, LANES, Simd, Values};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Portable;

impl Simd for Portable {
    type F64s = [f64; LANES];
    type Lanes = u8;
    type Places = [i8; LANES];
    type Bytes = [i8; HALF];
    type Table = [i8; 256];

    const PICKS: bool = false;
    const SEARCHES: bool = false;

    #[inline(always)]
    fn load(self, values: &[f64; LANES]) -> Self::F64s {
        *values
    }
    #[inline(always)]
    fn store(self, values: Self::F64s, to: &mut [f64; LANES]) {
        *to = values;
    }
    #[inline(always)]
    fn splat(self, value: f64) -> Self::F64s {
        [value; LANES]
    }
    #[inline(always)]
    fn add(self, a: Self::F64s, b: Self::F64s) -> Self::F64s {
        from_fn(|i| a[i] + b[i])
    }
    #[inline(always)]
    fn sub(self, a: Self::F64s, b: Self::F64s) -> Self::F64s {
        from_fn(|i| a[i] - b[i])
    }
    #[inline(always)]
    fn mul(self, a: Self::F64s, b: Self::F64s) -> Self::F64s {
        from_fn(|i| a[i] * b[i])
    }
    #[inline(always)]
    fn mul_add(self, a: Self::F64s, b: Self::F64s, c: Self::F64s) -> Self::F64s {
        from_fn(|i| a[i] * b[i] + c[i])
    }

    #[inline(always)]
    fn lanes(self, bits: u8) -> Self::Lanes {
        bits
    }
    #[inline(always)]
    fn select(self, lanes: Self::Lanes, yes: Self::F64s, no: Self::F64s) -> Self::F64s {
        from_fn(|i| if lanes >> i & 1 == 1 { yes[i] } else { no[i] })
    }
    #[inline(always)]
    fn places(self, codes: &[i8; LANES]) -> Self::Places {
        *codes
    }
    #[inline(always)]
    fn load_few<const N: usize>(self, values: &[f64; N]) -> Self::F64s {
        from_fn(|i| values[i % N])
    }
    #[inline(always)]
    fn permute<const N: usize>(self, values: Self::F64s, places: Self::Places) -> Self::F64s {
        from_fn(|i| values[usize::from(places[i].cast_unsigned()) % N])
    }
    #[inline(always)]
    fn equal(self, a: &[i32; BLOCK], b: &[i32; BLOCK]) -> u64 {
        a.iter().zip(b).rev().fold(0, |bits, (a, b)| bits << 1 | u64::from(a == b))
    }
    #[inline(always)]
    fn count_below(self, keys: &Keys, key: i32) -> u32 {
        keys.0.iter().map(|other| u32::from(*other < key)).sum()
    }
    #[inline(always)]
    fn look_up<const N: usize>(self, table: &[Values; N], codes: &[i8; LANES]) -> Self::F64s {
        from_fn(|i| {
            let code = usize::from(codes[i].cast_unsigned());
            table[code / 16 % N].0[code % 16]
        })
    }

    #[inline(always)]
    fn search(self, _keys: &[Keys], _values: &[f64; BLOCK], _count: usize, _codes: &mut Block) -> u64 {
        !0
    }
    #[inline(always)]
    fn nan(self, values: &[f64; BLOCK], count: usize) -> u64 {
        values.iter().take(count).rev().fold(0, |bits, value| bits << 1 | u64::from(value.is_nan()))
    }
    #[inline(always)]
    fn within(self, values: &[f64; BLOCK], bound: f64, count: usize) -> u64 {
        values.iter().take(count).rev().fold(0, |bits, value| bits << 1 | u64::from(value.abs() <= bound))
    }

    #[inline(always)]
    fn bytes(self, bytes: &[i8; HALF]) -> Self::Bytes {
        *bytes
    }
    #[inline(always)]
    fn store_bytes(self, bytes: Self::Bytes, to: &mut [i8; HALF]) {
        *to = bytes;
    }
    #[inline(always)]
    fn splat_byte(self, byte: i8) -> Self::Bytes {
        [byte; HALF]
    }
    #[inline(always)]
    fn add_bytes(self, a: Self::Bytes, b: Self::Bytes) -> Self::Bytes {
        from_fn(|i| a[i].wrapping_add(b[i]))
    }
    #[inline(always)]
    fn step(
        self,
        now: Self::Bytes,
        bytes: Self::Bytes,
        rank: Self::Bytes,
        from: Self::Bytes,
        turned: Self::Bytes,
    ) -> Self::Bytes {
        let mut out = now;
        for i in 0..HALF {
            out[i] = if (now[i] == from[i]) & (bytes[i] > rank[i]) { turned[i] } else { now[i] };
        }
        out
    }
    #[inline(always)]
    fn at_most(self, block: &Block, rank: i8) -> u64 {
        block.0.iter().rev().fold(0, |bits, byte| bits << 1 | u64::from(*byte <= rank))
    }
    #[inline(always)]
    fn transpose(self, bits: [u64; 3], to: &mut Block) {
        to.0 = from_fn(|i| (bits[0] >> i & 1 | (bits[1] >> i & 1) << 1 | (bits[2] >> i & 1) << 2) as i8);
    }

    #[inline(always)]
    fn replace(self, block: &Block, rows: u64, byte: i8) -> Block {
        if rows == 0 {
            return *block;
        }
        Block(from_fn(|row| if rows >> row & 1 == 1 { byte } else { block.0[row] }))
    }

    #[inline(always)]
    fn shuffle(self, block: &Block, places: &[u8; BLOCK]) -> Block {
        Block(from_fn(|i| block.0[usize::from(places[i]) % BLOCK]))
    }

    #[inline(always)]
    fn table(self, bytes: &[i8; 256]) -> Self::Table {
        *bytes
    }
    #[inline(always)]
    fn pick(self, table: Self::Table, places: &[u8; BLOCK]) -> [Self::Bytes; 2] {
        from_fn(|half| from_fn(|i| table[usize::from(places[half * HALF + i])]))
    }
}
