//! What can be asked of the simulation, and the help that teaches it.

use clap::{Args, value_parser};

use crate::simulate::Plan;
use crate::simulate::preset::Preset;
use crate::wire::instant;

pub const HELP: &str = "\
Examples:
  needle simulate --leads 20000 --days 400 --seed 1 --out history.jsonl.zst --truth truth.parquet
      events as a file, and beside it what no company knows: the true chances
  needle replay --events history.jsonl.zst --out scores --set snapshots.url=file:./data/snapshots
      those events, scored, with snapshots to train on
  needle simulate --preset 6-months --leads 1000000 --out - | head -1000
      half a year in which one lead in 200 buys
  needle simulate --leads 5000 --days 60 --out kafka --set kafka.bootstrap.servers=broker:9092
      the same into topics.events, the key of a record being its lead

Presets, after published cases: 14-months (3.5 % of the leads buy), 6-months (0.5 %), 28-months (5.5 %).
A preset is a period and a hazard; --days alone changes the period, and so the share that buys.
People read, come back, fall silent, send forms, are met off line and called by sales; bots click
everything and never buy. Outcomes carry the names that the configuration has by default:
\"Opportunity Won\", \"Lead Accepted\", \"Lead Rejected\", \"Sales Contacted\".

The file of truth has a row for each event until the outcome, and for each day of silence: lead, as_of,
probability (of a positive outcome within scoring.horizon_days, by all that its events tell), contacted,
silent. It joins with snapshots and training rows by lead and instant; the earlier row holds until the next.
An anonymous lead stands there under its anonymousId until it is known, with the chance that it will buy as whoever it is.

Equal arguments give equal bytes. Events carry the instants of the simulated period: a topic that keeps
records for a week deletes them at once, unless its retention.ms is longer, or --start is later.
Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.";

/// `needle simulate`
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// How many leads come, bots among them
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = value_parser!(u32).range(1..))]
    pub leads: u32,
    /// How many days are simulated [default: the preset's]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=36_500))]
    days: Option<u32>,
    /// Another seed, other leads; the same seed, the same leads
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How long, and how many buy
    #[arg(long, value_name = "NAME", default_value = Preset::ALL[0].name, value_parser = preset)]
    pub preset: Preset,
    /// Midnight (UTC) of this day is the first instant
    #[arg(long, value_name = "DATE", default_value = "2026-01-05", value_parser = midnight)]
    start: i64,
    /// A file, one event a line (.gz and .zst are packed, `-` is standard output), or `kafka`: topics.events
    #[arg(long, value_name = "FILE|kafka")]
    pub out: String,
    /// Where the true probabilities go: .parquet, .csv or .jsonl, the latter two .gz and .zst too
    #[arg(long, value_name = "FILE")]
    pub truth: Option<String>,
}

impl SimulateArgs {
    pub fn plan(&self) -> Plan {
        let days = self.days.unwrap_or(self.preset.days);
        Plan { seed: self.seed, leads: self.leads, start_ms: self.start, days }
    }
}

fn preset(name: &str) -> Result<Preset, String> {
    Preset::named(name).ok_or_else(|| format!("there are {}", Preset::names().join(", ")))
}

/// Milliseconds since 1970 of a day's beginning.
fn midnight(date: &str) -> Result<i64, String> {
    let parsed = (date.len() == 10).then(|| instant::parse(date)).flatten();
    let early = "must be a date from 1970-01-01 to 2199-12-31, as in 2026-01-05";
    parsed.filter(|at_ms| (0..7_258_118_400_000).contains(at_ms)).ok_or_else(|| early.to_owned())
}
