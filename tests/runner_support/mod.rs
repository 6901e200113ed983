//! A program that is one test: it takes what the test runner gives to all of them.

use std::hash::{BuildHasher, RandomState};

/// Names, of which this one has to be, and how to run them.
#[derive(clap::Args)]
pub struct Runner {
    names: Vec<String>,
    #[arg(long)]
    list: bool,
    #[arg(long)]
    exact: bool,
    #[arg(long, short)]
    quiet: bool,
    #[arg(long)]
    nocapture: bool,
    #[arg(long)]
    test_threads: Option<usize>,
    #[arg(long)]
    skip: Vec<String>,
    #[arg(long)]
    format: Option<String>,
    #[arg(long)]
    color: Option<String>,
    #[arg(long)]
    show_output: bool,
    #[arg(long)]
    ignored: bool,
    #[arg(long)]
    include_ignored: bool,
}

impl Runner {
    /// Whether the program of this name is to run.
    pub fn asks_for(&self, program: &str) -> bool {
        let is_meant = |name: &String| program.contains(name.as_str());
        let named = self.names.is_empty() || self.names.iter().any(is_meant);
        named && !self.list && !self.ignored && !self.skip.iter().any(is_meant)
    }
}

/// Another one each time.
pub fn random_seed() -> u64 {
    RandomState::new().hash_one(std::process::id()) >> 16
}
