//! AVX-512 and AVX2. The only file with `unsafe`.
//!
//! A token is made by `detect` alone, so whoever has one may run the level's instructions. Memory is read and written through references
//! to arrays of the vector's size, never through a pointer and a length.

use std::arch::x86_64::*;

use super::{BLOCK, Block, HALF, Keys, LANES, Portable, Simd, Values, Work};

/// AVX-512 with byte permutations (Ice Lake, Zen 4 and later).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avx512(());

/// AVX2 with fused multiplication (`x86-64-v3`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avx2(());

/// Methods that are made of a level's instructions.
macro_rules! by_token {
    ($(fn $name:ident $(<const $n:ident: usize>)? ($self:ident $(, $arg:ident: $type:ty)*) $(-> $out:ty)? = $work:expr;)*) => {$(
        #[inline(always)]
        fn $name $(<const $n: usize>)? ($self $(, $arg: $type)*) $(-> $out)? {
            // SAFETY: `self` says that this machine has the instructions; a pointer comes from a reference to an array of the size that is
            // read or written there.
            unsafe { $work }
        }
    )*};
}

/// Methods that are AVX2's.
macro_rules! as_avx2 {
    ($(fn $name:ident($self:ident $(, $arg:ident: $type:ty)*) -> $out:ty;)*) => {$(
        #[inline(always)]
        fn $name($self $(, $arg: $type)*) -> $out {
            // `detect` asks for both.
            Avx2(()).$name($($arg),*)
        }
    )*};
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
        // SAFETY: `self` says that this machine has the instructions.
        unsafe { inner(self, work) }
    }
}

/// Parts of [`Simd::search`].
impl Avx512 {
    by_token! {
        fn upper_halves(self, low: __m512d, high: __m512d) -> __m512i = {
            let odd = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
            _mm512_permutex2var_epi32(_mm512_castpd_si512(low), odd, _mm512_castpd_si512(high))
        };
        fn search_16<const LEVELS: usize>(self, tree: &[Keys], key: __m512i) -> (__m512i, __m512i) = {
            let vector = |at: usize| _mm512_load_si512(tree[at].0.as_ptr().cast());
            let mut part = _mm512_setzero_si512();
            let mut next = _mm512_set1_epi32(i32::MAX);
            for level in 0..LEVELS {
                let two = |at: usize| _mm512_permutex2var_epi32(vector(at), part, vector(at + 1));
                let by = |bit, no, yes| {
                    _mm512_mask_blend_epi32(_mm512_test_epi32_mask(part, _mm512_set1_epi32(bit)), no, yes)
                };
                let here = match level {
                    0..4 => _mm512_permutexvar_epi32(_mm512_or_si512(part, _mm512_set1_epi32(1 << level)), vector(0)),
                    4 => _mm512_permutexvar_epi32(part, vector(1)),
                    5 => two(2),
                    6 => by(32, two(4), two(6)),
                    _ => by(64, by(32, two(8), two(10)), by(32, two(12), two(14))),
                };
                let above = _mm512_cmpgt_epi32_mask(key, here);
                next = _mm512_mask_mov_epi32(here, above, next);
                part = _mm512_mask_or_epi32(part, above, part, _mm512_set1_epi32(1 << level));
            }
            (part, next)
        };
        fn reversed<const LEVELS: usize>(self, bytes: __m512i) -> __m512i = {
            let halves = |shift: usize| {
                let reversed = std::array::from_fn::<u8, 16, _>(|i| ((i << shift) as u8).reverse_bits() >> (8 - LEVELS));
                _mm512_broadcast_i32x4(_mm_loadu_si128(reversed.as_ptr().cast()))
            };
            let (low, high) = (halves(0), halves(4));
            let mask = _mm512_set1_epi8(15);
            let upper = _mm512_and_si512(_mm512_srli_epi16::<4>(bytes), mask);
            _mm512_or_si512(_mm512_shuffle_epi8(low, _mm512_and_si512(bytes, mask)), _mm512_shuffle_epi8(high, upper))
        };
        fn search_64<const LEVELS: usize>(self, tree: &[Keys], values: &[f64; BLOCK], count: usize, codes: &mut Block) -> u64 = {
            let mut doubtful = 0;
            let mut parts = [_mm_setzero_si128(); 4];
            for (group, values) in values.as_chunks::<16>().0.iter().enumerate() {
                if group * 16 < count {
                    let upper = self.upper_halves(_mm512_loadu_pd(values.as_ptr()), _mm512_loadu_pd(values[8..].as_ptr()));
                    let key = _mm512_xor_si512(upper, _mm512_srli_epi32::<1>(_mm512_srai_epi32::<31>(upper)));
                    let (part, next) = self.search_16::<LEVELS>(tree, key);
                    parts[group] = _mm512_cvtepi32_epi8(part);
                    doubtful |= u64::from(_mm512_cmpeq_epi32_mask(key, next)) << (16 * group);
                }
            }
            let low = _mm256_set_m128i(parts[1], parts[0]);
            let high = _mm256_set_m128i(parts[3], parts[2]);
            let ranks = self.reversed::<LEVELS>(_mm512_inserti64x4::<1>(_mm512_castsi256_si512(low), high));
            _mm512_store_si512(codes.0.as_mut_ptr().cast(), _mm512_xor_si512(ranks, _mm512_set1_epi8(i8::MIN)));
            doubtful
        };
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
        // SAFETY: `self` says that this machine has the instructions.
        unsafe { inner(self, work) }
    }
}

