//! Vector operations as safe building blocks: one trait, three levels, chosen when the program runs.
//!
//! A kernel is generic over [`Simd`] and is written once. [`Level::run`] compiles it for each level: the body of [`Work::at`], and all
//! that it calls, must be `#[inline(always)]`, so that it ends up inside the one function that has the level's instructions switched on
//! (the pattern of the `pulp` crate). Closures handed to iterators may escape that: kernels use plain loops.
//!
//! Sums are the same bits at every level, except for [`Simd::mul_add`].

pub use portable::Portable;

mod portable;
#[cfg(target_arch = "x86_64")]
mod x86;

/// Rows that are worked on at once: one bit each in a `u64`.
pub const BLOCK: usize = 64;
/// Values of an [`Simd::F64s`].
pub const LANES: usize = 8;
/// Bytes of an [`Simd::Bytes`].
pub const HALF: usize = 32;

/// A byte for each row of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub struct Block(pub [i8; BLOCK]);

impl Block {
    pub const ZERO: Self = Self([0; BLOCK]);

    /// The first 32 rows or the others.
    #[inline(always)]
    pub fn half(&self, half: usize) -> &[i8; HALF] {
        &self.0.as_chunks().0[half]
    }

    #[inline(always)]
    pub fn half_mut(&mut self, half: usize) -> &mut [i8; HALF] {
        &mut self.0.as_chunks_mut().0[half]
    }
}

/// Values that are looked up, or compared, together.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub struct Values(pub [f64; 16]);

impl Values {
    pub const LEN: usize = 16;
}

/// Keys of thresholds, see [`scale`](super::columns::scale).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub struct Keys(pub [i32; 16]);

impl Keys {
    pub const LEN: usize = 16;
}

