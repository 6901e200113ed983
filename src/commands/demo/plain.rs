//! The demo in lines: one for each jump, and a summary.

use std::fmt;
use std::io::{self, Write};

use jiff::Timestamp;

use super::board::Entry;
use super::pipeline::{LANES, PARTITIONS};
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
    writeln!(out, "{leads} simulated leads, {} days, seed {seed}. Each line is a jump:\n", plan.days)?;
    while !stage.is_over() {
        for jump in stage.advance_to(stage.now_ms() + STEP_MS)? {
            line(&jump, out)?;
        }
    }
    Ok(writeln!(out)?)
}

fn line(jump: &Entry, out: &mut impl Write) -> io::Result<()> {
    let Entry { lead, score, because, rule, .. } = jump;
    let (at, from) = (minute(jump.at_ms), Score(jump.from));
    writeln!(out, "{at}  {rule:<5}  {from:>3} → {score:<3}  {lead}: {score}, because of {because}")
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
        writeln!(out, "  {score:>3} {band}  {lead:<width$}  {because}")?;
    }
    writeln!(out)
}

/// Records = score changes + too small to be said + duplicates + dead letters.
fn counted(stage: &Stage, out: &mut impl Write) -> io::Result<()> {
    let counts = stage.pipeline.counts();
    let leads = grouped(stage.pipeline.leads() as u64);
    let mut row = |count: u64, name: &str, what: &str| writeln!(out, "  {:>9}  {name:<14} {what}", grouped(count),);
    let transactions = grouped(counts.transactions);
    let shared = format!("on {PARTITIONS} partitions, by {LANES} lanes in {transactions} transactions");
    row(counts.records, "records", &format!("of {leads} leads, {shared}; of these"))?;
    row(counts.score_changes, "score changes", "were said, each with its reasons")?;
    row(counts.unsaid(), "unsaid", "moved their lead's score by less than a point")?;
    row(counts.duplicates, "duplicates", "came a second time, and changed nothing")?;
    let reasons = counts.dead_letters.iter().map(|(reason, count)| format!("{} {count}", reason.name()));
    let reasons = reasons.collect::<Vec<_>>().join(", ");
    row(
        counts.all_dead_letters(),
        "dead letters",
        &format!("could not be read, and were set aside whole ({reasons})"),
    )?;
    let rules = stage.rules.iter().zip(counts.score_jumps.iter());
    let rules = rules.map(|(rule, count)| format!("{rule} {count}")).collect::<Vec<_>>().join(", ");
    row(counts.all_score_jumps(), "score jumps", &format!("were said beside their score changes ({rules})"))
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
        ("needle check", "what the configuration says, in words"),
        ("needle replay --events FILE --out DIR", "the same over your own events, from files"),
        ("needle run --set kafka.bootstrap.servers=HOST:9092", "the same as a service on your Kafka"),
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
