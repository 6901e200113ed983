//! The file of a snapshot, written and read, beside plain reading of the same columns.
//!
//! `cargo bench --bench snapshot`: a table in one interleaved run. Under `cargo test` it runs once, small.

#[path = "../support/mod.rs"]
mod support;

use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use needle::commands::assembly::Assembly;
use needle::config::Config;
use needle::lane::outbox::Outbox;
use needle::lane::shard::{InputState, Shard};
use needle::lane::tally::Tally;
use needle::snapshot::file::{About, Codec, Kind};
use needle::snapshot::head::{Reach, SaidUpTo, TopicIdentity};
use needle::snapshot::rows::{LeadRow, Rows};
use needle::wire::record::OwnedRecord;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::support::leads::{Generator, Plan};

/// Rows of a file, as snapshots are cut.
const FILE_ROWS: usize = 65_536;
const NEEDED: [&str; 6] = ["tenant", "lead", "input_topic", "input_offset", "state", "decision"];

fn main() {
    let full = std::env::args().any(|arg| arg == "--bench");
    let (leads, rounds) = if full { (FILE_ROWS, 15) } else { (300, 1) };
    let world = World::new(leads);
    let all = world.rows(leads);
    let small = world.rows(10);
    let file = world.encode(&all);
    let small_file = world.encode(&small);
    assert_eq!(world.decode(&file), all.len());

    let mut pieces: [(&str, usize, &dyn Fn()); 6] = [
        ("write", leads, &|| drop(black_box(world.encode(&all)))),
        ("read", leads, &|| assert_eq!(world.decode(&file), leads)),
        ("plain read of the same columns", leads, &|| assert_eq!(plain(&file, Some(&NEEDED)), leads)),
        ("plain read of all columns", leads, &|| assert_eq!(plain(&file, None), leads)),
        ("write 10 rows", 10, &|| drop(black_box(world.encode(&small)))),
        ("read 10 rows", 10, &|| assert_eq!(world.decode(&small_file), 10)),
    ];
    println!("{leads} leads, {} columns of features", world.assembly.schema.width());
    println!(
        "file: {:.0} bytes a row; state and decision {:.0}",
        per_row(file.len(), leads),
        per_row(all.bytes(), leads)
    );
    println!("file of 10 rows: {} bytes; of none: {}", small_file.len(), world.encode(&Rows::default()).len());
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

struct World {
    assembly: Assembly,
    codec: Codec,
    shard: Shard,
}

impl World {
    /// Leads with eight events on average.
    fn new(leads: usize) -> Self {
        let assembly = Assembly::new(Config::from_toml("").expect("a configuration")).expect("it fits together");
        let Assembly { config, schema, model, .. } = &assembly;
        let codec = Codec::new(config, schema.clone(), model.clone(), &config.topics.events).expect("columns");
        let mut shard = Shard::new(0, vec![InputState { topic: 0, from: 0, committed: 0, next: 0 }]);
        let (mut step, mut outbox, mut tally) = (assembly.step(1 << 20), Outbox::default(), Tally::default());
        let mut generator = Generator::new(Plan { seed: 42, leads, events: 8 * leads, days: 60.0 });
        for offset in 0..8 * leads as i64 {
            let mut value = Vec::new();
            let made = generator.next(&mut value);
            let record = OwnedRecord {
                topic: "events".into(),
                partition: 0,
                offset,
                at_ms: made.record_ms,
                key: Some(Generator::key(made.lead).into_bytes()),
                value: Some(value),
                headers: Vec::new(),
            };
            step.record(0, &record.as_record(), &mut shard, &mut outbox, &mut tally).expect("room for leads");
            if offset % 1024 == 0 {
                step.finish(&mut shard, &mut outbox, &mut tally).expect("room for leads");
                shard.commit();
                outbox.clear();
                tally.clear();
            }
        }
        step.finish(&mut shard, &mut outbox, &mut tally).expect("room for leads");
        Self { assembly, codec, shard }
    }

    fn rows(&self, count: usize) -> Rows {
        let mut rows = Rows::default();
        for kept in self.shard.leads().iter().take(count) {
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
        self.codec.encode(&about, "default", rows).expect("a file")
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
