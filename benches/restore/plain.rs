//! The floor: the same bytes read, and nothing made of them.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::{Offset, TopicPartitionList};

use crate::backlog::PARTITIONS;
use crate::tests::Broker;

/// What a restore takes of a file.
const NEEDED: [&str; 6] = ["tenant", "lead", "input_topic", "input_offset", "state", "decision"];

pub struct Read {
    pub count: u64,
    pub took: Duration,
}

impl Read {
    pub fn rate(&self) -> f64 {
        self.count as f64 / self.took.as_secs_f64()
    }
}

/// Which columns are read.
#[derive(Clone, Copy)]
pub enum Columns {
    All,
    /// Those that a restore takes of a file.
    Needed,
}

/// All rows of all Parquet files below a folder, on so many threads.
pub fn read_files(root: &Path, columns: Columns, threads: usize) -> Read {
    let files = files(root);
    let began = Instant::now();
    let count = on_threads(threads, &files, |file| rows(file, columns));
    Read { count, took: began.elapsed() }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let below = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    entries.flat_map(below).filter(|path| path.extension().is_some_and(|name| name == "parquet")).collect()
}

fn rows(file: &Path, columns: Columns) -> u64 {
    let bytes = Bytes::from(std::fs::read(file).expect("a file"));
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).expect("Parquet");
    let mask = match columns {
        Columns::All => ProjectionMask::all(),
        Columns::Needed => ProjectionMask::columns(reader.parquet_schema(), NEEDED),
    };
    let batches = reader.with_projection(mask).with_batch_size(4096).build().expect("a reader");
    batches.map(|batch| batch.expect("rows").num_rows() as u64).sum()
}

/// All committed records of the topics, on so many threads.
pub fn read_topics(broker: &Broker, topics: &[&str], threads: usize) -> Read {
    let all = topics.iter().flat_map(|topic| (0..PARTITIONS as i32).map(move |partition| (*topic, partition)));
    let all: Vec<(&str, i32)> = all.collect();
    let began = Instant::now();
    let count = on_threads(threads, &all, |(topic, partition)| records(broker, topic, *partition));
    Read { count, took: began.elapsed() }
}

fn records(broker: &Broker, topic: &str, partition: i32) -> u64 {
    let mut config = broker.client();
    config.set("group.id", "plain").set("enable.auto.commit", "false").set("isolation.level", "read_committed");
    config.set("fetch.queue.backoff.ms", "5").set("enable.partition.eof", "true");
    let consumer: BaseConsumer = config.create().expect("a consumer");
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(topic, partition, Offset::Offset(0)).expect("a partition");
    consumer.assign(&list).expect("assigned");
    let mut count = 0;
    loop {
        match consumer.poll(Duration::from_millis(100)) {
            Some(Ok(_)) => count += 1,
            Some(Err(KafkaError::PartitionEOF(_))) => return count,
            Some(Err(error)) => panic!("{topic}: {error}"),
            None => {}
        }
    }
}

fn on_threads<T: Sync>(threads: usize, work: &[T], one: impl Fn(&T) -> u64 + Sync) -> u64 {
    std::thread::scope(|scope| {
        let started: Vec<_> = (0..threads)
            .map(|thread| {
                let one = &one;
                scope.spawn(move || work.iter().skip(thread).step_by(threads).map(one).sum::<u64>())
            })
            .collect();
        started.into_iter().map(|thread| thread.join().expect("a count")).sum()
    })
}
