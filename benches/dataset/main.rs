//! Snapshots into a training matrix, beside plain Arrow reading of the same columns of the same files.
//!
//! `cargo bench --bench dataset`: a table in one interleaved run. Under `cargo test` it runs once, small.

#[path = "../support/mod.rs"]
mod support;
#[allow(dead_code)]
#[path = "../step/world.rs"]
mod world;

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::FutureExt;
use needle::commands::assembly::Assembly;
use needle::lead::leads::Origin;
use needle::snapshot::entry::{self, Entry};
use needle::snapshot::file::{About, Codec, Kind};
use needle::snapshot::head::{FileRef, Reach, SaidUpTo, TopicIdentity};
use needle::snapshot::places::Places;
use needle::snapshot::rows::{LeadRow, Rows};
use needle::training::dataset::{self, Wanted};
use object_store::ObjectStoreExt;
use object_store::memory::InMemory;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use xxhash_rust::xxh3::xxh3_64;

use crate::world::{Size, World};

/// Rows of a file, as snapshots are cut.
const FILE_ROWS: usize = 65_536;

fn main() {
    let full = std::env::args().any(|arg| arg == "--bench");
    let (leads, rounds) = if full { (2 * FILE_ROWS, 7) } else { (400, 1) };
    let bench = Bench::new(leads);
    let matrix_rows = bench.dataset(u64::MAX);
    #[allow(clippy::type_complexity, reason = "a table of three rows")]
    let mut pieces: [(&str, &dyn Fn() -> usize, Vec<Duration>); 3] = [
        ("plain Arrow reading of the same columns", &|| bench.plain(), Vec::new()),
        ("snapshots to matrix, all rows", &|| bench.dataset(u64::MAX), Vec::new()),
        ("snapshots to matrix, a tenth of the rows", &|| bench.dataset(matrix_rows as u64 / 10), Vec::new()),
    ];
    for _ in 0..rounds {
        for (_, piece, times) in &mut pieces {
            let start = Instant::now();
            black_box(piece());
            times.push(start.elapsed());
        }
    }
    println!("{leads} states, {} features, {matrix_rows} rows of the matrix", bench.world.assembly.schema.width());
    let best = |times: &[Duration]| times.iter().min().copied().unwrap_or_default().as_secs_f64();
    let plain = best(&pieces[0].2);
    for (name, _, times) in &pieces {
        let took = best(times);
        println!("{name:<42} {:>10.0} states a second, {:.2} of plain", leads as f64 / took, plain / took);
    }
}

struct Bench {
    world: World,
    store: Arc<InMemory>,
    files: Vec<Bytes>,
}

impl Bench {
    /// Leads with eight events on average, in files of one increment; the horizon is a day, so that nearly all are old enough.
    fn new(leads: usize) -> Self {
        let size = Size { leads, history: 8 * leads, chunks: 0, chunk: 1024 };
        let world = World::new("scoring = { horizon_days = 1 }", size);
        let mut bench = Self { world, store: Arc::default(), files: Vec::new() };
        let Assembly { config, schema, .. } = &bench.world.assembly;
        let codec = Codec::new(config, schema.clone(), &config.topics.events).expect("columns");
        let mut all: Vec<(Vec<u8>, Vec<u8>)> =
            bench.world.shard.leads().iter().map(|kept| (kept.key.to_vec(), kept.facts.to_vec())).collect();
        all.sort();
        let mut refs = Vec::new();
        for (number, some) in all.chunks(FILE_ROWS).enumerate() {
            let mut rows = Rows::default();
            for (key, facts) in some {
                rows.push(LeadRow { key, facts, decisions: &[], origin: Origin::default() });
            }
            let about = About { partition: 0, kind: Kind::Increment, number: 1, reach: reach(), said: said() };
            let bytes = codec.encode(&about, "default", &rows, &bench.world.assembly.model).expect("a file");
            let path =
                Places::new("needle", 0).file("default", Kind::Increment, 1, "9f3c6e0b7d21aa54", number, "parquet");
            refs.push(FileRef {
                path: path.to_string(),
                tenant: "default".to_owned(),
                rows: some.len() as u64,
                bytes: bytes.len() as u64,
                xxh3: format!("{:016x}", xxh3_64(&bytes)),
            });
            bench.put(&path, bytes.clone());
            bench.files.push(bytes);
        }
        bench.put(&Places::new("needle", 0).entry(1), entry(refs).to_json().expect("JSON").into());
        bench
    }

    fn put(&self, path: &object_store::path::Path, bytes: Bytes) {
        self.store.put(path, bytes.into()).now_or_never().expect("at once").expect("written");
    }

    /// Returns the rows of the matrix.
    fn dataset(&self, max_rows: u64) -> usize {
        let Assembly { config, schema, .. } = &self.world.assembly;
        let wanted = Wanted { max_rows, seed: 1, tenant: None, at_ms: None };
        let read = dataset::read(self.store.clone(), config, schema, &wanted, &mut |_| {}).expect("rows");
        read.iter().map(|tenant| tenant.matrix.rows.len()).sum()
    }

    /// Lead, instant, state and every feature, as Parquet's own reader takes them.
    fn plain(&self) -> usize {
        let features = self.world.assembly.schema.features().iter().map(|feature| feature.name.as_str());
        let names: Vec<&str> = ["lead", "as_of", "state"].into_iter().chain(features).collect();
        let read = |file: &Bytes| {
            let builder = ParquetRecordBatchReaderBuilder::try_new(file.clone()).expect("Parquet");
            let mask = ProjectionMask::columns(builder.parquet_schema(), names.iter().copied());
            let reader = builder.with_projection(mask).with_batch_size(4096).build().expect("a reader");
            reader.map(|batch| black_box(batch.expect("a batch")).num_rows()).sum::<usize>()
        };
        self.files.iter().map(read).sum()
    }
}

fn entry(files: Vec<FileRef>) -> Entry {
    Entry {
        format: entry::FORMAT,
        number: 1,
        kind: Kind::Increment,
        application: "needle".to_owned(),
        partition: 0,
        reach: reach(),
        said: said(),
        added: files.len(),
        files,
        leads: None,
        written_at: "2026-11-28T00:00:00Z".to_owned(),
        writer: "9f3c6e0b7d21aa54".to_owned(),
        needle: "0.1.0".to_owned(),
    }
}

fn topic(name: &str) -> TopicIdentity {
    TopicIdentity { name: name.to_owned(), id: String::new() }
}

fn reach() -> Vec<Reach> {
    vec![Reach { topic: topic("events"), from: 0, to: 1 << 40 }]
}

fn said() -> SaidUpTo {
    SaidUpTo { topic: topic("score-changes"), to: 0 }
}
