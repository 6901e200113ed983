//! LightGBM's models, evaluated by it and by us, on distinct rows in the same run.
//!
//! `cargo bench --bench trees`: a table of models and levels of instructions in interleaved rounds, then criterion's statistics of the
//! middle one. A name after `--` filters the latter. Under `cargo test` it runs once, small.

#[allow(dead_code)]
#[path = "../../tests/trees_support/lightgbm.rs"]
mod lightgbm;
mod models;
#[allow(dead_code)]
#[path = "../../tests/trees_support/random.rs"]
mod random;
mod scoring;

use std::time::Duration;

use criterion::{Criterion, Throughput};
use needle::model::trees::evaluator::Evaluator;

use crate::models::Size;
use crate::scoring::{BATCHES, Scoring};

const fn size(trees: usize, leaves: usize) -> Size {
    Size { trees, leaves, features: 120 }
}

const SIZES: [Size; 5] = [size(300, 31), size(100, 31), size(300, 63), size(1_000, 31), size(300, 255)];
const SMALL: [Size; 1] = [Size { trees: 20, leaves: 7, features: 12 }];

fn main() {
    let full = std::env::args().any(|arg| arg == "--bench");
    let (sizes, rows, rounds) = if full { (&SIZES[..], 20_000, 20) } else { (&SMALL[..], 1_000, 1) };
    let mut criterion = Criterion::default().configure_from_args();
    // Not beside a profiler, nor where criterion was asked for one piece.
    if std::env::args().len() <= 2 {
        scoring::print_head();
        sizes.iter().for_each(|size| Scoring::new(*size, rows).print(rounds));
    }
    criterion_scoring(&mut criterion, &mut Scoring::new(sizes[0], rows));
    criterion.final_summary();
}

fn criterion_scoring(criterion: &mut Criterion, scoring: &mut Scoring) {
    let evaluator = Evaluator::new(&scoring.forest);
    let mut group = criterion.benchmark_group(scoring.size.name());
    group.throughput(Throughput::Elements(BATCHES[BATCHES.len() - 1] as u64)).sample_size(20);
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    let of = |runs: u64, run: &mut dyn FnMut() -> Duration| (0..runs).map(|_| run()).sum();
    group.bench_function("LightGBM, rows alone", |b| b.iter_custom(|runs| of(runs, &mut || scoring.lightgbm())));
    for batch in BATCHES {
        group.bench_function(format!("rows by {batch}"), |b| {
            b.iter_custom(|runs| of(runs, &mut || scoring.ours(&evaluator, batch)));
        });
    }
    group.finish();
}