impl Simd for Avx512 {
    type F64s = __m512d;
    type Lanes = __mmask8;
    type Places = __m512i;
    // Half as wide as it could be: a comparison into a mask register takes as long as four into vectors.
    type Bytes = __m256i;
    type Table = [__m512i; 4];

    const PICKS: bool = true;
    const SEARCHES: bool = true;

    #[inline(always)]
    fn lanes(self, bits: u8) -> __mmask8 {
        bits
    }
    #[inline(always)]
    fn search(self, tree: &[Keys], values: &[f64; BLOCK], count: usize, codes: &mut Block) -> u64 {
        match tree.len() {
            1 => self.search_64::<4>(tree, values, count, codes),
            2 => self.search_64::<5>(tree, values, count, codes),
            4 => self.search_64::<6>(tree, values, count, codes),
            8 => self.search_64::<7>(tree, values, count, codes),
            _ => self.search_64::<8>(tree, values, count, codes),
        }
    }

    by_token! {
        fn load(self, values: &[f64; LANES]) -> __m512d = _mm512_loadu_pd(values.as_ptr());
        fn store(self, values: __m512d, to: &mut [f64; LANES]) = _mm512_storeu_pd(to.as_mut_ptr(), values);
        fn splat(self, value: f64) -> __m512d = _mm512_set1_pd(value);
        fn add(self, a: __m512d, b: __m512d) -> __m512d = _mm512_add_pd(a, b);
        fn sub(self, a: __m512d, b: __m512d) -> __m512d = _mm512_sub_pd(a, b);
        fn mul(self, a: __m512d, b: __m512d) -> __m512d = _mm512_mul_pd(a, b);
        fn mul_add(self, a: __m512d, b: __m512d, c: __m512d) -> __m512d = _mm512_fmadd_pd(a, b, c);

        fn select(self, lanes: __mmask8, yes: __m512d, no: __m512d) -> __m512d = _mm512_mask_blend_pd(lanes, no, yes);
        fn add_where(self, lanes: __mmask8, a: __m512d, b: __m512d) -> __m512d = _mm512_mask_add_pd(a, lanes, a, b);
        fn mul_where(self, lanes: __mmask8, a: __m512d, b: __m512d) -> __m512d = _mm512_mask_mul_pd(a, lanes, a, b);
        fn mul_add_where(self, lanes: __mmask8, a: __m512d, b: __m512d, c: __m512d) -> __m512d =
            _mm512_mask3_fmadd_pd(a, b, c, lanes);
        fn places(self, codes: &[i8; LANES]) -> __m512i = _mm512_cvtepu8_epi64(_mm_loadu_si64(codes.as_ptr().cast()));
        fn load_few<const N: usize>(self, values: &[f64; N]) -> __m512d = match N {
            2 => _mm512_castpd128_pd512(_mm_loadu_pd(values.as_ptr())),
            4 => _mm512_castpd256_pd512(_mm256_loadu_pd(values.as_ptr())),
            8 => _mm512_loadu_pd(values.as_ptr()),
            _ => unreachable!("two, four or eight values"),
        };
        fn permute<const N: usize>(self, values: __m512d, places: __m512i) -> __m512d =
            _mm512_permutexvar_pd(places, values);
        fn equal(self, a: &[i32; BLOCK], b: &[i32; BLOCK]) -> u64 = {
            let mut bits = 0;
            for (a, b) in a.as_chunks::<16>().0.iter().zip(b.as_chunks::<16>().0).rev() {
                let (a, b) = (_mm512_loadu_si512(a.as_ptr().cast()), _mm512_loadu_si512(b.as_ptr().cast()));
                bits = bits << 16 | u64::from(_mm512_cmpeq_epi32_mask(a, b));
            }
            bits
        };
        fn count_below(self, keys: &Keys, key: i32) -> u32 =
            _mm512_cmplt_epi32_mask(_mm512_load_si512(keys.0.as_ptr().cast()), _mm512_set1_epi32(key)).count_ones();
        fn nan(self, values: &[f64; BLOCK], count: usize) -> u64 = {
            let mut bits = 0;
            for values in values.as_chunks::<LANES>().0.iter().take(count.div_ceil(LANES)).rev() {
                let values = _mm512_loadu_pd(values.as_ptr());
                bits = bits << LANES | u64::from(_mm512_cmp_pd_mask::<_CMP_UNORD_Q>(values, values));
            }
            bits
        };
        fn within(self, values: &[f64; BLOCK], bound: f64, count: usize) -> u64 = {
            let mut bits = 0;
            for values in values.as_chunks::<LANES>().0.iter().take(count.div_ceil(LANES)).rev() {
                let size = _mm512_abs_pd(_mm512_loadu_pd(values.as_ptr()));
                bits = bits << LANES | u64::from(_mm512_cmp_pd_mask::<_CMP_LE_OQ>(size, _mm512_set1_pd(bound)));
            }
            bits
        };
        fn look_up<const N: usize>(self, table: &[Values; N], codes: &[i8; LANES]) -> __m512d = {
            let codes = _mm512_cvtepu8_epi64(_mm_loadu_si64(codes.as_ptr().cast()));
            let of = |part: &Values| {
                let (low, high) = (_mm512_load_pd(part.0.as_ptr()), _mm512_load_pd(part.0[8..].as_ptr()));
                _mm512_permutex2var_pd(low, codes, high)
            };
            let by = |bit, no, yes| _mm512_mask_blend_pd(_mm512_test_epi64_mask(codes, _mm512_set1_epi64(bit)), no, yes);
            match N {
                1 => of(&table[0]),
                2 => by(16, of(&table[0]), of(&table[1])),
                _ => by(32, by(16, of(&table[0]), of(&table[1])), by(16, of(&table[2]), of(&table[3]))),
            }
        };

        fn step(self, now: __m256i, bytes: __m256i, rank: __m256i, from: __m256i, turned: __m256i) -> __m256i = {
            let (above, here) = (_mm256_cmpgt_epi8(bytes, rank), _mm256_cmpeq_epi8(now, from));
            // All three; written so that no compiler makes mask registers of it.
            _mm256_max_epu8(now, _mm256_ternarylogic_epi32::<0x80>(above, here, turned))
        };
        fn at_most(self, block: &Block, rank: i8) -> u64 =
            _mm512_cmple_epi8_mask(_mm512_loadu_si512(block.0.as_ptr().cast()), _mm512_set1_epi8(rank));
        fn transpose(self, bits: [u64; 3], to: &mut Block) = {
            let of = |bit: usize| _mm512_maskz_set1_epi8(bits[bit], 1 << bit);
            let codes = _mm512_or_si512(_mm512_or_si512(of(0), of(1)), of(2));
            _mm512_storeu_si512(to.0.as_mut_ptr().cast(), codes);
        };

        fn replace(self, block: &Block, rows: u64, byte: i8) -> Block = {
            let mut out = Block::ZERO;
            let bytes = _mm512_load_si512(block.0.as_ptr().cast());
            _mm512_store_si512(out.0.as_mut_ptr().cast(), _mm512_mask_blend_epi8(rows, bytes, _mm512_set1_epi8(byte)));
            out
        };

        fn shuffle(self, block: &Block, places: &[u8; BLOCK]) -> Block = {
            let mut out = Block::ZERO;
            let (places, bytes) = (_mm512_loadu_si512(places.as_ptr().cast()), _mm512_load_si512(block.0.as_ptr().cast()));
            _mm512_store_si512(out.0.as_mut_ptr().cast(), _mm512_permutexvar_epi8(places, bytes));
            out
        };

        fn table(self, bytes: &[i8; 256]) -> Self::Table = {
            let part = |at: usize| _mm512_loadu_si512(bytes[at..at + 64].as_ptr().cast());
            [part(0), part(64), part(128), part(192)]
        };
        fn pick(self, table: Self::Table, places: &[u8; BLOCK]) -> [__m256i; 2] = {
            let places = _mm512_loadu_si512(places.as_ptr().cast());
            let low = _mm512_permutex2var_epi8(table[0], places, table[1]);
            let high = _mm512_permutex2var_epi8(table[2], places, table[3]);
            let picked = _mm512_mask_blend_epi8(_mm512_movepi8_mask(places), low, high);
            [_mm512_castsi512_si256(picked), _mm512_extracti64x4_epi64::<1>(picked)]
        };
    }
    as_avx2! {
        fn bytes(self, bytes: &[i8; HALF]) -> __m256i;
        fn store_bytes(self, bytes: __m256i, to: &mut [i8; HALF]) -> ();
        fn splat_byte(self, byte: i8) -> __m256i;
        fn add_bytes(self, a: __m256i, b: __m256i) -> __m256i;
    }
}

