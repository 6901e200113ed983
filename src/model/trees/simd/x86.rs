//! AVX-512 and AVX2. The only file with `unsafe`.
//!
//! A token is made by `detect` alone, so whoever has one may run the level's instructions. Memory is read and written through references
//! to arrays of the vector's size, never through a pointer and a length.

use std::arch::x86_64::*;

use super::{BLOCK, LANES, Simd, Work};

/// AVX-512 with byte permutations (Ice Lake, Zen 4 and later).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avx512(());

/// AVX2 with fused multiplication (`x86-64-v3`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avx2(());

/// Instructions of a level, by a token's leave.
macro_rules! with {
    ($token:ident: $work:expr) => {{
        let Self(()) = $token;
        // SAFETY: the token says that this machine has the instructions; a pointer comes from a reference to an array of the vector's size.
        unsafe { $work }
    }};
}

impl Avx512 {
    pub fn detect() -> Option<Self> {
        let there = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vbmi");
        (there && Avx2::detect().is_some()).then_some(Self(()))
    }

    pub fn run<W: Work>(self, work: W) -> W::Output {
        #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx2,fma,bmi1,bmi2,lzcnt,popcnt")]
        fn inner<W: Work>(token: Avx512, work: W) -> W::Output {
            work.at(token)
        }
        with!(self: inner(self, work))
    }
}

impl Avx2 {
    pub fn detect() -> Option<Self> {
        let there = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt");
        there.then_some(Self(()))
    }

    pub fn run<W: Work>(self, work: W) -> W::Output {
        #[target_feature(enable = "avx2,fma,bmi1,bmi2,lzcnt,popcnt")]
        fn inner<W: Work>(token: Avx2, work: W) -> W::Output {
            work.at(token)
        }
        with!(self: inner(self, work))
    }
}

impl Simd for Avx512 {
    type F64s = __m512d;
    type Lanes = __mmask8;
    type Bytes = __m512i;
    type Rows = __mmask64;

    #[inline(always)]
    fn load(self, values: &[f64; LANES]) -> Self::F64s {
        with!(self: _mm512_loadu_pd(values.as_ptr()))
    }
    #[inline(always)]
    fn store(self, values: Self::F64s, to: &mut [f64; LANES]) {
        with!(self: _mm512_storeu_pd(to.as_mut_ptr(), values))
    }
    #[inline(always)]
    fn splat(self, value: f64) -> Self::F64s {
        with!(self: _mm512_set1_pd(value))
    }
    #[inline(always)]
    fn add(self, a: Self::F64s, b: Self::F64s) -> Self::F64s {
        with!(self: _mm512_add_pd(a, b))
    }
    #[inline(always)]
    fn sub(self, a: Self::F64s, b: Self::F64s) -> Self::F64s {
        with!(self: _mm512_sub_pd(a, b))
    }
    #[inline(always)]
    fn mul(self, a: Self::F64s, b: Self::F64s) -> Self::F64s {
        with!(self: _mm512_mul_pd(a, b))
    }
    #[inline(always)]
    fn mul_add(self, a: Self::F64s, b: Self::F64s, c: Self::F64s) -> Self::F64s {
        with!(self: _mm512_fmadd_pd(a, b, c))
    }

    #[inline(always)]
    fn lanes(self, bits: u8) -> Self::Lanes {
        bits
    }
    #[inline(always)]
    fn select(self, lanes: Self::Lanes, yes: Self::F64s, no: Self::F64s) -> Self::F64s {
        with!(self: _mm512_mask_blend_pd(lanes, no, yes))
    }
    #[inline(always)]
    fn add_where(self, lanes: Self::Lanes, a: Self::F64s, b: Self::F64s) -> Self::F64s {
        with!(self: _mm512_mask_add_pd(a, lanes, a, b))
    }
    #[inline(always)]
    fn mul_where(self, lanes: Self::Lanes, a: Self::F64s, b: Self::F64s) -> Self::F64s {
        with!(self: _mm512_mask_mul_pd(a, lanes, a, b))
    }
    #[inline(always)]
    fn count_below(self, values: &[f64; LANES], x: f64) -> u32 {
        let below: __mmask8 =
            with!(self: _mm512_cmp_pd_mask::<_CMP_LT_OQ>(_mm512_loadu_pd(values.as_ptr()), _mm512_set1_pd(x)));
        below.count_ones()
    }

    #[inline(always)]
    fn bytes(self, bytes: &[u8; BLOCK]) -> Self::Bytes {
        with!(self: _mm512_loadu_si512(bytes.as_ptr().cast()))
    }
    #[inline(always)]
    fn store_bytes(self, bytes: Self::Bytes, to: &mut [u8; BLOCK]) {
        with!(self: _mm512_storeu_si512(to.as_mut_ptr().cast(), bytes))
    }
    #[inline(always)]
    fn splat_byte(self, byte: u8) -> Self::Bytes {
        with!(self: _mm512_set1_epi8(byte.cast_signed()))
    }
    #[inline(always)]
    fn above(self, a: Self::Bytes, b: Self::Bytes) -> Self::Rows {
        with!(self: _mm512_cmpgt_epu8_mask(a, b))
    }
    #[inline(always)]
    fn equal_of(self, rows: Self::Rows, a: Self::Bytes, b: Self::Bytes) -> Self::Rows {
        with!(self: _mm512_mask_cmpeq_epu8_mask(rows, a, b))
    }
    #[inline(always)]
    fn choose(self, rows: Self::Rows, yes: Self::Bytes, no: Self::Bytes) -> Self::Bytes {
        with!(self: _mm512_mask_blend_epi8(rows, no, yes))
    }
    #[inline(always)]
    fn bits(self, rows: Self::Rows) -> u64 {
        rows
    }
}

