//! Everybody in turn, on one backlog, and the table of it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::{Offset, TopicPartitionList};

use crate::backlog::{self, PARTITIONS};
use crate::child::{self, Runner};
use crate::contender::{self, Written};
use crate::published::Published;
use crate::support::leads::Plan;
use crate::tests::{Broker, PATIENCE, Settings};
use crate::world;

/// How often positions and CPU time are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// The transactions of the pass-through.
const COMMIT_EVERY_MS: u64 = 100;
/// Sixty times as often as by default.
const KEEPING_EVERY_S: i64 = 5;
const NEVER_S: i64 = 86_400;
/// The start is left out: connections, growing buffers, leads that nothing is known of.
const START: f64 = 0.3;
/// Nothing committed for so long: it hangs.
const HANGS: Duration = Duration::from_secs(120);

#[derive(Clone, Copy)]
pub struct Size {
    events: usize,
    leads: usize,
    rounds: usize,
    lanes: &'static [i64],
    /// Of the world that the trees learn from.
    world: world::Size,
}

impl Size {
    /// For a run that only shows that all of it works.
    pub const SMALL: Size = Size { events: 20_000, leads: 1_000, rounds: 1, lanes: &[2], world: world::Size::SMALL };

    /// Events, leads, rounds, as far as they are said.
    pub fn of(words: &[&str]) -> Self {
        let number = |place: usize, default| words.get(place).map_or(default, |word| word.parse().expect("a number"));
        let (events, leads, rounds) = (number(0, 1_000_000), number(1, 100_000), number(2, 3));
        Size { events, leads, rounds, lanes: &[1, 2], world: world::Size::FULL }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Contestant {
    Needle,
    Keeping,
    Trees,
    Unexplained,
    PassThrough,
    Untransacted,
}

impl Contestant {
    const ALL: [Contestant; 6] =
        [Self::Needle, Self::Keeping, Self::Trees, Self::Unexplained, Self::PassThrough, Self::Untransacted];

    fn name(self) -> &'static str {
        match self {
            Self::Needle => "needle run",
            Self::Keeping => "needle run, snapshots",
            Self::Trees => "needle run, trees",
            Self::Unexplained => "needle run, trees, no reasons",
            Self::PassThrough => "pass-through",
            Self::Untransacted => "without transactions",
        }
    }

    /// No snapshot is due while the backlog lasts, or one of each partition every few seconds.
    fn snapshots_every_s(self) -> i64 {
        if self == Self::Keeping { KEEPING_EVERY_S } else { NEVER_S }
    }
}

/// One run, without its start.
#[derive(Clone, Copy)]
struct Run {
    events: f64,
    cpu_seconds: f64,
    seconds: f64,
    peak_mb: u64,
}

impl Run {
    fn rate(&self) -> f64 {
        self.events / self.cpu_seconds
    }
}

pub fn main(size: Size) {
    let broker = Broker::shared();
    let events = broker.unique_topic("backlog");
    broker.create_topic(&events, PARTITIONS as i32, &[]);
    let plan = Plan { seed: 42, leads: size.leads, events: size.events, days: 60.0 };
    let bytes = backlog::write(broker, &events, plan);
    println!("{} events of {bytes} bytes, {PARTITIONS} partitions, {} leads", size.events, size.leads);
    let mut runs: BTreeMap<(i64, Contestant), Vec<Run>> = BTreeMap::new();
    let mut written = None;
    let mut models = Published::new(size.world);
    let version = models.train();
    models.publish(&contender::settings(broker, &events, 1), &version);
    for round in 0..size.rounds {
        for &lanes in size.lanes {
            for contestant in Contestant::ALL {
                let settings = contender::settings(broker, &events, lanes);
                let settings = settings.set("snapshots", "interval_seconds", contestant.snapshots_every_s());
                let settings = match contestant {
                    Contestant::Trees => models.found_by(settings),
                    Contestant::Unexplained => models.found_by(settings).set("scoring", "reasons", 0),
                    _ => settings,
                };
                let run = race(broker, &settings, contestant, &mut written, size.events);
                println!("round {}, {lanes} lanes, {}: {:.0} events/CPU-s", round + 1, contestant.name(), run.rate());
                runs.entry((lanes, contestant)).or_default().push(run);
                let learned_from = written.as_ref().is_some_and(|w| w.settings.application == settings.application);
                if !learned_from {
                    settings.outputs().iter().for_each(|topic| broker.delete_topic(topic));
                }
            }
        }
    }
    print(&mut runs, written.as_ref());
}

fn race(
    broker: &Broker,
    settings: &Settings,
    contestant: Contestant,
    written: &mut Option<Written>,
    events: usize,
) -> Run {
    match (contestant, &*written) {
        (Contestant::Needle | Contestant::Keeping | Contestant::Trees | Contestant::Unexplained, _) => {
            let address = contender::free_address();
            let needle = Runner::needle(&settings.clone().set("service", "listen", address.clone()));
            let run = watch(broker, settings, needle.pid(), events);
            if contestant == Contestant::Keeping {
                println!("    snapshots: {}", contender::snapshots(&address));
            }
            let learned = Written::learn(&address, settings, events);
            println!("    {:.3} score changes an event", learned.changes_per_event);
            written.get_or_insert(learned);
            assert!(needle.terminate(), "needle did not end in good order");
            run
        }
        (Contestant::PassThrough, Some(written)) => {
            let runner = written.pass_through(settings, COMMIT_EVERY_MS);
            watch(broker, settings, runner.pid(), events)
        }
        (Contestant::PassThrough, None) => unreachable!("needle goes first"),
        (Contestant::Untransacted, _) => {
            let runner = Runner::role(child::UNTRANSACTED, settings, &[]);
            watch(broker, settings, runner.pid(), events)
        }
    }
}

/// Watches a process from the first commit after the start to the one that ends the backlog.
fn watch(broker: &Broker, settings: &Settings, pid: u32, events: usize) -> Run {
    // What is committed, without waiting for what is being committed.
    let mut client = broker.client();
    client.set("group.id", &settings.application).set("isolation.level", "read_uncommitted");
    let consumer: BaseConsumer = client.create().expect("a consumer");
    let mut list = TopicPartitionList::new();
    list.add_partition_range(&settings.events, 0, PARTITIONS as i32 - 1);
    let (mut seen, mut moved) = (0, Instant::now());
    let (mut start, mut trouble) = (None, None);
    loop {
        std::thread::sleep(LOOK_EVERY);
        assert!(moved.elapsed() < HANGS, "nothing more is committed at {seen} of {events}: {trouble:?}");
        let told = match consumer.committed_offsets(list.clone(), PATIENCE) {
            Ok(told) => told,
            // A new group's coordinator is not there at once.
            Err(error) => {
                trouble = Some(error);
                continue;
            }
        };
        let offset = |offset| if let Offset::Offset(offset) = offset { offset as usize } else { 0 };
        let position: usize = told.elements().iter().map(|element| offset(element.offset())).sum();
        let now = Instant::now();
        let cpu_seconds = child::cpu_seconds(pid).expect("a process that has not ended");
        if position == seen {
            continue;
        }
        (seen, moved) = (position, now);
        match start {
            _ if (position as f64) < START * events as f64 => {}
            None if position < events => start = Some((position, cpu_seconds, now)),
            // A small backlog may be gone in one commit.
            None => {
                return Run {
                    events: position as f64,
                    cpu_seconds,
                    seconds: 0.0,
                    peak_mb: child::peak_mb(pid).unwrap_or(0),
                };
            }
            Some((from, cpu_before, began)) if position >= events => {
                return Run {
                    events: (position - from) as f64,
                    cpu_seconds: cpu_seconds - cpu_before,
                    seconds: (now - began).as_secs_f64(),
                    peak_mb: child::peak_mb(pid).unwrap_or(0),
                };
            }
            Some(_) => {}
        }
    }
}

fn print(runs: &mut BTreeMap<(i64, Contestant), Vec<Run>>, written: Option<&Written>) {
    if let Some(Written { changes_per_event, jumps_per_event, .. }) = written {
        println!("\noutput: {changes_per_event:.3} score changes and {jumps_per_event:.4} jumps an event\n");
    }
    println!("| lanes | | events/CPU-s | min–max | CPU s | wall s | peak MB | needle's share |");
    println!("|---:|---|---:|---|---:|---:|---:|---:|");
    runs.values_mut().for_each(|runs| runs.sort_by(|a, b| a.rate().total_cmp(&b.rate())));
    for ((lanes, contestant), of_one) in &*runs {
        let median = of_one[of_one.len() / 2];
        let needle = runs.get(&(*lanes, Contestant::Needle)).map_or(median, |all| all[all.len() / 2]);
        let [slowest, fastest] = [of_one[0], of_one[of_one.len() - 1]].map(|run| run.rate());
        println!(
            "| {lanes} | {} | {:.0} | {slowest:.0}–{fastest:.0} | {:.2} | {:.2} | {} | {:.2} |",
            contestant.name(),
            median.rate(),
            median.cpu_seconds,
            median.seconds,
            median.peak_mb,
            needle.rate() / median.rate(),
        );
    }
}
