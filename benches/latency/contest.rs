//! Everybody in turn, at each rate, and the table of it.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use toml::Value;

use crate::backlog::PARTITIONS;
use crate::child::{self, Runner, config_of};
use crate::contender::{self, Written};
use crate::load::{self, Sent};
use crate::probe::{self, Answer};
use crate::snapshots;
use crate::tests::needle::write_settings;
use crate::tests::{Broker, Settings};

pub struct Size {
    pub seconds: usize,
    /// Left out at the start.
    pub warm_seconds: usize,
    pub rounds: usize,
    pub rates: Vec<usize>,
    /// Keys of needle's configuration.
    set: Vec<(String, Value)>,
}

impl Size {
    /// For a run that only shows that all of it works.
    pub fn small() -> Self {
        Self { seconds: 1, warm_seconds: 3, rounds: 1, rates: vec![500], set: Vec::new() }
    }

    /// Seconds, rounds, rates, as far as they are said; keys and values.
    pub fn of(words: &[&str]) -> Self {
        let (set, numbers): (Vec<&str>, Vec<&str>) = words.iter().partition(|word| word.contains('='));
        let number = |word: &&str| word.parse().expect("a number");
        let mut numbers = numbers.iter().map(number);
        let (seconds, rounds) = (numbers.next().unwrap_or(30), numbers.next().unwrap_or(3));
        let mut rates: Vec<usize> = numbers.collect();
        if rates.is_empty() {
            rates = vec![2_000, 10_000];
        }
        let pair = |word: &&str| {
            let (key, value) = word.split_once('=').expect("key=value");
            (key.to_owned(), value.parse().unwrap_or_else(|_| Value::from(value)))
        };
        Self { seconds, warm_seconds: 10, rounds, rates, set: set.iter().map(pair).collect() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Contestant {
    Needle,
    PassThrough,
}

impl Contestant {
    fn name(self) -> &'static str {
        ["needle run", "pass-through"][self as usize]
    }
}

/// One round of one contestant; latencies in milliseconds.
#[derive(Clone, Copy)]
struct Run {
    percentiles: [f64; 3],
    /// Of events that came while a snapshot was written; the pass-through has none.
    beside_snapshots: Option<[f64; 3]>,
    /// Share of one core.
    cpu: f64,
}

const SNAPSHOT_EVERY_S: i64 = 5;
const PERCENTILES: [f64; 3] = [0.5, 0.99, 0.999];

impl Run {
    fn p99(&self) -> f64 {
        self.percentiles[1]
    }
}

pub fn main(size: &Size) {
    let broker = Broker::shared();
    let mut runs: BTreeMap<(usize, Contestant), Vec<Run>> = BTreeMap::new();
    let mut written = None;
    for round in 0..size.rounds {
        for &rate in &size.rates {
            // The one that was second goes first in the next round; but the pass-through has to learn what to write.
            let order = [Contestant::Needle, Contestant::PassThrough];
            let order = if round % 2 == 0 { order } else { [order[1], order[0]] };
            for contestant in order {
                let run = race(broker, contestant, size, rate, &mut written);
                let [p50, p99, p999] = run.percentiles;
                println!(
                    "round {}, {rate}/s, {}: p50 {p50:.1}, p99 {p99:.1}, p99.9 {p999:.1} ms; {:.0} % of a core",
                    round + 1,
                    contestant.name(),
                    100.0 * run.cpu
                );
                if let Some([p50, p99, p999]) = run.beside_snapshots {
                    println!("    while snapshots were written: p50 {p50:.1}, p99 {p99:.1}, p99.9 {p999:.1} ms");
                }
                runs.entry((rate, contestant)).or_default().push(run);
            }
        }
    }
    print(&mut runs);
}

pub fn settings(broker: &Broker, size: &Size) -> Settings {
    let events = broker.unique_topic("latency");
    broker.create_topic(&events, PARTITIONS as i32, &[]);
    let settings = contender::settings(broker, &events, 1).set("scoring", "change_threshold", 0);
    let settings = settings.set("snapshots", "interval_seconds", SNAPSHOT_EVERY_S);
    size.set.iter().fold(settings, |settings, (key, value)| {
        let (section, key) = key.rsplit_once('.').expect("section.key=value");
        settings.set(section, key, value.clone())
    })
}

fn race(broker: &Broker, contestant: Contestant, size: &Size, rate: usize, written: &mut Option<Written>) -> Run {
    let settings = settings(broker, size);
    let address = contender::free_address();
    let runner = match (contestant, &*written) {
        (Contestant::Needle, _) => Runner::needle(&settings.clone().set("service", "listen", address.clone())),
        (Contestant::PassThrough, Some(written)) => {
            let directory = tempfile::tempdir().expect("a directory");
            let config = config_of(&write_settings(directory.path(), &settings).to_string_lossy());
            written.pass_through(&settings, config.service.commit_interval_ms)
        }
        (Contestant::PassThrough, None) => unreachable!("needle goes first"),
    };
    let seconds = size.warm_seconds + size.seconds;
    let events = rate * seconds;
    let (sent, answered, all_sent) = (Sent::new(events), AtomicBool::new(false), AtomicBool::new(false));
    let (answers, began, cpu_seconds) = std::thread::scope(|scope| {
        let probe = scope.spawn(|| probe::read(broker, &settings.score_changes, &sent, &answered, &all_sent));
        let sending = load::Ends(&all_sent);
        let began = load::write(broker, &settings.events, rate, events, &sent, &answered);
        let cpu_seconds = child::cpu_seconds(runner.pid()).expect("a process that has not ended");
        drop(sending);
        (probe.join().expect("a probe that reads to the end").answers, began, cpu_seconds)
    });
    assert!(answers.len() * 100 >= events * 98, "{} of {events} were answered", answers.len());
    if contestant == Contestant::Needle {
        if written.is_none() {
            *written = Some(Written::learn(&address, &settings, events));
        }
        assert!(runner.terminate(), "needle did not end in good order");
    } else {
        // Before its topics are gone.
        drop(runner);
    }
    let learned_from = written.as_ref().is_some_and(|w| w.settings.application == settings.application);
    if !learned_from {
        settings.outputs().into_iter().chain([settings.events.as_str()]).for_each(|topic| broker.delete_topic(topic));
    }
    let from = began + size.warm_seconds as u64 * 1_000_000;
    let measured: Vec<Answer> = answers.into_iter().filter(|answer| answer.sent >= from).collect();
    let files = snapshots::written(settings.snapshots.path(), &sent);
    let beside: Vec<&Answer> = snapshots::during(&measured, &files).collect();
    Run {
        percentiles: percentiles(measured.iter()),
        beside_snapshots: (!beside.is_empty()).then(|| percentiles(beside.into_iter())),
        cpu: cpu_seconds / seconds as f64,
    }
}

pub fn percentiles<'a>(answers: impl Iterator<Item = &'a Answer>) -> [f64; 3] {
    let mut micros: Vec<u64> = answers.map(|answer| answer.seen - answer.sent).collect();
    micros.sort_unstable();
    PERCENTILES.map(|share| {
        let rank = (micros.len() as f64 * share).ceil() as usize;
        micros[rank.clamp(1, micros.len()) - 1] as f64 / 1000.0
    })
}

fn print(runs: &mut BTreeMap<(usize, Contestant), Vec<Run>>) {
    println!("\nmilliseconds from produce to read_committed consumer; p99 from the least to the most of all rounds\n");
    println!("| events/s | | p50 | p99 | p99.9 | p99 min–max | of a core | p50, p99, p99.9 to the pass-through's |");
    println!("|---:|---|---:|---:|---:|---|---:|---|");
    runs.values_mut().for_each(|runs| runs.sort_by(|a, b| a.p99().total_cmp(&b.p99())));
    for ((rate, contestant), of_one) in &*runs {
        let median = of_one[of_one.len() / 2];
        let bare = runs.get(&(*rate, Contestant::PassThrough)).map_or(median, |all| all[all.len() / 2]);
        let [p50, p99, p999] = median.percentiles;
        let ratios: Vec<String> =
            median.percentiles.iter().zip(bare.percentiles).map(|(own, bare)| format!("{:.2}", own / bare)).collect();
        println!(
            "| {rate} | {} | {p50:.1} | {p99:.1} | {p999:.1} | {:.1}–{:.1} | {:.2} | {} |",
            contestant.name(),
            of_one[0].p99(),
            of_one[of_one.len() - 1].p99(),
            median.cpu,
            ratios.join(", "),
        );
    }
    println!(
        "\nThe peer, Kafka Streams with LightGBM for Java: `./run.sh latency eos RATE SECONDS` beside its sources."
    );
}
