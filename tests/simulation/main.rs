//! Twenty thousand runs of a simulated cluster, each of its own seed, on all cores.
//!
//! ```text
//! cargo test --test simulation                                    seeds 0 to 20,000
//! cargo test --test simulation -- --seed 123                      one run, and its faults
//! cargo test --test simulation -- --seed 123 --faults 4,17        the same with these faults alone
//! cargo test --test simulation -- --soak                          random seeds until stopped
//! ```

#[path = "../runner_support/mod.rs"]
mod runner;
#[path = "../simulator/mod.rs"]
mod simulator;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Parser;
use runner::{Runner, random_seed};
use simulator::decisions::{Kind, Strike};
use simulator::shrink::{Shrunk, keys, shrink};
use simulator::{Mistake, Outcome, Way, run};

const RUNS: u64 = 20_000;
/// How often progress is told.
const TELL_EVERY: Duration = Duration::from_secs(10);

#[derive(Parser)]
struct Arguments {
    /// Run this seed alone.
    #[arg(long)]
    seed: Option<u64>,
    /// Of that seed, let only these faults strike: `4,17`, or `none`.
    #[arg(long, requires = "seed")]
    faults: Option<String>,
    /// Of that seed, show what the lanes log: `debug`, `needle=trace`.
    #[arg(long, requires = "seed")]
    log: Option<String>,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// How many seeds.
    #[arg(long, default_value_t = RUNS)]
    runs: u64,
    /// Go on with random seeds until stopped.
    #[arg(long)]
    soak: bool,
    #[command(flatten)]
    runner: Runner,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if !arguments.runner.asks_for("simulation") {
        return ExitCode::SUCCESS;
    }
    match arguments.seed {
        Some(seed) => one(seed, arguments.faults.as_deref(), arguments.log),
        None => many(&arguments),
    }
}

/// One run, told in detail.
fn one(seed: u64, faults: Option<&str>, log: Option<String>) -> ExitCode {
    let ordinals = |list: &str| list.split(',').filter_map(|ordinal| ordinal.parse().ok()).collect::<Vec<usize>>();
    let only = faults.map(|list| keys(seed, Mistake::None, &ordinals(list)));
    if let Some(log) = log {
        tracing_subscriber::fmt().with_env_filter(log).without_time().init();
    }
    let began = Instant::now();
    let Outcome { ended, struck, turns } = run(seed, &Way { only, telling: true, ..Way::default() });
    struck.iter().enumerate().for_each(|(ordinal, strike)| println!("{ordinal:4} {strike}"));
    println!("seed {seed}: {turns} turns, {} faults, {:?}", struck.len(), began.elapsed());
    match ended {
        Ok(()) => {
            println!("everything was said, once and in order");
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("FAILED: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What all runs came to.
#[derive(Default)]
struct Sum {
    faults: BTreeMap<Kind, u64>,
    turns: u64,
    slowest: (Duration, u64),
}

fn many(arguments: &Arguments) -> ExitCode {
    let began = Instant::now();
    let first = if arguments.soak { random_seed() } else { arguments.from };
    let runs = if arguments.soak { u64::MAX } else { arguments.runs };
    let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let (sum, failed) = (Mutex::new(Sum::default()), Mutex::new(None));
    let work = || {
        while !stop.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= runs {
                break;
            }
            let seed = first.wrapping_add(index);
            let started = Instant::now();
            let Outcome { ended, struck, turns } = run(seed, &Way::default());
            let mut sum = sum.lock().expect("no panic while it is held");
            sum.turns += turns as u64;
            sum.slowest = sum.slowest.max((started.elapsed(), seed));
            struck.iter().for_each(|strike| *sum.faults.entry(strike.kind).or_default() += 1);
            if let Err(error) = ended {
                stop.store(true, Ordering::Relaxed);
                failed.lock().expect("no panic while it is held").get_or_insert((seed, error, struck));
            }
        }
    };
    std::thread::scope(|scope| {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let mut told = Instant::now();
        while !workers.iter().all(|worker| worker.is_finished()) {
            std::thread::sleep(Duration::from_millis(20));
            if told.elapsed() > TELL_EVERY {
                told = Instant::now();
                tell(next.load(Ordering::Relaxed), began, &sum.lock().expect("no panic while it is held"));
            }
        }
    });
    let sum = sum.into_inner().expect("no panic while it is held");
    tell(next.into_inner().min(runs), began, &sum);
    println!("seeds {first}.., {} turns, the slowest run took {:?} (seed {})", sum.turns, sum.slowest.0, sum.slowest.1);
    sum.faults.iter().for_each(|(kind, count)| println!("{count:10} {kind:?}"));
    match failed.into_inner().expect("no panic while it is held") {
        None => ExitCode::SUCCESS,
        Some((seed, error, struck)) => explain(seed, &error, &struck),
    }
}

fn tell(runs: u64, began: Instant, sum: &Sum) {
    let faults: u64 = sum.faults.values().sum();
    let seconds = began.elapsed().as_secs_f64();
    let per_second = faults as f64 / seconds;
    println!(
        "{runs} runs, {faults} faults in {seconds:.1} s: {per_second:.0} faults/s, {:.0} runs/s",
        runs as f64 / seconds
    );
}

fn explain(seed: u64, error: &str, struck: &[Strike]) -> ExitCode {
    println!("\nFAILED: seed {seed}, with {} faults: {error}", struck.len());
    let Shrunk { ordinals, outcome } = shrink(seed, Mistake::None, struck);
    println!("\nwith {} of them:", outcome.struck.len());
    outcome.struck.iter().for_each(|strike| println!("     {strike}"));
    println!("     {}", outcome.ended.err().unwrap_or_else(|| "it does not fail any more".to_owned()));
    let ordinals: Vec<String> = ordinals.iter().map(usize::to_string).collect();
    let only = if ordinals.is_empty() { "none".to_owned() } else { ordinals.join(",") };
    println!("\nrun it again: cargo test --test simulation -- --seed {seed} --faults {only}");
    ExitCode::FAILURE
}
