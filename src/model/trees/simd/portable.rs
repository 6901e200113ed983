//! Arrays: what any machine can do, and what its compiler makes of it.

use std::array::from_fn;

use super::{BLOCK, LANES, Simd};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Portable;

impl Simd for Portable {
    type F64s = [f64; LANES];
    type Lanes = u8;
    type Bytes = [u8; BLOCK];
    /// 255 or 0 each.
    type Rows = [u8; BLOCK];

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
    fn add_where(self, lanes: Self::Lanes, a: Self::F64s, b: Self::F64s) -> Self::F64s {
        self.select(lanes, self.add(a, b), a)
    }
    #[inline(always)]
    fn mul_where(self, lanes: Self::Lanes, a: Self::F64s, b: Self::F64s) -> Self::F64s {
        self.select(lanes, self.mul(a, b), a)
    }
    #[inline(always)]
    fn count_below(self, values: &[f64; LANES], x: f64) -> u32 {
        values.iter().map(|value| u32::from(*value < x)).sum()
    }

    #[inline(always)]
    fn bytes(self, bytes: &[u8; BLOCK]) -> Self::Bytes {
        *bytes
    }
    #[inline(always)]
    fn store_bytes(self, bytes: Self::Bytes, to: &mut [u8; BLOCK]) {
        *to = bytes;
    }
    #[inline(always)]
    fn splat_byte(self, byte: u8) -> Self::Bytes {
        [byte; BLOCK]
    }
    #[inline(always)]
    fn above(self, a: Self::Bytes, b: Self::Bytes) -> Self::Rows {
        from_fn(|i| if a[i] > b[i] { 255 } else { 0 })
    }
    #[inline(always)]
    fn equal_of(self, rows: Self::Rows, a: Self::Bytes, b: Self::Bytes) -> Self::Rows {
        from_fn(|i| if a[i] == b[i] { rows[i] } else { 0 })
    }
    #[inline(always)]
    fn choose(self, rows: Self::Rows, yes: Self::Bytes, no: Self::Bytes) -> Self::Bytes {
        from_fn(|i| yes[i] & rows[i] | no[i] & !rows[i])
    }
    #[inline(always)]
    fn bits(self, rows: Self::Rows) -> u64 {
        rows.iter().rev().fold(0, |bits, row| bits << 1 | u64::from(row & 1))
    }
}
