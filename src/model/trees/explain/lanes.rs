//! Many rows at once: a row is a lane of a vector, and each operation works on up to 32 of them.

use super::super::columns::Columns;
use super::super::simd::{BLOCK, Block, LANES, Level, Simd, Work};
use super::kernels::{Constants, Frame};
use super::paths::NONE;
use super::program::{Batch, Kind, Line, Needs, Op, Program, SplitCode, TreeCode};

/// Groups of eight rows that an operation works on at most.
pub const MOST_GROUPS: usize = 4;

/// Memory that is used again from call to call.
#[derive(Clone, Debug, Default)]
pub struct LanesScratch {
    /// For each column, the rows.
    columns: Vec<Block>,
    masks: Vec<[u8; 8]>,
    codes: Vec<Block>,
    ones: Vec<Line>,
    slots: Vec<Line>,
    /// For each feature of each class, what was contributed: of the first 8, 16 or 32 rows, then of the next.
    sums: Vec<Line>,
}

/// Explains up to 64 rows.
pub struct Lanes<'a> {
    pub program: &'a Program,
    pub columns: &'a Columns,
    /// Row after row, as many as there are.
    pub rows: &'a [f64],
    pub width: usize,
    /// For each sum, the place of its feature in what is said of a row.
    pub targets: &'a [usize],
    pub scratch: &'a mut LanesScratch,
    /// For each row, `size` places.
    pub out: &'a mut [f64],
    pub size: usize,
}

impl LanesScratch {
    /// Makes room for a block.
    fn fit(&mut self, needs: Needs, columns: usize, sums: usize) {
        let values = needs.points * MOST_GROUPS;
        self.columns.resize(self.columns.len().max(columns), Block::ZERO);
        self.masks.resize(self.masks.len().max(needs.masks), [0; 8]);
        self.codes.resize(self.codes.len().max(needs.twigs), Block::ZERO);
        self.ones.resize(self.ones.len().max(values), Line::ONE);
        self.slots.resize(self.slots.len().max(values * needs.slots), Line::ZERO);
        self.sums.resize(self.sums.len().max(sums * BLOCK / LANES), Line::ZERO);
    }
}

impl Lanes<'_> {
    pub fn run(self, level: Level) {
        level.run(self);
    }

    /// How many groups of eight rows the next operations work on, where so many are left.
    fn groups(left: usize) -> usize {
        if left > 2 { MOST_GROUPS } else { left }
    }

    /// Writes the sums of some rows to where they belong.
    #[inline(always)]
    fn write<const G: usize>(&mut self, first: usize) {
        let count = self.out.len() / self.size;
        let sums = &self.scratch.sums[first * self.targets.len()..].as_chunks::<G>().0[..self.targets.len()];
        for g in 0..G {
            let begin = (first + g) * LANES;
            let rows = begin..count.min(begin + LANES);
            if rows.is_empty() {
                break;
            }
            let out = &mut self.out[begin * self.size..rows.end * self.size];
            for (sums, target) in sums.iter().zip(self.targets) {
                for (row, sum) in out.chunks_exact_mut(self.size).zip(sums[g].0) {
                    row[*target] = sum;
                }
            }
        }
    }
}

impl Work for Lanes<'_> {
    type Output = ();

    #[inline(always)]
    fn at<S: Simd>(mut self, simd: S) {
        let count = self.out.len() / self.size;
        let groups = count.div_ceil(LANES);
        self.scratch.fit(self.program.most, self.columns.len(), self.targets.len());
        self.columns.fill(simd, self.rows, self.width, count, &mut self.scratch.columns);
        self.scratch.sums.fill(Line::ZERO);
        let mut rest = Rest::new(self.program);
        for tree in &self.program.trees {
            let parts = rest.take(tree);
            let scratch = &mut *self.scratch;
            masks(simd, parts.splits, &scratch.columns, &mut scratch.masks);
            codes(simd, parts.twigs, &scratch.masks, &mut scratch.codes);
            let (scalars, tables, ops) = (rest.scalars, rest.tables, rest.ops);
            let mut first = 0;
            while first < groups {
                let mut constants = Constants { scalars, tables };
                let sums = self.targets.len();
                rest.ops = match Self::groups(groups - first) {
                    1 => run::<S, 1>(simd, tree, &parts, ops, &mut constants, first, sums, scratch),
                    2 => run::<S, 2>(simd, tree, &parts, ops, &mut constants, first, sums, scratch),
                    _ => run::<S, MOST_GROUPS>(simd, tree, &parts, ops, &mut constants, first, sums, scratch),
                };
                (rest.scalars, rest.tables) = (constants.scalars, constants.tables);
                first += Self::groups(groups - first);
            }
        }
        let mut first = 0;
        while first < groups {
            match Self::groups(groups - first) {
                1 => self.write::<1>(first),
                2 => self.write::<2>(first),
                _ => self.write::<MOST_GROUPS>(first),
            }
            first += Self::groups(groups - first);
        }
    }
}

