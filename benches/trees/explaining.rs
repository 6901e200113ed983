//! Contributions of distinct rows: LightGBM's `pred_contrib`, ours for one row and for batches.

use std::time::Instant;

use needle::model::trees::explainer::{Explainer, Scratch};
use needle::model::trees::simd::Level;

use crate::lightgbm::{Booster, Kind};
use crate::pieces::Pieces;
use crate::scoring::Scoring;

/// Rows at a time.
pub const BATCHES: [usize; 6] = [1, 8, 16, 32, 64, 256];

/// Rows that are explained, as many as the largest batch has.
pub const ROWS: usize = BATCHES[BATCHES.len() - 1];

/// A model's explanations, both ways.
pub struct Explaining<'a> {
    booster: &'a Booster,
    rows: &'a [f64],
    width: usize,
    out: Vec<f64>,
    scratch: Scratch,
}

impl<'a> Explaining<'a> {
    /// Of the first rows that are scored.
    pub fn new(scoring: &'a Scoring) -> Self {
        let width = scoring.size.features;
        let rows = &scoring.rows[..ROWS * width];
        Self { booster: &scoring.booster, rows, width, out: vec![0.0; ROWS * (width + 1)], scratch: Scratch::default() }
    }

    /// All rows, one by one, by LightGBM: it takes as long for each of many at once.
    pub fn lightgbm(&mut self, best: &mut Pieces) {
        let mut fast = self.booster.fast(Kind::Contrib, self.width);
        best.round(self.rows, self.width, &mut self.out, self.width + 1, 1, |row, out| fast.predict(row, out));
    }

    /// All rows, so many at a time.
    pub fn ours(&mut self, explainer: &Explainer, batch: usize, best: &mut Pieces) {
        let (width, scratch) = (self.width, &mut self.scratch);
        best.round(self.rows, width, &mut self.out, width + 1, batch, |rows, out| {
            explainer.contributions(rows, width, scratch, out);
        });
    }

    /// Best times of some interleaved rounds, in µs a row: LightGBM's, then ours for each batch.
    fn measure(&mut self, explainer: &Explainer, rounds: usize) -> (f64, [f64; BATCHES.len()]) {
        let (mut theirs, mut ours) = (Pieces::default(), [const { Pieces::new() }; BATCHES.len()]);
        for _ in 0..rounds {
            self.lightgbm(&mut theirs);
            for (best, batch) in ours.iter_mut().zip(BATCHES) {
                self.ours(explainer, batch, best);
            }
        }
        (theirs.each_us(ROWS), ours.map(|best| best.each_us(ROWS)))
    }

    /// The largest difference between their contributions and ours.
    fn difference(&mut self, explainer: &Explainer) -> f64 {
        self.ours(explainer, ROWS, &mut Pieces::default());
        let theirs = self.booster.predict(Kind::Contrib, self.rows, self.width);
        theirs.iter().zip(&self.out).map(|(theirs, ours)| (theirs - ours).abs()).fold(0.0, f64::max)
    }

    /// A line for each level of instructions.
    pub fn print(&mut self, scoring: &Scoring, rounds: usize) {
        for level in Level::all() {
            let start = Instant::now();
            let explainer = Explainer::at_level(&scoring.forest, level).expect("counts of rows");
            let made_ms = start.elapsed().as_secs_f64() * 1e3;
            let (theirs, ours) = self.measure(&explainer, rounds);
            print!("{:<16} {:<9} {theirs:>9.1}", scoring.size.name(), level.name());
            for ours in ours {
                print!("{ours:>9.2} {:>6.4}x", ours / theirs);
            }
            println!("{made_ms:>9.1} {:>6.2} {:>8.1e}", explainer.bytes() as f64 / 1e6, self.difference(&explainer));
        }
    }
}

/// The head of the table that [`Explaining::print`] fills.
pub fn print_head() {
    print!("{:<26} {:>9}", "reasons, µs a row", "LightGBM");
    BATCHES.iter().for_each(|batch| print!("{:>9} {:>7}", format!("of {batch}"), ""));
    println!("{:>9} {:>6} {:>8}", "made ms", "MB", "differs");
}
