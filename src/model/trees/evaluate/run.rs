//! One call of the evaluator, inside the function that has a level's instructions: rows are cut into blocks, each goes the way that is
//! fastest for as many rows.

use super::super::evaluator::{Evaluator, Scratch};
use super::super::simd::{BLOCK, HALF, LANES, Simd, Work};
use super::values::{BlockEnds, LeafValues, RowEnds};

/// Rows, and what is to come of them.
pub struct Run<'a, O: Output> {
    pub evaluator: &'a Evaluator,
    pub rows: &'a [f64],
    /// Values of a row.
    pub width: usize,
    pub scratch: &'a mut Scratch,
    pub out: &'a mut [O::Value],
    /// Outputs of a row.
    pub each: usize,
    pub output: O,
}

/// What is wanted of the leaves that rows end in.
pub trait Output: Copy {
    type Value;
    fn block<S: Simd, const HALVES: usize>(
        self,
        simd: S,
        values: &LeafValues,
        ends: &BlockEnds<'_>,
        out: &mut [Self::Value],
    );
    fn row(self, values: &LeafValues, ends: &RowEnds<'_>, out: &mut [Self::Value]);
}

impl<O: Output> Work for Run<'_, O> {
    type Output = ();

    #[inline(always)]
    fn at<S: Simd>(mut self, simd: S) {
        let count = self.out.len() / self.each;
        for start in (0..count).step_by(BLOCK) {
            let end = count.min(start + BLOCK);
            match end - start {
                rows if rows <= self.evaluator.few => (start..end).for_each(|row| self.row(simd, row)),
                rows if rows <= HALF => self.block::<S, 1>(simd, start, end),
                _ => self.block::<S, 2>(simd, start, end),
            }
        }
    }
}

impl<O: Output> Run<'_, O> {
    #[inline(always)]
    fn block<S: Simd, const HALVES: usize>(&mut self, simd: S, start: usize, end: usize) {
        let Evaluator { columns, batch, walk, values, uncoded, .. } = self.evaluator;
        let scratch = &mut *self.scratch;
        columns.fill(simd, &self.rows[start * self.width..], self.width, end - start, &mut scratch.columns);
        batch.run::<S, HALVES>(simd, &scratch.columns, &mut scratch.codes);
        for (tree, leaves) in scratch.walked.iter_mut().take(*uncoded).enumerate() {
            walk.rows(tree, |column, row| scratch.columns[column].0[row], &mut leaves[..end - start]);
        }
        let ends = BlockEnds { codes: &scratch.codes, walked: &scratch.walked };
        self.output.block::<S, HALVES>(simd, values, &ends, &mut self.out[start * self.each..end * self.each]);
    }

    #[inline(always)]
    fn row<S: Simd>(&mut self, simd: S, row: usize) {
        let Evaluator { columns, single, walk, values, uncoded, .. } = self.evaluator;
        let scratch = &mut *self.scratch;
        let values_of_row = &self.rows[row * self.width..][..self.width];
        columns.fill_one(simd, values_of_row, &mut scratch.row);
        let byte = |column: usize| scratch.row[column];
        match (single, scratch.row.first_chunk()) {
            (Some(single), Some(table)) => {
                single.run(simd, table, &mut scratch.codes);
                walk.trees(byte, &mut scratch.ways[..*uncoded]);
            }
            _ => {
                walk.trees(byte, &mut scratch.ways[..walk.count()]);
                for (slot, code) in scratch.ways[*uncoded..walk.count()].iter().enumerate() {
                    scratch.codes[slot / BLOCK].0[slot % BLOCK] = *code as i8;
                }
            }
        }
        let ends = RowEnds { codes: &scratch.codes, walked: &scratch.ways };
        self.output.row(values, &ends, &mut self.out[row * self.each..][..self.each]);
    }
}

/// Sums, a class each.
#[derive(Clone, Copy)]
pub struct Sums;

impl Output for Sums {
    type Value = f64;

    #[inline(always)]
    fn block<S: Simd, const HALVES: usize>(self, simd: S, values: &LeafValues, ends: &BlockEnds<'_>, out: &mut [f64]) {
        for class in 0..values.classes() {
            let sums = values.sum_block::<S, HALVES>(simd, class, ends);
            for (row, out) in out.chunks_exact_mut(values.classes()).enumerate() {
                out[class] = sums[row / LANES][row % LANES];
            }
        }
    }

    #[inline(always)]
    fn row(self, values: &LeafValues, ends: &RowEnds<'_>, out: &mut [f64]) {
        values.sum_row(ends, out);
    }
}

/// Leaves, a tree each.
#[derive(Clone, Copy)]
pub struct Leaves;

impl Output for Leaves {
    type Value = u32;

    #[inline(always)]
    fn block<S: Simd, const HALVES: usize>(self, _simd: S, values: &LeafValues, ends: &BlockEnds<'_>, out: &mut [u32]) {
        for (row, out) in out.chunks_exact_mut(values.trees()).enumerate() {
            values.list(ends, row, out);
        }
    }

    #[inline(always)]
    fn row(self, values: &LeafValues, ends: &RowEnds<'_>, out: &mut [u32]) {
        values.list(ends, 0, out);
    }
}