impl Simd for Avx2 {
    type F64s = [__m256d; 2];
    /// All bits of a lane, or none.
    type Lanes = [__m256d; 2];
    /// Two places of 32 bits for each lane.
    type Places = [__m256i; 2];
    type Bytes = __m256i;
    type Table = [i8; 256];

    const PICKS: bool = false;
    const SEARCHES: bool = false;

    by_token! {
        fn load(self, values: &[f64; LANES]) -> Self::F64s =
            [_mm256_loadu_pd(values[..4].as_ptr()), _mm256_loadu_pd(values[4..].as_ptr())];
        fn store(self, values: Self::F64s, to: &mut [f64; LANES]) = {
            _mm256_storeu_pd(to[..4].as_mut_ptr(), values[0]);
            _mm256_storeu_pd(to[4..].as_mut_ptr(), values[1]);
        };
        fn splat(self, value: f64) -> Self::F64s = [_mm256_set1_pd(value); 2];
        fn add(self, a: Self::F64s, b: Self::F64s) -> Self::F64s = [_mm256_add_pd(a[0], b[0]), _mm256_add_pd(a[1], b[1])];
        fn sub(self, a: Self::F64s, b: Self::F64s) -> Self::F64s = [_mm256_sub_pd(a[0], b[0]), _mm256_sub_pd(a[1], b[1])];
        fn mul(self, a: Self::F64s, b: Self::F64s) -> Self::F64s = [_mm256_mul_pd(a[0], b[0]), _mm256_mul_pd(a[1], b[1])];
        fn mul_add(self, a: Self::F64s, b: Self::F64s, c: Self::F64s) -> Self::F64s =
            [_mm256_fmadd_pd(a[0], b[0], c[0]), _mm256_fmadd_pd(a[1], b[1], c[1])];

        fn lanes(self, bits: u8) -> Self::Lanes = {
            let all = _mm256_set1_epi64x(i64::from(bits));
            let of = |part| _mm256_castsi256_pd(_mm256_cmpeq_epi64(_mm256_and_si256(all, part), part));
            [of(_mm256_setr_epi64x(1, 2, 4, 8)), of(_mm256_setr_epi64x(16, 32, 64, 128))]
        };
        fn select(self, lanes: Self::Lanes, yes: Self::F64s, no: Self::F64s) -> Self::F64s =
            [_mm256_blendv_pd(no[0], yes[0], lanes[0]), _mm256_blendv_pd(no[1], yes[1], lanes[1])];
        fn places(self, codes: &[i8; LANES]) -> [__m256i; 2] = {
            let of = |codes: &[i8]| {
                let even = _mm256_slli_epi64::<1>(_mm256_cvtepu8_epi64(_mm_loadu_si32(codes.as_ptr().cast())));
                let odd = _mm256_add_epi64(_mm256_slli_epi64::<32>(even), _mm256_set1_epi64x(1 << 32));
                _mm256_or_si256(even, odd)
            };
            [of(&codes[..4]), of(&codes[4..])]
        };
        fn load_few<const N: usize>(self, values: &[f64; N]) -> Self::F64s = match N {
            2 => [_mm256_castpd128_pd256(_mm_loadu_pd(values.as_ptr())); 2],
            4 => [_mm256_loadu_pd(values.as_ptr()); 2],
            8 => [_mm256_loadu_pd(values.as_ptr()), _mm256_loadu_pd(values[4..].as_ptr())],
            _ => unreachable!("two, four or eight values"),
        };
        fn permute<const N: usize>(self, values: Self::F64s, places: [__m256i; 2]) -> Self::F64s = {
            // A place takes three bits, so it is the same in the second half.
            let at = |part, places| _mm256_permutevar8x32_ps(_mm256_castpd_ps(part), places);
            let of = |places| {
                let first = at(values[0], places);
                // The bit that tells the halves apart becomes the sign.
                let second = _mm256_castsi256_ps(_mm256_slli_epi32::<28>(places));
                _mm256_castps_pd(if N < 8 { first } else { _mm256_blendv_ps(first, at(values[1], places), second) })
            };
            [of(places[0]), of(places[1])]
        };
        fn equal(self, a: &[i32; BLOCK], b: &[i32; BLOCK]) -> u64 = {
            let mut bits = 0;
            for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0).rev() {
                let (a, b) = (_mm256_loadu_si256(a.as_ptr().cast()), _mm256_loadu_si256(b.as_ptr().cast()));
                bits = bits << 8 | _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(a, b))) as u64;
            }
            bits
        };
        fn count_below(self, keys: &Keys, key: i32) -> u32 = {
            let key = _mm256_set1_epi32(key);
            let of = |part: &[i32]| _mm256_cmpgt_epi32(key, _mm256_load_si256(part.as_ptr().cast()));
            // Two bytes each.
            _mm256_movemask_epi8(_mm256_packs_epi32(of(&keys.0[..8]), of(&keys.0[8..]))).count_ones() / 2
        };
        fn nan(self, values: &[f64; BLOCK], count: usize) -> u64 = {
            let mut bits = 0;
            for values in values.as_chunks::<4>().0.iter().take(count.div_ceil(4)).rev() {
                let values = _mm256_loadu_pd(values.as_ptr());
                bits = bits << 4 | _mm256_movemask_pd(_mm256_cmp_pd::<_CMP_UNORD_Q>(values, values)) as u64;
            }
            bits
        };
        fn within(self, values: &[f64; BLOCK], bound: f64, count: usize) -> u64 = {
            let mut bits = 0;
            for values in values.as_chunks::<4>().0.iter().take(count.div_ceil(4)).rev() {
                let size = _mm256_andnot_pd(_mm256_set1_pd(-0.0), _mm256_loadu_pd(values.as_ptr()));
                bits = bits << 4 | _mm256_movemask_pd(_mm256_cmp_pd::<_CMP_LE_OQ>(size, _mm256_set1_pd(bound))) as u64;
            }
            bits
        };
        fn look_up<const N: usize>(self, table: &[Values; N], codes: &[i8; LANES]) -> Self::F64s = {
            let of = |i: usize| {
                let code = usize::from(codes[i].cast_unsigned());
                table[code / 16 % N].0[code % 16]
            };
            [_mm256_setr_pd(of(0), of(1), of(2), of(3)), _mm256_setr_pd(of(4), of(5), of(6), of(7))]
        };

        fn bytes(self, bytes: &[i8; HALF]) -> __m256i = _mm256_loadu_si256(bytes.as_ptr().cast());
        fn store_bytes(self, bytes: __m256i, to: &mut [i8; HALF]) = _mm256_storeu_si256(to.as_mut_ptr().cast(), bytes);
        fn splat_byte(self, byte: i8) -> __m256i = _mm256_set1_epi8(byte);
        fn add_bytes(self, a: __m256i, b: __m256i) -> __m256i = _mm256_add_epi8(a, b);
        fn step(self, now: __m256i, bytes: __m256i, rank: __m256i, from: __m256i, turned: __m256i) -> __m256i = {
            let (above, here) = (_mm256_cmpgt_epi8(bytes, rank), _mm256_cmpeq_epi8(now, from));
            _mm256_blendv_epi8(now, turned, _mm256_and_si256(above, here))
        };
        fn at_most(self, block: &Block, rank: i8) -> u64 = {
            let rank = _mm256_set1_epi8(rank);
            let above = |half| _mm256_movemask_epi8(_mm256_cmpgt_epi8(self.bytes(block.half(half)), rank));
            !(u64::from(above(1).cast_unsigned()) << 32 | u64::from(above(0).cast_unsigned()))
        };
        fn transpose(self, bits: [u64; 3], to: &mut Block) = {
            let byte_of_row = _mm256_setr_epi64x(0, 0x0101_0101_0101_0101, 0x0202_0202_0202_0202, 0x0303_0303_0303_0303);
            let bit_of_row = _mm256_set1_epi64x(0x8040_2010_0804_0201_u64.cast_signed());
            for half in 0..2 {
                let of = |bit: usize| {
                    let rows = _mm256_set1_epi32((bits[bit] >> (32 * half)) as i32);
                    let rows = _mm256_and_si256(_mm256_shuffle_epi8(rows, byte_of_row), bit_of_row);
                    _mm256_and_si256(_mm256_cmpeq_epi8(rows, bit_of_row), _mm256_set1_epi8(1 << bit))
                };
                let codes = _mm256_or_si256(_mm256_or_si256(of(0), of(1)), of(2));
                self.store_bytes(codes, to.half_mut(half));
            }
        };
    }

    #[inline(always)]
    fn search(self, keys: &[Keys], values: &[f64; BLOCK], count: usize, codes: &mut Block) -> u64 {
        Portable.search(keys, values, count, codes)
    }
    #[inline(always)]
    fn replace(self, block: &Block, rows: u64, byte: i8) -> Block {
        Portable.replace(block, rows, byte)
    }
    #[inline(always)]
    fn shuffle(self, block: &Block, places: &[u8; BLOCK]) -> Block {
        Portable.shuffle(block, places)
    }
    #[inline(always)]
    fn table(self, bytes: &[i8; 256]) -> Self::Table {
        Portable.table(bytes)
    }
    #[inline(always)]
    fn pick(self, table: Self::Table, places: &[u8; BLOCK]) -> [__m256i; 2] {
        Portable.pick(table, places).map(|bytes| self.bytes(&bytes))
    }
}
