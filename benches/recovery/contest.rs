//! Everybody in turn, fault by fault, and the table of it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::backlog::PARTITIONS;
use crate::child::Runner;
use crate::contender;
use crate::load::{self, Sent};
use crate::probe::{self, Answer};
use crate::tests::{Broker, PATIENCE, Settings, eventually};
use crate::{BARE, TRANSACTIONAL};

/// Partitions of each of the two processes.
const OF_ONE: usize = PARTITIONS / 2;
/// Events flow for so long before the fault: both have joined, and snapshots have been written.
const WARM_SECONDS: usize = 12;
const SNAPSHOT_EVERY_S: i64 = 5;
/// For so long before the fault silences are looked at, too: answers come with commits, so that there are always some.
const CALM_US: u64 = 8_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    Sigkill,
    SigkillAndRestart,
    Sigterm,
}

impl Fault {
    const ALL: [Fault; 3] = [Self::Sigkill, Self::SigkillAndRestart, Self::Sigterm];

    fn name(self) -> &'static str {
        ["SIGKILL", "SIGKILL, started again", "SIGTERM"][self as usize]
    }

    /// How long events flow after it: longer than the session and a transaction may last.
    fn seconds(self) -> usize {
        [24, 8, 24][self as usize]
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Contestant {
    Needle,
    Transactional,
    Bare,
}

impl Contestant {
    fn name(self) -> &'static str {
        ["needle run", "bare, in transactions", "bare consumer"][self as usize]
    }

    fn start(self, settings: &Settings, instance: u32) -> Runner {
        let own = settings.clone().instance(instance).set("service", "listen", contender::free_address());
        match self {
            Self::Needle => Runner::needle(&own),
            Self::Transactional => Runner::role(TRANSACTIONAL, &own, &[]),
            Self::Bare => Runner::role(BARE, &own, &[]),
        }
    }
}

/// Seconds.
#[derive(Clone, Copy)]
struct Run {
    /// Until all partitions of the process that ended were answered for again.
    back: f64,
    /// The longest silence of a partition of the other one.
    stall: f64,
    /// The same partitions' before the fault.
    calm: f64,
}

pub fn small() {
    let run = race(Contestant::Needle, Fault::SigkillAndRestart, 200);
    println!("back after {:.2} s, the others silent for {:.2} s, before that {:.2} s", run.back, run.stall, run.calm);
}

pub fn full(rounds: usize, rate: usize) {
    let mut runs: BTreeMap<(Fault, Contestant), Vec<Run>> = BTreeMap::new();
    for round in 0..rounds {
        for fault in Fault::ALL {
            for contestant in [Contestant::Needle, Contestant::Transactional, Contestant::Bare] {
                let run = race(contestant, fault, rate);
                let (fault_name, name) = (fault.name(), contestant.name());
                let Run { back, stall, calm } = run;
                println!(
                    "round {}, {fault_name}, {name}: {back:.2} s, others {stall:.3} s, before {calm:.3} s",
                    round + 1
                );
                runs.entry((fault, contestant)).or_default().push(run);
            }
        }
    }
    print(&runs, rate);
}

fn race(contestant: Contestant, fault: Fault, rate: usize) -> Run {
    let broker = Broker::shared();
    let events = broker.unique_topic("recovery");
    broker.create_topic(&events, PARTITIONS as i32, &[]);
    let settings = contender::settings(broker, &events, 1).set("scoring", "change_threshold", 0);
    let settings = settings.set("snapshots", "interval_seconds", SNAPSHOT_EVERY_S);
    let count = rate * (WARM_SECONDS + fault.seconds());
    let (sent, answered, all_sent) = (Sent::new(count), AtomicBool::new(false), AtomicBool::new(false));
    let (seen, at) = std::thread::scope(|scope| {
        let reader = scope.spawn(|| probe::read(broker, &settings.score_changes, &sent, &answered, &all_sent));
        let harm = scope.spawn(|| do_harm(contestant, fault, &settings, &sent, &answered, &all_sent));
        let sending = load::Ends(&all_sent);
        load::write(broker, &settings.events, rate, count, &sent, &answered);
        broker.await_consumed(&settings.application, &settings.events, PATIENCE);
        drop(sending);
        (reader.join().expect("a probe that reads to the end"), harm.join().expect("a fault that is done"))
    });
    settings.outputs().into_iter().chain([settings.events.as_str()]).for_each(|topic| broker.delete_topic(topic));
    timed(&seen.answers, at)
}