/// What is left of a program.
struct Rest<'a> {
    splits: &'a [SplitCode],
    twigs: &'a [[u32; 3]],
    batches: &'a [Batch],
    ops: &'a [Op],
    scalars: &'a [f64],
    tables: &'a [Line],
}

/// What a tree has of it, beside operations and their constants.
struct Parts<'a> {
    splits: &'a [SplitCode],
    twigs: &'a [[u32; 3]],
    batches: &'a [Batch],
}

impl<'a> Rest<'a> {
    fn new(program: &'a Program) -> Self {
        let Program { splits, twigs, batches, ops, scalars, tables, .. } = program;
        Self { splits, twigs, batches, ops, scalars, tables }
    }

    #[inline(always)]
    fn take(&mut self, tree: &TreeCode) -> Parts<'a> {
        let (splits, twigs, batches);
        (splits, self.splits) = self.splits.split_at(tree.splits);
        (twigs, self.twigs) = self.twigs.split_at(tree.twigs);
        (batches, self.batches) = self.batches.split_at(tree.batches);
        Parts { splits, twigs, batches }
    }
}

/// Which rows take which edges, and all above them of their features. Behind them a mask with all rows and one with none.
#[inline(always)]
fn masks<S: Simd>(simd: S, splits: &[SplitCode], columns: &[Block], masks: &mut [[u8; 8]]) {
    for (s, split) in splits.iter().enumerate() {
        let left = simd.at_most(&columns[split.place.column as usize], split.place.rank);
        let old = if split.above == NONE { u64::MAX } else { u64::from_le_bytes(masks[split.above as usize]) };
        masks[2 * s] = (left & old).to_le_bytes();
        masks[2 * s + 1] = (!left & old).to_le_bytes();
    }
    masks[2 * splits.len()] = [u8::MAX; 8];
    masks[2 * splits.len() + 1] = [0; 8];
}

#[inline(always)]
fn codes<S: Simd>(simd: S, twigs: &[[u32; 3]], masks: &[[u8; 8]], codes: &mut [Block]) {
    for (twig, code) in twigs.iter().zip(codes) {
        let mut bits = [0; 3];
        for bit in 0..3 {
            bits[bit] = u64::from_le_bytes(masks[twig[bit] as usize]);
        }
        simd.transpose(bits, code);
    }
}

/// Takes some rows through a tree; what is left of the operations.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
fn run<'a, S: Simd, const G: usize>(
    simd: S,
    tree: &TreeCode,
    parts: &Parts<'_>,
    mut ops: &'a [Op],
    constants: &mut Constants<'_>,
    first: usize,
    sums: usize,
    scratch: &mut LanesScratch,
) -> &'a [Op] {
    let mut frame: Frame<'_, S, G> = Frame {
        simd,
        points: tree.needs.points,
        masks: &scratch.masks,
        codes: &scratch.codes,
        first,
        ones: scratch.ones.as_chunks::<G>().0,
        slots: scratch.slots.as_chunks_mut::<G>().0,
        sums: &mut scratch.sums[first * sums..].as_chunks_mut::<G>().0[..sums],
    };
    for batch in parts.batches {
        let (batch_ops, others) = ops.split_at(batch.count as usize);
        ops = others;
        macro_rules! each {
            ($kernel:ident $(::<$($n:literal),+>)?) => {
                for op in batch_ops {
                    frame.$kernel $(::<$($n),+>)? (op, constants);
                }
            };
        }
        match batch.kind {
            Kind::Enter => each!(enter),
            Kind::EnterAgain => each!(enter_again),
            Kind::Twig3 => each!(twig::<3, 8>),
            Kind::Twig2 => each!(twig::<2, 4>),
            Kind::Twig1 => each!(twig::<1, 2>),
            Kind::LeafTwig3 => each!(leaf_twig::<3, 8>),
            Kind::LeafTwig2 => each!(leaf_twig::<2, 4>),
            Kind::LeafTwig1 => each!(leaf_twig::<1, 2>),
            Kind::TwigSum3 => each!(twig_sum::<3, 8>),
            Kind::TwigSum2 => each!(twig_sum::<2, 4>),
            Kind::TwigSum1 => each!(twig_sum::<1, 2>),
            Kind::LeafSum => each!(leaf_sum),
            Kind::LeafSumAgain => each!(leaf_sum_again),
            Kind::SumSum => each!(sum_sum),
            Kind::SumSumAgain => each!(sum_sum_again),
        }
    }
    ops
}
