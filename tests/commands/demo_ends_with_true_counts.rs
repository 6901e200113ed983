//! `needle demo` without a terminal: jumps with their reasons in lines, an end by itself, and a summary whose counts add up to what
//! was sent. The same seed says the same.

use std::collections::BTreeMap;
use std::process::{Command, Output};

use needle::simulate::{Fate, Journeys, Mishaps, Plan};

const START_MS: i64 = 1_767_571_200_000;

fn demo(args: &[&str]) -> Output {
    let dir = tempfile::tempdir().expect("a directory");
    // What a configuration says is nothing to the demo.
    std::fs::write(dir.path().join("needle.toml"), "[no_such_section]\nkey = 1\n").expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_needle"));
    command.current_dir(dir.path()).env_remove("RUST_LOG").env("NEEDLE_NO_SUCH__KEY", "1");
    let output = command.arg("demo").args(args).output().expect("needle starts");
    assert_eq!(std::fs::read_dir(dir.path()).expect("a directory").count(), 1, "it leaves nothing behind");
    output
}

/// Standard output of a demo that ended well.
fn said(args: &[&str]) -> String {
    let output = demo(args);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Counts of the summary by name.
fn counts(said: &str) -> BTreeMap<&str, u64> {
    let names = ["records", "score changes", "unsaid", "duplicates", "dead letters", "score jumps"];
    let count = |name: &&'static str| {
        let line = said.lines().find_map(|line| {
            let (number, rest) = line.trim_start().split_once(' ')?;
            rest.starts_with(*name).then(|| number.replace(',', "").parse::<u64>())
        });
        (*name, line.expect("a line of the summary").expect("a number"))
    };
    names.iter().map(count).collect()
}

fn jumps(said: &str) -> Vec<&str> {
    said.lines().filter(|line| line.contains(" → ")).collect()
}

/// All but what a clock says.
fn timeless(said: &str) -> Vec<&str> {
    said.lines().filter(|line| !line.ends_with("records/s")).collect()
}

#[test]
fn counts_add_up_to_what_was_sent() {
    let plan = Plan { seed: 7, leads: 300, start_ms: START_MS, days: 20 };
    let said = said(&["--seed", "7", "--leads", "300", "--days", "20"]);
    let sent: Vec<Fate> = Mishaps::new(Journeys::new(&plan), plan.seed)
        .filter(|sent| sent.at_ms < plan.end_ms())
        .map(|sent| sent.fate)
        .collect();
    let of = |fate: Fate| sent.iter().filter(|sent| **sent == fate).count() as u64;
    let counts = counts(&said);
    assert_eq!(counts["records"], sent.len() as u64, "{said}");
    assert_eq!(counts["duplicates"], of(Fate::Duplicate), "{said}");
    assert_eq!(counts["dead letters"], of(Fate::Broken), "{said}");
    assert_eq!(counts["score changes"] + counts["unsaid"], of(Fate::Event), "{said}");
    assert_eq!(counts["score jumps"], jumps(&said).len() as u64, "{said}");
    assert!(counts.values().all(|count| *count > 0), "{said}");
}

#[test]
fn every_jump_says_why() {
    let said = said(&[]);
    let jumps = jumps(&said);
    assert!(!jumps.is_empty(), "{said}");
    for jump in &jumps {
        let (_, because) = jump.split_once("  because of ").unwrap_or_else(|| panic!("no reason: {jump}"));
        assert!(!because.is_empty(), "{jump}");
        let scores: Vec<&str> = jump.split_whitespace().skip(3).take(3).collect();
        let [from, "→", to] = scores[..] else { panic!("no scores: {jump}") };
        let to: u8 = to.parse().expect("a score");
        assert!(from == "new" || from.parse::<u8>().expect("a score") < to, "{jump}");
    }
    assert!(said.contains("visits to pricing in 7 days"), "{said}");
    assert!(said.contains("needle run --set kafka.bootstrap.servers="), "{said}");
}

#[test]
fn a_seed_says_the_same_again_and_another_does_not() {
    let of = |seed: &str| said(&["--seed", seed, "--leads", "150"]);
    let (first, again, other) = (of("3"), of("3"), of("4"));
    assert_eq!(timeless(&first), timeless(&again));
    assert_ne!(timeless(&first), timeless(&other));
}

#[test]
fn a_configuration_is_refused_rather_than_ignored() {
    let output = Command::new(env!("CARGO_BIN_EXE_needle")).args(["--set", "a=b", "demo"]).output().expect("starts");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert_eq!(demo(&["--set", "a=b"]).status.code(), Some(2));
}