impl Simd for Avx2 {
    type F64s = [__m256d; 2];
    /// All bits of a lane, or none.
    type Lanes = [__m256d; 2];
    type Bytes = [__m256i; 2];
    /// 255 or 0 each.
    type Rows = [__m256i; 2];

    #[inline(always)]
    fn load(self, values: &[f64; LANES]) -> Self::F64s {
        with!(self: [_mm256_loadu_pd(values[..4].as_ptr()), _mm256_loadu_pd(values[4..].as_ptr())])
    }
    #[inline(always)]
    fn store(self, values: Self::F64s, to: &mut [f64; LANES]) {
        with!(self: _mm256_storeu_pd(to[..4].as_mut_ptr(), values[0]));
        with!(self: _mm256_storeu_pd(to[4..].as_mut_ptr(), values[1]));
    }
    #[inline(always)]
    fn splat(self, value: f64) -> Self::F64s {
        with!(self: [_mm256_set1_pd(value); 2])
    }
    #[inline(always)]
    fn add(self, a: Self::F64s, b: Self::F64s) -> Self::F64s {
        with!(self: [_mm256_add_pd(a[0], b[0]), _mm256_add_pd(a[1], b[1])])
    }
    #[inline(always)]
    fn sub(self, a: Self::F64s, b: Self::F64s) -> Self::F64s {
        with!(self: [_mm256_sub_pd(a[0], b[0]), _mm256_sub_pd(a[1], b[1])])
    }
    #[inline(always)]
    fn mul(self, a: Self::F64s, b: Self::F64s) -> Self::F64s {
        with!(self: [_mm256_mul_pd(a[0], b[0]), _mm256_mul_pd(a[1], b[1])])
    }
    #[inline(always)]
    fn mul_add(self, a: Self::F64s, b: Self::F64s, c: Self::F64s) -> Self::F64s {
        with!(self: [_mm256_fmadd_pd(a[0], b[0], c[0]), _mm256_fmadd_pd(a[1], b[1], c[1])])
    }

    #[inline(always)]
    fn lanes(self, bits: u8) -> Self::Lanes {
        with!(self: {
            let all = _mm256_set1_epi64x(i64::from(bits));
            let (low, high) = (_mm256_setr_epi64x(1, 2, 4, 8), _mm256_setr_epi64x(16, 32, 64, 128));
            let of = |part| _mm256_castsi256_pd(_mm256_cmpeq_epi64(_mm256_and_si256(all, part), part));
            [of(low), of(high)]
        })
    }
    #[inline(always)]
    fn select(self, lanes: Self::Lanes, yes: Self::F64s, no: Self::F64s) -> Self::F64s {
        with!(self: [_mm256_blendv_pd(no[0], yes[0], lanes[0]), _mm256_blendv_pd(no[1], yes[1], lanes[1])])
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
        let [low, high] = self.load(values);
        with!(self: {
            let x = _mm256_set1_pd(x);
            let low = _mm256_movemask_pd(_mm256_cmp_pd::<_CMP_LT_OQ>(low, x));
            let high = _mm256_movemask_pd(_mm256_cmp_pd::<_CMP_LT_OQ>(high, x));
            (low << 4 | high).count_ones()
        })
    }

    #[inline(always)]
    fn bytes(self, bytes: &[u8; BLOCK]) -> Self::Bytes {
        with!(self: [_mm256_loadu_si256(bytes[..32].as_ptr().cast()), _mm256_loadu_si256(bytes[32..].as_ptr().cast())])
    }
    #[inline(always)]
    fn store_bytes(self, bytes: Self::Bytes, to: &mut [u8; BLOCK]) {
        with!(self: _mm256_storeu_si256(to[..32].as_mut_ptr().cast(), bytes[0]));
        with!(self: _mm256_storeu_si256(to[32..].as_mut_ptr().cast(), bytes[1]));
    }
    #[inline(always)]
    fn splat_byte(self, byte: u8) -> Self::Bytes {
        with!(self: [_mm256_set1_epi8(byte.cast_signed()); 2])
    }
    #[inline(always)]
    fn above(self, a: Self::Bytes, b: Self::Bytes) -> Self::Rows {
        // There is no unsigned comparison: what is not the smaller of both is above.
        with!(self: {
            let of = |a, b| _mm256_xor_si256(_mm256_cmpeq_epi8(_mm256_min_epu8(a, b), a), _mm256_set1_epi8(-1));
            [of(a[0], b[0]), of(a[1], b[1])]
        })
    }
    #[inline(always)]
    fn equal_of(self, rows: Self::Rows, a: Self::Bytes, b: Self::Bytes) -> Self::Rows {
        with!(self: [
            _mm256_and_si256(rows[0], _mm256_cmpeq_epi8(a[0], b[0])),
            _mm256_and_si256(rows[1], _mm256_cmpeq_epi8(a[1], b[1])),
        ])
    }
    #[inline(always)]
    fn choose(self, rows: Self::Rows, yes: Self::Bytes, no: Self::Bytes) -> Self::Bytes {
        with!(self: [_mm256_blendv_epi8(no[0], yes[0], rows[0]), _mm256_blendv_epi8(no[1], yes[1], rows[1])])
    }
    #[inline(always)]
    fn bits(self, rows: Self::Rows) -> u64 {
        let of = |rows| with!(self: _mm256_movemask_epi8(rows)).cast_unsigned();
        u64::from(of(rows[1])) << 32 | u64::from(of(rows[0]))
    }
}
