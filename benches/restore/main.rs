//! A service that comes back: from its snapshots, and with the snapshots lost, from its input. Also what it takes up in memory.
//!
//! 1,000,000 leads of 1.5 events each, as the Kafka Streams peer's figures are for (restore 6.2 s; resident 454 MB with RocksDB, 726 MB
//! on the heap). `needle run` works them off, ends by SIGTERM, and is started again, round by round. A restore is timed by its log: from the
//! assignment of partitions until they are back; the whole of it from the start of the process to `/readyz`. Beside it, in the same run and
//! on one thread for each of needle's lanes: plain reading of the same Parquet files, by the columns that a restore needs and by all, and of
//! the same records of the topic.
//!
//! `cargo bench --bench restore [-- LEADS ROUNDS]`. Brokers as for the tests. Under `cargo test` it runs once, small.

#[allow(dead_code)]
#[path = "../lane/backlog.rs"]
mod backlog;
#[allow(dead_code)]
#[path = "../lane/child.rs"]
mod child;
#[allow(dead_code)]
#[path = "../lane/contender.rs"]
mod contender;
mod plain;
mod service;
#[path = "../support/mod.rs"]
mod support;
#[path = "../../tests/support/mod.rs"]
mod tests;

use std::time::Duration;

use crate::plain::Columns;
use crate::service::{Restored, Service};
use crate::support::leads::Plan;
use crate::tests::Broker;

const LANES: i64 = 2;
const PATIENCE: Duration = Duration::from_secs(600);
/// What was free when the last event was worked on goes back to the system within a few seconds.
const SETTLES: Duration = Duration::from_secs(5);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    if arguments.iter().any(|word| word == "--bench") {
        let number = |place: usize, default| words.get(place).map_or(default, |word| word.parse().expect("a number"));
        bench(number(0, 1_000_000), number(1, 3));
    } else if words.iter().all(|filter| "restore".contains(filter)) && !arguments.iter().any(|word| word == "--list") {
        bench(2_000, 1);
    }
}

fn bench(leads: usize, rounds: usize) {
    let broker = Broker::shared();
    let events = leads * 3 / 2;
    let topic = broker.unique_topic("events");
    broker.create_topic(&topic, backlog::PARTITIONS as i32, &[]);
    backlog::write(broker, &topic, Plan { seed: 42, leads, events, days: 60.0 });
    let settings = contender::settings(broker, &topic, LANES);

    let service = Service::start(&settings);
    broker.await_consumed(&settings.application, &topic, PATIENCE);
    let (now_mb, peak_mb) = service.memory_mb();
    println!("{leads} leads, {events} events, {LANES} lanes");
    std::thread::sleep(SETTLES);
    let (later_mb, _) = service.memory_mb();
    println!("resident with all leads: {now_mb} MB, {} s later {later_mb} MB, at most {peak_mb} MB", SETTLES.as_secs());
    service.terminate();

    for _ in 0..rounds {
        let from_snapshots = Service::start(&settings).restored(backlog::PARTITIONS);
        let read = |columns| plain::read_files(settings.snapshots.path(), columns, LANES as usize);
        let plain = [("these columns", read(Columns::Needed)), ("all columns", read(Columns::All))];
        told("from snapshots", leads, "leads", &from_snapshots, &plain);
    }
    std::fs::remove_dir_all(settings.snapshots.path().join("log")).expect("snapshots to lose");
    for _ in 0..rounds {
        // It makes new snapshots when it ends; these are lost again.
        let from_input = Service::start(&settings).restored(backlog::PARTITIONS);
        let records = plain::read_topics(broker, &[&topic, &settings.score_changes], LANES as usize);
        told("from the input", records.count as usize, "records", &from_input, &[("these records", records)]);
        std::fs::remove_dir_all(settings.snapshots.path().join("log")).expect("snapshots to lose");
    }
}

fn told(what: &str, count: usize, unit: &str, restored: &Restored, plain: &[(&str, plain::Read)]) {
    let rate = count as f64 / restored.restore.as_secs_f64();
    let beside =
        plain.iter().map(|(of, read)| format!("of {of} {:.0}/s, ratio {:.2}", read.rate(), rate / read.rate()));
    println!(
        "{what}: {:.2} s, {rate:.0} {unit}/s; plain reading {}; start of the process to ready {:.2} s, {:.1} CPU-seconds",
        restored.restore.as_secs_f64(),
        beside.collect::<Vec<_>>().join(", "),
        restored.ready.as_secs_f64(),
        restored.cpu_seconds,
    );
}
