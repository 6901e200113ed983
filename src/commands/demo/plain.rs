//! The demo in lines: one for each jump, and a summary.

use std::fmt;
use std::io::{self, Write};

use jiff::Timestamp;

use super::board::Entry;
use super::pipeline::LANES;
use super::stage::Stage;
use crate::commands::Failure;
use crate::simulate::DAY_MS;

/// Simulated time from commit to commit. Small enough that lines come in the order of their instants.
const STEP_MS: i64 = DAY_MS / 24;
/// Leads that the summary lists.
const HOTTEST: usize = 5;

/// Says each jump in a line as it happens, at full speed.
///
/// # Errors
/// Those of `out`, and those of the lanes.
pub fn show(stage: &mut Stage, out: &mut impl Write) -> Result<(), Failure> {
    let plan = stage.plan;
    let (leads, seed) = (plan.leads, plan.seed);
    writeln!(
        out,
        "{leads} invented people, {} days, seed {seed}. Each line is a jump of a lead's score:\n",
        plan.days
    )?;
    while !stage.is_over() {
        for jump in stage.advance_to(stage.now_ms() + STEP_MS)? {
            line(&jump, out)?;
        }
    }
    Ok(writeln!(out)?)
}

fn line(jump: &Entry, out: &mut impl Write) -> io::Result<()> {
    let Entry { lead, score, rule, .. } = jump;
    let (at, from, because) = (minute(jump.at_ms), Score(jump.from), jump.because.join(", "));
    writeln!(out, "{at}  {rule:<5}  {from:>3} → {score:<3}  {lead:<30}  because of {because}")
}

/// `2026-01-14 10:32`, UTC.
pub fn minute(at_ms: i64) -> String {
    shown(at_ms, "%Y-%m-%d %H:%M")
}

/// An instant in UTC; one that no calendar holds as milliseconds.
pub fn shown(at_ms: i64, format: &str) -> String {
    Timestamp::from_millisecond(at_ms).map_or_else(|_| at_ms.to_string(), |at| at.strftime(format).to_string())
}

/// A score that may not have been said yet.
pub struct Score(pub Option<u8>);

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(score) => fmt::Display::fmt(&score, f),
            None => f.pad("new"),
        }
    }
}

/// What came of it all, and what to do next.
///
/// # Errors
/// Those of `out`.
pub fn summary(stage: &Stage, out: &mut impl Write) -> io::Result<()> {
    hottest(stage, out)?;
    counted(stage, out)?;
    timed(stage, out)?;
    next(out)
}

fn hottest(stage: &Stage, out: &mut impl Write) -> io::Result<()> {
    let until = minute(stage.now_ms());
    writeln!(out, "Hottest leads of the 7 days until {until} UTC")?;
    let hottest = stage.board.hottest(stage.now_ms(), HOTTEST);
    let width = hottest.iter().map(|lead| lead.lead.len()).max().unwrap_or(0);
    for Entry { lead, score, band, because, .. } in hottest {
        let strongest = because.first().map_or("", String::as_str);
        writeln!(out, "  {score:>3} {band}  {lead:<width$}  {strongest}")?;
    }
    writeln!(out)
}

/// Records = score changes + unsaid + duplicates + dead letters.
fn counted(stage: &Stage, out: &mut impl Write) -> io::Result<()> {
    let counts = stage.pipeline.counts();
    let (leads, transactions) = (grouped(stage.pipeline.leads() as u64), grouped(counts.transactions));
    let mut row = |count: u64, name: &str, what: &str| writeln!(out, "{:>9} {name:<13} {what}", grouped(count));
    row(counts.records, "records", &format!("of {leads} leads, by {LANES} lanes in {transactions} transactions:"))?;
    row(counts.score_changes, "score changes", "said, each with its reasons")?;
    row(counts.unsaid(), "unsaid", "left the score of their lead as it was")?;
    row(counts.duplicates, "duplicates", "came a second time: changed nothing")?;
    let reasons = listed(counts.dead_letters.iter().map(|(reason, count)| (reason.name(), *count)));
    row(counts.all_dead_letters(), "dead letters", &format!("set aside: {reasons}"))?;
    let rules = stage.rules.iter().map(String::as_str);
    let rules = listed(rules.zip(counts.score_jumps.iter().copied()));
    row(counts.all_score_jumps(), "score jumps", &format!("said beside their score changes: {rules}"))
}

/// `hot 26, surge 28`.
fn listed<'a>(counts: impl Iterator<Item = (&'a str, u64)>) -> String {
    let counts: Vec<String> = counts.map(|(name, count)| format!("{name} {}", grouped(count))).collect();
    if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }
}

fn timed(stage: &Stage, out: &mut impl Write) -> io::Result<()> {
    let days = (stage.now_ms() - stage.plan.start_ms) as f64 / DAY_MS as f64;
    let (seconds, busy) = (stage.seconds(), stage.pipeline.busy().as_secs_f64());
    let speed = grouped((stage.pipeline.counts().records as f64 / busy.max(0.001)) as u64);
    writeln!(
        out,
        "\n{days:.0} simulated days in {seconds:.1} s; the lanes worked {busy:.2} s of it: {speed} records/s\n"
    )
}

fn next(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "Next")?;
    for (command, what) in [
        ("needle check", "what a configuration means"),
        ("needle replay --events FILE --out DIR", "your own events from files"),
        ("needle run --set kafka.bootstrap.servers=HOST:9092", "the service on your Kafka"),
    ] {
        writeln!(out, "  {command:<50}  {what}")?;
    }
    Ok(())
}

/// `12,345`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
