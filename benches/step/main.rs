//! The step, piece by piece and together, on distinct leads. Nothing here knows Kafka.
//!
//! `cargo bench --bench step`: a table of all pieces in one interleaved run, with allocations, then criterion's statistics of
//! each. A name after `--` filters the latter. Under `cargo test` it runs once, small.

#[allow(dead_code)]
#[path = "../../tests/trees_support/lightgbm.rs"]
mod lightgbm;
mod pieces;
#[path = "../../tests/trees_support/random.rs"]
mod random;
#[path = "../support/mod.rs"]
mod support;
mod table;
mod trees;
mod world;

use std::time::Duration;

use criterion::{Criterion, Throughput};

use crate::pieces::{Bench, Piece};
use crate::support::allocations::Counting;
use crate::world::{Size, World};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A threshold that only the first score of a lead passes, and no jumps: a service whose events say nothing.
const SILENT: &str = "jumps = []\n[scoring]\nchange_threshold = 100\n";

fn main() {
    let full = std::env::args().any(|arg| arg == "--bench");
    let size = if full { Size::FULL } else { Size::SMALL };
    let mut criterion = Criterion::default().configure_from_args();
    let world = World::new("", size);
    let by_trees = |toml, slope| Bench::new(World::of(trees::assembly(toml, &world, slope), size));
    // Trees may well move a score by 100, unless little is made of them.
    let (mut trees, mut trees_silent) = (by_trees("", 1.0), by_trees(SILENT, 0.1));
    let (mut saying, mut silent) = (Bench::new(world), Bench::new(World::new(SILENT, size)));
    table::assert_silence_allocates_nothing(&mut silent);
    table::assert_silence_allocates_nothing(&mut trees_silent);
    // Not beside a profiler, nor where criterion was asked for one piece.
    if std::env::args().len() <= 2 {
        let rounds = if full { 40 } else { 1 };
        println!("By the shipped model:\n");
        table::print(&mut saying, &mut silent, rounds);
        println!("By 300 trees of LightGBM's, 31 leaves each:\n");
        table::print(&mut trees, &mut trees_silent, rounds);
    }
    for piece in Piece::OURS.into_iter().chain(Piece::PEERS) {
        measure(&mut criterion, piece.name(), &mut saying, piece, size);
    }
    measure(&mut criterion, "step, nothing said", &mut silent, Piece::Step, size);
    for piece in [Piece::Score, Piece::Explain, Piece::Step] {
        measure(&mut criterion, &format!("{} by trees", piece.name()), &mut trees, piece, size);
    }
    measure(&mut criterion, "step by trees, nothing said", &mut trees_silent, Piece::Step, size);
    criterion.final_summary();
}

fn measure(criterion: &mut Criterion, name: &str, bench: &mut Bench, piece: Piece, size: Size) {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(size.chunk as u64)).sample_size(20);
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    group.bench_function("event", |b| b.iter_custom(|runs| (0..runs).map(|_| bench.run(piece).time).sum()));
    group.finish();
}
