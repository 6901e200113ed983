//! Sums of distinct rows: LightGBM's way for one row, ours for one and for batches.

use std::hint::black_box;
use std::time::{Duration, Instant};

use needle::model::trees::evaluator::{Evaluator, Scratch};
use needle::model::trees::forest::Forest;
use needle::model::trees::simd::Level;

use crate::lightgbm::{Booster, Kind};
use crate::models::{self, Size};
use crate::pieces::Pieces;

/// Rows at a time.
pub const BATCHES: [usize; 4] = [1, 16, 64, 1024];

/// Rows that are scored, as many as the largest batch has.
pub const ROWS: usize = BATCHES[BATCHES.len() - 1];

/// Rows that are timed together, where a batch is not larger.
const PIECE: usize = 16;

/// A model, both ways.
pub struct Scoring {
    pub size: Size,
    pub booster: Booster,
    pub text: String,
    pub forest: Forest,
    /// [`ROWS`] of them, all different.
    pub rows: Vec<f64>,
    out: Vec<f64>,
    scratch: Scratch,
}

impl Scoring {
    pub fn new(size: Size, training_rows: usize) -> Self {
        let booster = models::train(size, training_rows);
        let text = booster.to_text();
        let forest = Forest::from_text(text.as_bytes()).expect("a model");
        let (rows, _) = models::leads(size.features, ROWS, 2);
        Self { size, booster, text, forest, rows, out: vec![0.0; ROWS], scratch: Scratch::default() }
    }

    /// All rows, one by one, by LightGBM.
    pub fn lightgbm(&mut self, best: &mut Pieces) {
        let (width, mut fast) = (self.size.features, self.booster.fast(Kind::Raw, self.size.features));
        best.round(&self.rows, width, &mut self.out, 1, PIECE, |rows, out| {
            for (row, out) in rows.chunks(width).zip(out.chunks_mut(1)) {
                fast.predict(row, out);
            }
        });
    }

    /// All rows, so many at a time.
    pub fn ours(&mut self, evaluator: &Evaluator, batch: usize, best: &mut Pieces) {
        let (width, scratch) = (self.size.features, &mut self.scratch);
        best.round(&self.rows, width, &mut self.out, 1, PIECE.max(batch), |rows, out| {
            for (rows, out) in rows.chunks(batch * width).zip(out.chunks_mut(batch)) {
                evaluator.sums(rows, width, scratch, out);
            }
        });
    }

    /// Best times of some interleaved rounds, in µs a row: LightGBM's, then ours for each batch.
    fn measure(&mut self, evaluator: &Evaluator, rounds: usize) -> (f64, [f64; BATCHES.len()]) {
        let (mut theirs, mut ours) = (Pieces::default(), [const { Pieces::new() }; BATCHES.len()]);
        for _ in 0..rounds {
            self.lightgbm(&mut theirs);
            for (best, batch) in ours.iter_mut().zip(BATCHES) {
                self.ours(evaluator, batch, best);
            }
        }
        (theirs.each_us(ROWS), ours.map(|best| best.each_us(ROWS)))
    }

    /// From text to an evaluator.
    fn load(&self, rounds: usize) -> Duration {
        let once = || {
            let start = Instant::now();
            let forest = Forest::from_text(black_box(self.text.as_bytes())).expect("a model");
            black_box(Evaluator::new(&forest));
            start.elapsed()
        };
        (0..rounds).map(|_| once()).min().unwrap_or_default()
    }

    /// Bytes of the arrays that describe the model: feature, threshold, decision type and children of each split, values of leaves.
    fn bytes(&self) -> usize {
        let trees = self.forest.trees.iter();
        trees.map(|tree| (4 + 8 + 1 + 4 + 4) * tree.splits.len() + 8 * tree.leaf_values.len()).sum()
    }

    /// A line for each level of instructions.
    pub fn print(&mut self, rounds: usize) {
        let load_ms = self.load(rounds).as_secs_f64() * 1e3;
        for level in Level::all() {
            let evaluator = Evaluator::at(level, &self.forest);
            let (theirs, ours) = self.measure(&evaluator, rounds);
            print!("{:<16} {:<9} {theirs:>9.2}", self.size.name(), level.name());
            for ours in ours {
                print!("{ours:>10.3} {:>6.4}x", ours / theirs);
            }
            let bytes = evaluator.bytes() as f64;
            println!("{load_ms:>9.1} {:>9.2} {:>5.2}x", bytes / 1e6, bytes / self.bytes() as f64);
        }
    }
}

/// The head of the table that [`Scoring::print`] fills.
pub fn print_head() {
    print!("{:<16} {:<9} {:>9}", "µs a row", "", "LightGBM");
    BATCHES.iter().for_each(|batch| print!("{:>10} {:>7}", format!("of {batch}"), ""));
    println!("{:>9} {:>9} {:>6}", "load ms", "MB", "of model");
}
