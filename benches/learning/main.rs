//! A whole training, from snapshots to what is published, and the share of it that is not LightGBM's own.
//!
//! Simulated leads are replayed with a snapshot a day, by the commands that a user would give; then the command trains in this process,
//! where a clock runs while LightGBM bins, boosts and judges.
//!
//! `cargo bench --bench learning [-- KEY=VALUE…]`: keys of needle's configuration, as `training.threads=1`. 200,000 rows of
//! the shipped features, about 150. Under `cargo test` it runs once, small.

mod clock;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use clap::Parser;
use needle::commands::cli::TrainArgs;
use needle::commands::{assembly::Assembly, train};
use needle::config::{self, Config, Machine};

use crate::clock::Clock;

struct Size {
    leads: u32,
    days: u32,
    rows: u64,
}

/// The command's own arguments, with their defaults.
#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    train: TrainArgs,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let full = arguments.iter().any(|argument| argument == "--bench");
    let size = if full {
        Size { leads: 60_000, days: 300, rows: 200_000 }
    } else {
        Size { leads: 300, days: 120, rows: 2_000 }
    };
    let settings: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| word.contains('=')).collect();
    let home = tempfile::tempdir().expect("a directory");
    let (file, config) = configure(home.path(), &settings);
    history(home.path(), &file, &size);
    let clock = Clock::start();
    let began = Instant::now();
    let rows = size.rows.to_string();
    let args = Arguments::parse_from(["learning", "--max-rows", &rows]).train;
    let mut said = Vec::new();
    train::train(config.clone(), &args, &mut said).expect("a training");
    tell(&config, began.elapsed(), clock.ran());
    println!("{}", String::from_utf8_lossy(&said));
}

/// Its file, and what it says.
fn configure(home: &Path, settings: &[&str]) -> (PathBuf, Config) {
    let text = format!(
        "[snapshots]\nurl = \"file:{0}/snapshots\"\ninterval_seconds = 86400\n[models]\nurl = \"file:{0}/models\"\n",
        home.display()
    );
    let file = home.join("needle.toml");
    std::fs::write(&file, text).expect("written");
    let config = config::load(Some(&file), [], settings.iter().copied(), &Machine::here()).expect("a configuration");
    (file, config)
}

/// Events of leads that never were, and the snapshots that they leave.
fn history(home: &Path, file: &Path, size: &Size) {
    let needle = |words: &[&str]| {
        let status = Command::new(env!("CARGO_BIN_EXE_needle")).current_dir(home).args(words).status();
        assert!(status.is_ok_and(|status| status.success()), "needle {words:?}");
    };
    let (leads, days) = (size.leads.to_string(), size.days.to_string());
    let file = file.to_string_lossy();
    needle(&["simulate", "--leads", &leads, "--days", &days, "--seed", "7", "--out", "events.jsonl.zst"]);
    needle(&["replay", "--config", &file, "--events", "events.jsonl.zst", "--out", "said"]);
}

fn tell(config: &Config, all: Duration, lightgbm: Duration) {
    let width = Assembly::new(config.clone()).expect("it has been put together before").schema.width();
    let (all, lightgbm) = (all.as_secs_f64(), lightgbm.as_secs_f64());
    println!(
        "{width} features: {all:.1} s in all, {lightgbm:.1} s in LightGBM; {:.1} % is not LightGBM's",
        100.0 * (all - lightgbm) / all
    );
}