/// Two processes, and the end of one. Returns when that was, in microseconds since the beginning.
fn do_harm(
    contestant: Contestant,
    fault: Fault,
    settings: &Settings,
    sent: &Sent,
    answered: &AtomicBool,
    all_sent: &AtomicBool,
) -> u64 {
    let victim = contestant.start(settings, 0);
    let _other = contestant.start(settings, 1);
    eventually("a first answer", PATIENCE, || answered.load(Ordering::Relaxed).then_some(()));
    std::thread::sleep(Duration::from_secs(WARM_SECONDS as u64));
    let at = sent.now();
    let _again = match fault {
        Fault::Sigkill => {
            drop(victim);
            None
        }
        Fault::SigkillAndRestart => {
            drop(victim);
            Some(contestant.start(settings, 0))
        }
        Fault::Sigterm => {
            assert!(victim.terminate(), "it did not end in good order");
            None
        }
    };
    while !all_sent.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(50));
    }
    at
}

/// The longest silence of each partition after the fault: those of the process that ended are silent the longest.
fn timed(answers: &[Answer], at: u64) -> Run {
    let silence = |partition| (silence(answers, partition, at..u64::MAX), partition);
    let mut silences: Vec<((u64, u64), usize)> = (0..PARTITIONS).map(silence).collect();
    silences.sort_unstable();
    let (stayed, ended) = silences.split_at(OF_ONE);
    let before = stayed.iter().map(|(_, partition)| self::silence(answers, *partition, at - CALM_US..at).0);
    let seconds = |longest: Option<u64>| longest.unwrap_or(0) as f64 / 1e6;
    Run {
        back: seconds(ended.iter().map(|((_, until), _)| *until).max()),
        stall: seconds(stayed.iter().map(|((length, _), _)| *length).max()),
        calm: seconds(before.max()),
    }
}

/// The longest silence of a partition within a span: its length, and its end since the span began.
fn silence(answers: &[Answer], partition: usize, span: Range<u64>) -> (u64, u64) {
    let of = answers.iter().filter(|answer| answer.partition as usize == partition);
    let within = of.map(|answer| answer.seen).filter(|seen| span.contains(seen));
    let end = Some(span.end).filter(|end| *end < u64::MAX);
    let mut seen: Vec<u64> = within.chain([span.start]).chain(end).collect();
    seen.sort_unstable();
    let silences = seen.windows(2).map(|pair| (pair[1] - pair[0], pair[1] - span.start));
    silences.max().expect("an answer within the span")
}

fn print(runs: &BTreeMap<(Fault, Contestant), Vec<Run>>, rate: usize) {
    let median = |fault, contestant, of: fn(&Run) -> f64| {
        let mut all: Vec<f64> = runs[&(fault, contestant)].iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        (all[all.len() / 2], all[0], all[all.len() - 1])
    };
    println!(
        "\nseconds, {rate} events/s over {PARTITIONS} partitions: median (least to most): in terms of the bare consumer, of it in transactions\n"
    );
    println!(
        "| one of two gets | | its partitions are answered for after | the others are silent for at most | before the fault |"
    );
    println!("|---|---|---|---|---|");
    for (fault, contestant) in runs.keys().copied() {
        let cell = |of: fn(&Run) -> f64| {
            let (own, least, most) = median(fault, contestant, of);
            let beside = |other| own / median(fault, other, of).0;
            let (bare, transactional) = (beside(Contestant::Bare), beside(Contestant::Transactional));
            format!("{own:.3} ({least:.3}–{most:.3}): {bare:.2}, {transactional:.2} ×")
        };
        let (fault_name, name) = (fault.name(), contestant.name());
        let (back, stall, calm) = (cell(|run| run.back), cell(|run| run.stall), cell(|run| run.calm));
        println!("| {fault_name} | {name} | {back} | {stall} | {calm} |");
    }
}
