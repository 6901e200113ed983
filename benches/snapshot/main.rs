//! The file of a snapshot, written and read, beside plain reading of the same columns.
//!
//! `cargo bench --bench snapshot`: a table in one interleaved run. Under `cargo test` it runs once, small.

#[path = "../support/mod.rs"]
mod support;
#[allow(dead_code)]
#[path = "../step/world.rs"]
mod world;

use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use needle::commands::assembly::Assembly;
use needle::snapshot::file::{About, Codec, Kind};
use needle::snapshot::head::{Reach, SaidUpTo, TopicIdentity};
use needle::snapshot::rows::{LeadRow, Rows};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::world::{Size, World};

/// Rows of a file, as snapshots are cut.
const FILE_ROWS: usize = 65_536;
const NEEDED: [&str; 6] = ["tenant", "lead", "input_topic", "input_offset", "state", "decision"];

fn main() {
    let full = std::env::args().any(|arg| arg == "--bench");
    let (leads, rounds) = if full { (FILE_ROWS, 15) } else { (300, 1) };
    let bench = Bench::new(leads);
    let all = bench.rows(leads);
    let small = bench.rows(10);
    let file = bench.encode(&all);
    let small_file = bench.encode(&small);
    assert_eq!(bench.decode(&file), all.len());

    let mut pieces: [(&str, usize, &dyn Fn()); 6] = [
        ("write", leads, &|| drop(black_box(bench.encode(&all)))),
        ("read", leads, &|| assert_eq!(bench.decode(&file), leads)),
        ("plain read of the same columns", leads, &|| assert_eq!(plain(&file, Some(&NEEDED)), leads)),
        ("plain read of all columns", leads, &|| assert_eq!(plain(&file, None), leads)),
        ("write 10 rows", 10, &|| drop(black_box(bench.encode(&small)))),
        ("read 10 rows", 10, &|| assert_eq!(bench.decode(&small_file), 10)),
    ];
    println!("{leads} leads, {} columns of features", bench.world.assembly.schema.width());
    println!(
        "file: {:.0} bytes a row; state and decision {:.0}",
        per_row(file.len(), leads),
        per_row(all.bytes(), leads)
    );
    println!("file of 10 rows: {} bytes; of none: {}", small_file.len(), bench.encode(&Rows::default()).len());
    for (name, rows, piece) in &mut pieces {
        let best = (0..rounds).map(|_| time(piece)).min().unwrap_or_default();
        let each = best.as_secs_f64() * 1e6;
        println!("{name:<32} {:>9.3} µs a row {each:>12.0} µs in all", each / *rows as f64);
    }
}

fn per_row(bytes: usize, rows: usize) -> f64 {
    bytes as f64 / rows as f64
}

fn time(piece: &dyn Fn()) -> Duration {
    let start = Instant::now();
    piece();
    start.elapsed()
}

struct Bench {
    world: World,
    codec: Codec,
}

impl Bench {
    /// Leads with eight events on average.
    fn new(leads: usize) -> Self {
        let world = World::new("", Size { leads, history: 8 * leads, chunks: 0, chunk: 1024 });
        let Assembly { config, schema, .. } = &world.assembly;
        let codec = Codec::new(config, schema.clone(), &config.topics.events).expect("columns");
        Self { world, codec }
    }

    fn rows(&self, count: usize) -> Rows {
        let mut rows = Rows::default();
        for kept in self.world.shard.leads().iter().take(count) {
            let (key, facts, decisions, origin) = (kept.key, kept.facts, kept.decisions, kept.origin);
            rows.push(LeadRow { key, facts, decisions, origin });
        }
        rows.sort();
        rows
    }

    fn encode(&self, rows: &Rows) -> Bytes {
        let topic = |name: &str| TopicIdentity { name: name.to_owned(), id: "bm90IGEgcmVhbCBvbmU".to_owned() };
        let reach = vec![Reach { topic: topic("events"), from: 0, to: 48_113 }];
        let said = SaidUpTo { topic: topic("score-changes"), to: 48_000 };
        let about = About { partition: 0, kind: Kind::Increment, number: 42, reach, said };
        self.codec.encode(&about, "default", rows, &self.world.assembly.model).expect("a file")
    }

    fn decode(&self, file: &Bytes) -> usize {
        let mut rows = 0;
        let mut bytes = 0;
        let visit = &mut |row: LeadRow<'_>| {
            rows += 1;
            bytes += row.key.len() + row.facts.len() + row.decisions.len();
        };
        self.codec.decode(file.clone(), visit).expect("readable");
        black_box(bytes);
        rows
    }
}

/// What Parquet's own reader takes; `None`: all columns.
fn plain(file: &Bytes, columns: Option<&[&str]>) -> usize {
    let builder = ParquetRecordBatchReaderBuilder::try_new(file.clone()).expect("Parquet");
    let mask = match columns {
        Some(names) => ProjectionMask::columns(builder.parquet_schema(), names.iter().copied()),
        None => ProjectionMask::all(),
    };
    let reader = builder.with_projection(mask).with_batch_size(4096).build().expect("a reader");
    reader.map(|batch| black_box(batch.expect("a batch")).num_rows()).sum()
}
