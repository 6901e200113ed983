//! Best times, piece by piece: on a machine that has other work a piece of some 100 µs is now and then undisturbed, a long run never.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// For each piece of the rows its best time of all rounds.
#[derive(Default)]
pub struct Pieces {
    best: Vec<Duration>,
}

impl Pieces {
    pub const fn new() -> Self {
        Self { best: Vec::new() }
    }

    /// A round: `work` for as many rows of `width` values a piece, and for the place of what comes of them, `size` values a row.
    pub fn round(
        &mut self,
        rows: &[f64],
        width: usize,
        out: &mut [f64],
        size: usize,
        piece: usize,
        mut work: impl FnMut(&[f64], &mut [f64]),
    ) {
        let pieces = rows.chunks(piece * width).zip(out.chunks_mut(piece * size));
        self.best.resize(pieces.len(), Duration::MAX);
        for (best, (rows, out)) in self.best.iter_mut().zip(pieces) {
            let start = Instant::now();
            work(black_box(rows), black_box(out));
            *best = start.elapsed().min(*best);
        }
    }

    pub fn total(&self) -> Duration {
        self.best.iter().sum()
    }

    /// µs a row.
    pub fn each_us(&self, rows: usize) -> f64 {
        self.total().as_secs_f64() * 1e6 / rows as f64
    }
}
