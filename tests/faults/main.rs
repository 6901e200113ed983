//! Real processes on a real broker while events flow, under faults that a seed decides; and the audit of what is left.
//!
//! ```text
//! cargo test --test faults                                  one run, which is what a suite has time for
//! cargo test --test faults -- --seed 123                    one run, and its faults as they strike
//! cargo test --test faults -- --seed 123 --only 4,17        the same with these faults alone
//! cargo test --test faults -- --from 100 --faults 1000      seeds from 100 on, until so many faults have struck
//! cargo test --test faults -- --soak                        random seeds until stopped
//! ```
//!
//! A seed decides which faults strike, whom, in what order, and the events; where in the flow each of them strikes is the machine's to
//! say. So a seed that fails may have to be run again a few times.

mod clock;
mod cluster;
mod feed;
mod mount;
mod plan;
mod run;
#[path = "../runner_support/mod.rs"]
mod runner;
mod shutter;
mod store;
mod strike;
#[path = "../support/mod.rs"]
mod support;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use run::{Outcome, Strike, run};
use runner::{Runner, random_seed};

/// How many runs `cargo test` does: about a minute.
const RUNS: u64 = 1;

#[derive(Parser)]
struct Arguments {
    /// Run this seed alone.
    #[arg(long)]
    seed: Option<u64>,
    /// Of that seed, let only these faults strike: `4,17`.
    #[arg(long, requires = "seed", value_delimiter = ',')]
    only: Option<Vec<usize>>,
    /// The first seed. Odd ones keep snapshots in a bucket, even ones in a folder.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// How many seeds.
    #[arg(long, default_value_t = RUNS)]
    runs: u64,
    /// In place of a number of seeds: go on until so many faults have struck.
    #[arg(long)]
    faults: Option<u64>,
    /// Go on with random seeds until stopped.
    #[arg(long)]
    soak: bool,
    #[command(flatten)]
    runner: Runner,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if !arguments.runner.asks_for("faults") {
        return ExitCode::SUCCESS;
    }
    match arguments.seed {
        Some(seed) => one(seed, arguments.only),
        None => many(&arguments),
    }
}

/// One run, told in detail.
fn one(seed: u64, only: Option<Vec<usize>>) -> ExitCode {
    let only: Option<BTreeSet<usize>> = only.map(BTreeSet::from_iter);
    let outcome = run(seed, only.as_ref(), |strike| println!("{}", line(strike)));
    outcome.gave_up.iter().for_each(|who| println!("     {who}"));
    println!("seed {seed}: {} faults, {} events, {:.1?}", outcome.struck.len(), outcome.records, outcome.took);
    match &outcome.ended {
        Ok(()) => {
            println!("everything was said, once and in order, and no lead is lost");
            ExitCode::SUCCESS
        }
        Err(error) => explain(seed, error, &outcome),
    }
}

fn many(arguments: &Arguments) -> ExitCode {
    let began = Instant::now();
    let first = if arguments.soak { random_seed() } else { arguments.from };
    let endless = arguments.soak || arguments.faults.is_some();
    let runs = if endless { u64::MAX } else { arguments.runs };
    let mut faults: BTreeMap<String, u64> = BTreeMap::new();
    let (mut events, mut gave_up, mut done) = (0, Vec::new(), 0);
    while done < runs && arguments.faults.is_none_or(|most| faults.values().sum::<u64>() < most) {
        let seed = first.wrapping_add(done);
        let outcome = run(seed, None, |_| ());
        done += 1;
        outcome.struck.iter().for_each(|strike| *faults.entry(strike.fault.kind()).or_default() += 1);
        events += outcome.records;
        if let Err(error) = &outcome.ended {
            return explain(seed, error, &outcome);
        }
        gave_up.extend(outcome.gave_up);
        tell(done, seed, faults.values().sum(), events, began.elapsed());
    }
    println!("seeds {first}.., each of them: everything was said, once and in order, and no lead is lost");
    faults.iter().for_each(|(kind, count)| println!("{count:8} {kind}"));
    println!("{:8} processes that ended by themselves, and came back", gave_up.len());
    gave_up.iter().for_each(|who| println!("         {who}"));
    ExitCode::SUCCESS
}

fn tell(runs: u64, seed: u64, faults: u64, events: usize, took: Duration) {
    let seconds = took.as_secs_f64();
    let rate = faults as f64 / seconds;
    println!("{runs} runs (to seed {seed}), {faults} faults, {events} events in {seconds:.0} s: {rate:.2} faults/s");
}

fn line(strike: &Strike) -> String {
    format!("{:4} at {:6.2} s: {:?}", strike.ordinal, strike.at.as_secs_f64(), strike.fault)
}

fn explain(seed: u64, error: &str, outcome: &Outcome) -> ExitCode {
    println!("\nFAILED: seed {seed}, with {} faults:", outcome.struck.len());
    outcome.struck.iter().for_each(|strike| println!("{}", line(strike)));
    outcome.gave_up.iter().for_each(|who| println!("     {who}"));
    println!("\n{error}\n");
    if let Some(logs) = &outcome.logs {
        println!("the logs of all processes: {}", logs.display());
    }
    println!("run it again: cargo test --test faults -- --seed {seed}");
    ExitCode::FAILURE
}
