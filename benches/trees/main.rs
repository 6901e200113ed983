//! LightGBM's models, evaluated and explained by it and by us, on distinct rows in the same run.
//!
//! `cargo bench --bench trees`: tables of models and levels of instructions in interleaved rounds, then criterion's statistics of the
//! first of them. A name after `--` filters the latter. Under `cargo test` it runs once, small.

mod explaining;
#[allow(dead_code)]
#[path = "../../tests/trees_support/lightgbm.rs"]
mod lightgbm;
mod models;
mod pieces;
#[path = "../../tests/trees_support/random.rs"]
mod random;
mod scoring;

use std::time::Duration;

use criterion::{Criterion, Throughput};
use needle::model::trees::evaluator::Evaluator;
use needle::model::trees::explainer::Explainer;

use crate::explaining::Explaining;
use crate::models::Size;
use crate::pieces::Pieces;
use crate::scoring::Scoring;

const fn size(trees: usize, leaves: usize) -> Size {
    Size { trees, leaves, features: 120 }
}

const SIZES: [Size; 5] = [size(300, 31), size(100, 31), size(300, 63), size(1_000, 31), size(300, 255)];
/// So many of them: LightGBM takes a second for the reasons of a hundred rows of the largest.
const EXPLAINED: usize = 3;
const SMALL: [Size; 1] = [Size { trees: 20, leaves: 7, features: 12 }];

fn main() {
    let full = std::env::args().any(|arg| arg == "--bench");
    let (sizes, rows, rounds) = if full { (&SIZES[..], 20_000, 20) } else { (&SMALL[..], 1_000, 1) };
    let mut criterion = Criterion::default().configure_from_args();
    let mut models: Vec<Scoring> = sizes.iter().map(|size| Scoring::new(*size, rows)).collect();
    // Not beside a profiler, nor where criterion was asked for one piece.
    if std::env::args().len() <= 2 {
        scoring::print_head();
        models.iter_mut().for_each(|model| model.print(rounds));
        explaining::print_head();
        models.iter().take(EXPLAINED).for_each(|model| Explaining::new(model).print(model, rounds.div_ceil(4)));
    }
    criterion_scoring(&mut criterion, &mut models[0]);
    criterion_explaining(&mut criterion, &models[0]);
    criterion.final_summary();
}

fn criterion_scoring(criterion: &mut Criterion, scoring: &mut Scoring) {
    let evaluator = Evaluator::new(&scoring.forest);
    let mut group = criterion.benchmark_group(scoring.size.name());
    group.throughput(Throughput::Elements(scoring::ROWS as u64)).sample_size(20);
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    group.bench_function("LightGBM, rows alone", |b| {
        b.iter_custom(|runs| times(runs, |time| scoring.lightgbm(time)));
    });
    for batch in scoring::BATCHES {
        group.bench_function(format!("rows by {batch}"), |b| {
            b.iter_custom(|runs| times(runs, |time| scoring.ours(&evaluator, batch, time)));
        });
    }
    group.finish();
}

fn criterion_explaining(criterion: &mut Criterion, scoring: &Scoring) {
    let explainer = Explainer::new(&scoring.forest).expect("counts of rows");
    let mut explaining = Explaining::new(scoring);
    let mut group = criterion.benchmark_group(format!("{}, reasons", scoring.size.name()));
    group.throughput(Throughput::Elements(explaining::ROWS as u64)).sample_size(10);
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    group.bench_function("LightGBM, rows alone", |b| {
        b.iter_custom(|runs| times(runs, |time| explaining.lightgbm(time)));
    });
    for batch in explaining::BATCHES {
        group.bench_function(format!("rows by {batch}"), |b| {
            b.iter_custom(|runs| times(runs, |time| explaining.ours(&explainer, batch, time)));
        });
    }
    group.finish();
}

/// So many rounds, each timed by itself.
fn times(rounds: u64, mut round: impl FnMut(&mut Pieces)) -> Duration {
    let time = |_| {
        let mut pieces = Pieces::default();
        round(&mut pieces);
        pieces.total()
    };
    (0..rounds).map(time).sum()
}
