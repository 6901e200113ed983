//! `needle replay`: the service's own lane, on files.

use std::cell::Cell;
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use super::assembly::{Archive, Assembly};
use super::progress::styled;
use crate::config::Config;
use crate::lane::snapshots::Clock;
use crate::lane::tally::Tally;
use crate::lane::{Lane, LaneError, Observer, Snapshots, State};
use crate::log::Output;
use crate::log::file::{FileLog, Inputs, Progress, Results};
use crate::wire::dead_letter;
use crate::wire::kcat::LineReader;
use crate::wire::record::{OwnedHeaders, OwnedRecord};

/// Milliseconds between flushes.
const COMMIT_INTERVAL_MS: i64 = 200;

/// How long a look at snapshots that are being written may be late.
const SNAPSHOT_WAIT: Duration = Duration::from_micros(200);

/// Sends `events` through the pipeline, in their order. Results go to `out`, without it score changes go to standard output.
pub fn replay(config: Config, events: &[String], out: Option<&Path>) -> anyhow::Result<()> {
    let assembly = Assembly::new(config)?.with_published_models()?;
    let archive = if out.is_some() { archive(&assembly, events)? } else { None };
    let inputs = Inputs::new(events, Box::new(line_reader()))?;
    let stdout = StandardOutput::default();
    let results = match out {
        Some(dir) => Results::create(dir, Box::new(dead_letter_line))?,
        None => Results::stream(Box::new(stdout.clone())),
    };
    let bar = progress_bar(inputs.progress());
    let shown = bar.clone();
    let mut log = FileLog::new(inputs, results, move |progress| shown.set_position(progress.bytes));
    let snapshots = archive.as_ref().map(|archive| Snapshots {
        keeper: archive.keeper.clone(),
        interval_ms: 1000 * assembly.config.snapshots.interval_seconds as i64,
        clock: Clock::Records,
        history_days: assembly.config.snapshots.history_days,
    });
    if let Some(snapshots) = &snapshots {
        log = log.cut_every(snapshots.interval_ms);
    }
    // A file takes records of any size: nothing is cut.
    let lane = Lane::new(log, assembly.step(usize::MAX), COMMIT_INTERVAL_MS, Default::default()).keeping(snapshots);
    let (mut sum, began) = (Sum::default(), Instant::now());
    let ended = to_the_end(lane, began, &mut sum);
    bar.finish_and_clear();
    if stdout.reader_is_gone.get() {
        // Whoever read the results has had enough, as `head` has: no failure of ours.
        return Ok(());
    }
    ended?;
    tracing::info!(
        events = sum.events,
        duplicates = sum.duplicates,
        score_changes = sum.score_changes,
        score_jumps = sum.score_jumps,
        dead_letters = sum.dead_letters,
        seconds = began.elapsed().as_secs_f64(),
        "replayed"
    );
    Ok(())
}

fn to_the_end(mut lane: Lane<FileLog>, began: Instant, sum: &mut Sum) -> Result<(), LaneError> {
    let now_ms = || began.elapsed().as_millis() as i64;
    while lane.state() != State::Running || !lane.log().is_done() {
        lane.keep(now_ms(), sum)?;
        lane.turn(now_ms(), Duration::ZERO, sum)?;
        pause_for(&lane);
    }
    while !lane.save_all(now_ms(), sum)? {
        pause_for(&lane);
    }
    lane.finish(now_ms(), sum)
}

/// What is being written is waited for, not asked for again and again.
fn pause_for(lane: &Lane<FileLog>) {
    if lane.waits_for_snapshots() {
        std::thread::sleep(SNAPSHOT_WAIT);
    }
}

/// Snapshots, where somebody has said where: who only looks at what would be said leaves nothing behind.
fn archive(assembly: &Assembly, events: &[String]) -> anyhow::Result<Option<Archive>> {
    let config = &assembly.config;
    let url = &config.snapshots.url;
    if !config.snapshots.url_is_said {
        tracing::info!("no snapshots are written: snapshots.url is not set");
        return Ok(None);
    }
    // As the score changes name it.
    let mut topics = config.topics.events.clone();
    if let [file] = events {
        topics[0] = topic_of(file);
    }
    let archive = assembly.archive(&topics)?;
    let application = &config.service.application;
    let holds = archive.holds(application, 0).map_err(|error| anyhow::anyhow!("snapshots.url: {url:?} {error}"))?;
    anyhow::ensure!(
        !holds,
        "snapshots.url: {url:?} holds snapshots of {application:?} already; name another place with --set snapshots.url=..., or remove them"
    );
    Ok(Some(archive))
}

/// The topic that bare events of a file are taken to come from.
fn topic_of(file: &str) -> String {
    Path::new(file).file_name().map_or(file.into(), |name| name.to_string_lossy()).into_owned()
}

/// Standard output, which remembers that its reader has gone.
#[derive(Clone, Default)]
struct StandardOutput {
    reader_is_gone: Rc<Cell<bool>>,
}

impl StandardOutput {
    fn watched<T>(&self, done: io::Result<T>) -> io::Result<T> {
        done.inspect_err(|error| self.reader_is_gone.set(error.kind() == io::ErrorKind::BrokenPipe))
    }
}

impl Write for StandardOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.watched(io::stdout().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.watched(io::stdout().flush())
    }
}

/// What a line means: a record as `kcat -J` prints it, or a bare event. What claims to be a record and is none is set aside whole,
/// for reasons of the event that it is not; so the first of these is told as what it is.
fn line_reader() -> impl FnMut(&str, u64, &[u8], &mut OwnedRecord) {
    let (mut lines, mut told) = (LineReader::default(), false);
    move |file, number, line, record| {
        let topic = topic_of(file);
        *record = lines.read(line, &topic, number as i64).unwrap_or_else(|error| {
            if !std::mem::replace(&mut told, true) {
                tracing::warn!(file, line = number + 1, %error, "not a record as kcat -J prints it: a dead letter, as others like it");
            }
            OwnedRecord {
                topic: topic.clone(),
                partition: 0,
                offset: number as i64,
                at_ms: -1,
                key: None,
                value: Some(line.to_vec()),
                headers: OwnedHeaders::new(),
            }
        });
    }
}

fn dead_letter_line(output: &Output<'_>, line: &mut Vec<u8>) {
    let at_ms = output.caused_at_ms.unwrap_or(-1);
    dead_letter::write_as_line(output.key, output.value, output.headers, at_ms, line);
    // The results end lines themselves.
    line.pop();
}

/// On a terminal; where standard error is none it stays silent.
fn progress_bar(progress: Progress) -> ProgressBar {
    match progress.total_bytes {
        Some(total) => styled(ProgressBar::new(total), "{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta} left"),
        None => ProgressBar::new_spinner(),
    }
}

/// All that was committed, in sum.
#[derive(Default)]
struct Sum {
    events: u64,
    duplicates: u64,
    score_changes: u64,
    score_jumps: u64,
    dead_letters: u64,
}

impl Observer for Sum {
    fn committed(&mut self, tally: &Tally) {
        self.events += tally.events.iter().flatten().sum::<u64>();
        self.duplicates += tally.duplicates;
        self.score_changes += tally.score_changes.iter().sum::<u64>();
        self.score_jumps += tally.score_jumps.iter().sum::<u64>();
        self.dead_letters += tally.dead_letters.iter().map(|(_, count)| count).sum::<u64>();
    }
}