/// Vector operations of one level. A value of such a type is the proof that this machine has them.
pub trait Simd: Copy + Send + Sync + 'static {
    /// Eight `f64`.
    type F64s: Copy;
    /// Which of eight lanes.
    type Lanes: Copy;
    /// For each of eight lanes, which of up to eight values.
    type Places: Copy;
    /// A byte for each of 32 rows.
    type Bytes: Copy;
    /// A table of 256 bytes.
    type Table: Copy;

    /// Whether [`Simd::pick`] is a few instructions.
    const PICKS: bool;
    /// Whether there is a [`Simd::search`].
    const SEARCHES: bool;

    fn load(self, values: &[f64; LANES]) -> Self::F64s;
    fn store(self, values: Self::F64s, to: &mut [f64; LANES]);
    fn splat(self, value: f64) -> Self::F64s;
    fn add(self, a: Self::F64s, b: Self::F64s) -> Self::F64s;
    fn sub(self, a: Self::F64s, b: Self::F64s) -> Self::F64s;
    fn mul(self, a: Self::F64s, b: Self::F64s) -> Self::F64s;
    /// `a * b + c`, rounded once where the hardware can, else twice.
    fn mul_add(self, a: Self::F64s, b: Self::F64s, c: Self::F64s) -> Self::F64s;

    /// Lane `i` where bit `i` is set.
    fn lanes(self, bits: u8) -> Self::Lanes;
    /// `yes` in those lanes, else `no`.
    fn select(self, lanes: Self::Lanes, yes: Self::F64s, no: Self::F64s) -> Self::F64s;
    /// `a + b` in those lanes, else `a`.
    #[inline(always)]
    fn add_where(self, lanes: Self::Lanes, a: Self::F64s, b: Self::F64s) -> Self::F64s {
        self.select(lanes, self.add(a, b), a)
    }
    /// `a * b` in those lanes, else `a`.
    #[inline(always)]
    fn mul_where(self, lanes: Self::Lanes, a: Self::F64s, b: Self::F64s) -> Self::F64s {
        self.select(lanes, self.mul(a, b), a)
    }
    /// `a * b + c` in those lanes, else `c`.
    #[inline(always)]
    fn mul_add_where(self, lanes: Self::Lanes, a: Self::F64s, b: Self::F64s, c: Self::F64s) -> Self::F64s {
        self.select(lanes, self.mul_add(a, b, c), c)
    }
    /// From codes less than 8.
    fn places(self, codes: &[i8; LANES]) -> Self::Places;
    /// Two, four or eight values for [`Simd::permute`].
    fn load_few<const N: usize>(self, values: &[f64; N]) -> Self::F64s;
    /// `values[place]` for each lane, where `values` were loaded as `N` and no place is beyond them.
    fn permute<const N: usize>(self, values: Self::F64s, places: Self::Places) -> Self::F64s;
    /// Where `a` and `b` are equal, as bits.
    fn equal(self, a: &[i32; BLOCK], b: &[i32; BLOCK]) -> u64;
    /// How many of `keys` are less than `key`.
    fn count_below(self, keys: &Keys, key: i32) -> u32;
    /// The ranks, from −128 on, of the first `count` values in a tree of keys (see [`scale`](super::columns::scale)), and the rows in which
    /// they may be wrong.
    fn search(self, keys: &[Keys], values: &[f64; BLOCK], count: usize, codes: &mut Block) -> u64;
    /// `table[code]` for each of eight codes, unsigned and less than `16 * N`, which is 16, 32 or 64.
    fn look_up<const N: usize>(self, table: &[Values; N], codes: &[i8; LANES]) -> Self::F64s;

    /// Rows, of at least the first `count`, whose value is NaN.
    fn nan(self, values: &[f64; BLOCK], count: usize) -> u64;
    /// The same, whose value is no farther from 0 than `bound`.
    fn within(self, values: &[f64; BLOCK], bound: f64, count: usize) -> u64;

    fn bytes(self, bytes: &[i8; HALF]) -> Self::Bytes;
    fn store_bytes(self, bytes: Self::Bytes, to: &mut [i8; HALF]);
    fn splat_byte(self, byte: i8) -> Self::Bytes;
    /// Wraps around.
    fn add_bytes(self, a: Self::Bytes, b: Self::Bytes) -> Self::Bytes;
    /// A step of [`codes`](super::evaluate::codes): `turned` where `now` is `from` and the byte is above `rank`, else `now`. `turned`, unsigned, is
    /// greater than `from`.
    fn step(
        self,
        now: Self::Bytes,
        bytes: Self::Bytes,
        rank: Self::Bytes,
        from: Self::Bytes,
        turned: Self::Bytes,
    ) -> Self::Bytes;
    /// A split's outcome for a block: bit `i` where the byte of row `i` is at most `rank`.
    fn at_most(self, block: &Block, rank: i8) -> u64;
    /// For each row of a block, its bit of each number: the first is bit 0 of its byte.
    fn transpose(self, bits: [u64; 3], to: &mut Block);

    /// The bytes at 64 places of a block.
    fn shuffle(self, block: &Block, places: &[u8; BLOCK]) -> Block;
    /// `byte` in those rows, else what is in `block`.
    fn replace(self, block: &Block, rows: u64, byte: i8) -> Block;

    fn table(self, bytes: &[i8; 256]) -> Self::Table;
    /// The bytes at 64 places of a table.
    fn pick(self, table: Self::Table, places: &[u8; BLOCK]) -> [Self::Bytes; 2];
}

/// What [`Level::run`] runs.
pub trait Work {
    type Output;
    /// Must be `#[inline(always)]`.
    fn at<S: Simd>(self, simd: S) -> Self::Output;
}

/// A set of instructions that this machine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    #[cfg(target_arch = "x86_64")]
    Avx512(x86::Avx512),
    #[cfg(target_arch = "x86_64")]
    Avx2(x86::Avx2),
    Portable,
}

impl Level {
    /// All that this machine has, the fastest first.
    pub fn all() -> Vec<Self> {
        let mut levels = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            levels.extend(x86::Avx512::detect().map(|token| Self(Kind::Avx512(token))));
            levels.extend(x86::Avx2::detect().map(|token| Self(Kind::Avx2(token))));
        }
        levels.push(Self(Kind::Portable));
        levels
    }

    /// The fastest that this machine has.
    pub fn best() -> Self {
        Self::all()[0]
    }

    /// For logs and tables.
    pub fn name(self) -> &'static str {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(_) => "AVX-512",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(_) => "AVX2",
            Kind::Portable => "portable",
        }
    }

    /// Whether [`Simd::pick`] is a few instructions.
    pub fn picks(self) -> bool {
        struct Picks;
        impl Work for Picks {
            type Output = bool;
            fn at<S: Simd>(self, _simd: S) -> bool {
                S::PICKS
            }
        }
        self.run(Picks)
    }

    /// Runs `work` with the level's instructions.
    pub fn run<W: Work>(self, work: W) -> W::Output {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(token) => token.run(work),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(token) => token.run(work),
            Kind::Portable => work.at(Portable),
        }
    }
}
