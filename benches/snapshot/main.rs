//! The file of a snapshot, written and read, beside Parquet's own writer and reader on the same columns.
//!
//! Plain writing begins with batches that lie in memory, as a writer of somebody else's columns would have them; ours begins with packed
//! states, of which it makes the columns, features and score among them.
//!
//! `cargo bench --bench snapshot`: a table in one interleaved run. Under `cargo test` it runs once, small.

#[path = "../support/mod.rs"]
mod support;
#[allow(dead_code)]
#[path = "../step/world.rs"]
mod world;

use std::hint::black_box;
use std::time::{Duration, Instant};

use arrow_array::RecordBatch;
use bytes::Bytes;
use needle::commands::assembly::Assembly;
use needle::lead::leads::bulk::Bulk;
use needle::snapshot::file::{About, Codec, Kind};
use needle::snapshot::head::{Reach, SaidUpTo, TopicIdentity};
use needle::snapshot::rows::{LeadRow, Rows};
use needle::snapshot::sink::Sink;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};

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

    let batches = batches(&file);
    let pieces: [(&str, usize, &dyn Fn()); 9] = [
        ("write", leads, &|| drop(black_box(bench.encode(&all)))),
        ("plain write, Parquet's defaults", leads, &|| drop(black_box(write(&batches, WriterProperties::builder())))),
        ("plain write, in zstd", leads, &|| drop(black_box(write(&batches, in_zstd())))),
        ("read", leads, &|| assert_eq!(bench.decode(&file), leads)),
        ("plain read of the same columns", leads, &|| assert_eq!(plain(&file, Some(&NEEDED)), leads)),
        ("plain read of all columns", leads, &|| assert_eq!(plain(&file, None), leads)),
        ("write 10 rows", 10, &|| drop(black_box(bench.encode(&small)))),
        ("read 10 rows", 10, &|| assert_eq!(bench.decode(&small_file), 10)),
        ("read into leads", leads, &|| assert_eq!(bench.restore(&file, leads), leads)),
    ];
    println!("{leads} leads, {} columns of features", bench.world.assembly.schema.width());
    println!(
        "file: {:.0} bytes a row; state and decision {:.0}",
        per_row(file.len(), leads),
        per_row(all.bytes(), leads)
    );
    println!("file of 10 rows: {} bytes; of none: {}", small_file.len(), bench.encode(&Rows::default()).len());
    let mut best = [Duration::MAX; 9];
    for _ in 0..rounds {
        pieces.iter().zip(&mut best).for_each(|((_, _, piece), best)| *best = time(piece).min(*best));
    }
    for ((name, rows, _), best) in pieces.iter().zip(best) {
        let each = best.as_secs_f64() * 1e6;
        println!("{name:<32} {:>9.3} µs a row {each:>12.0} µs in all", each / *rows as f64);
    }
    let speed = |own: usize, plain: usize| best[plain].as_secs_f64() / best[own].as_secs_f64();
    println!(
        "speed as a multiple of plain: writing {:.2} of defaults, {:.2} of zstd; reading {:.2}, into leads {:.2}",
        speed(0, 1),
        speed(0, 2),
        speed(3, 4),
        speed(8, 4)
    );
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

    /// As a restore has them in the end; that they are dropped again is timed, too.
    fn restore(&self, file: &Bytes, rows: usize) -> usize {
        let mut leads = Bulk::with_room(rows);
        self.codec.decode(file.clone(), &mut |row| leads.take(row).expect("room")).expect("readable");
        leads.into_leads().len()
    }
}

/// All columns of a file, as batches.
fn batches(file: &Bytes) -> Vec<RecordBatch> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(file.clone()).expect("Parquet");
    let reader = builder.with_batch_size(1024).build().expect("a reader");
    reader.map(|batch| batch.expect("a batch")).collect()
}

fn in_zstd() -> WriterPropertiesBuilder {
    WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default()))
}

/// What Parquet's own writer takes.
fn write(batches: &[RecordBatch], properties: WriterPropertiesBuilder) -> Vec<u8> {
    let schema = batches.first().expect("a batch").schema();
    let mut writer = ArrowWriter::try_new(Vec::new(), schema, Some(properties.build())).expect("a writer");
    batches.iter().for_each(|batch| writer.write(batch).expect("written"));
    writer.into_inner().expect("a file")
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
