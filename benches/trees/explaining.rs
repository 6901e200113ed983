//! Contributions of distinct rows: LightGBM's `pred_contrib`, ours for one row and for batches.

use std::hint::black_box;
use std::time::{Duration, Instant};

use needle::model::trees::explainer::{Explainer, Scratch};
use needle::model::trees::simd::Level;

use crate::lightgbm::{Booster, Kind};
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

    /// All rows in one call of LightGBM's.
    pub fn lightgbm(&mut self) -> Duration {
        let start = Instant::now();
        black_box(self.booster.predict(Kind::Contrib, black_box(self.rows), self.width));
        start.elapsed()
    }

    /// All rows, one by one, by LightGBM.
    pub fn lightgbm_alone(&mut self) -> Duration {
        let mut fast = self.booster.fast(Kind::Contrib, self.width);
        let start = Instant::now();
        for (row, out) in self.rows.chunks(self.width).zip(self.out.chunks_mut(self.width + 1)) {
            fast.predict(black_box(row), out);
        }
        start.elapsed()
    }

    /// All rows, so many at a time.
    pub fn ours(&mut self, explainer: &Explainer, batch: usize) -> Duration {
        let width = self.width;
        let start = Instant::now();
        for (rows, out) in self.rows.chunks(batch * width).zip(self.out.chunks_mut(batch * (width + 1))) {
            explainer.contributions(black_box(rows), width, &mut self.scratch, out);
        }
        start.elapsed()
    }

    /// Best times of some interleaved rounds, in µs a row: LightGBM's, alone and at once, then ours for each batch.
    fn measure(&mut self, explainer: &Explainer, rounds: usize) -> ([f64; 2], [f64; BATCHES.len()]) {
        let (mut theirs, mut ours) = ([Duration::MAX; 2], [Duration::MAX; BATCHES.len()]);
        for _ in 0..rounds {
            theirs = [theirs[0].min(self.lightgbm_alone()), theirs[1].min(self.lightgbm())];
            // Theirs takes hundreds of times as long: as many rounds of ours are done in a fraction of it.
            for _ in 0..4 {
                for (best, batch) in ours.iter_mut().zip(BATCHES) {
                    *best = (*best).min(self.ours(explainer, batch));
                }
            }
        }
        let each = |time: Duration| time.as_secs_f64() * 1e6 / ROWS as f64;
        (theirs.map(each), ours.map(each))
    }

    /// The largest difference between their contributions and ours.
    fn difference(&mut self, explainer: &Explainer) -> f64 {
        self.ours(explainer, ROWS);
        let theirs = self.booster.predict(Kind::Contrib, self.rows, self.width);
        theirs.iter().zip(&self.out).map(|(theirs, ours)| (theirs - ours).abs()).fold(0.0, f64::max)
    }

    /// A line for each level of instructions; each ratio is to LightGBM's better time.
    pub fn print(&mut self, scoring: &Scoring, rounds: usize) {
        for level in Level::all() {
            let start = Instant::now();
            let explainer = Explainer::at_level(&scoring.forest, level).expect("counts of rows");
            let made_ms = start.elapsed().as_secs_f64() * 1e3;
            let (theirs, ours) = self.measure(&explainer, rounds);
            print!("{:<16} {:<9} {:>9.1} {:>9.1}", scoring.size.name(), level.name(), theirs[0], theirs[1]);
            for ours in ours {
                print!("{ours:>9.2} {:>6.4}x", ours / theirs[0].min(theirs[1]));
            }
            println!("{made_ms:>9.1} {:>6.2} {:>8.1e}", explainer.bytes() as f64 / 1e6, self.difference(&explainer));
        }
    }
}

/// The head of the table that [`Explaining::print`] fills.
pub fn print_head() {
    print!("{:<26} {:>9} {:>9}", "reasons, µs a row", "LightGBM", "at once");
    BATCHES.iter().for_each(|batch| print!("{:>9} {:>7}", format!("of {batch}"), ""));
    println!("{:>9} {:>6} {:>8}", "made ms", "MB", "differs");
}
