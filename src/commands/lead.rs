//! `needle lead`: all that is known of one lead, now or right after a record of the past.
//!
//! It looks at what a service has committed, and disturbs nobody: it joins no group and begins no transaction. It takes the way that a
//! lane takes to bring a partition back, a snapshot and then the input beyond it, but folds this one lead and passes
//! over all others, so that a partition of any size fits into little memory. Which partition a lead's events lie on is its producers'
//! business: all are searched.

use std::io::{self, Write};
use std::sync::Arc;

use indicatif::ProgressBar;

use super::Failure;
use super::assembly::Assembly;
use super::progress::styled;
use crate::config::Config;
use crate::log::kafka::KafkaSource;
use args::LeadArgs;
use draw::draw;
use picture::{Picture, Searched};
use question::Question;
use search::{Found, Outcome, Search};

pub mod args;
mod draw;
mod live;
mod loading;
mod picture;
mod question;
mod reading;
mod said;
mod search;
mod text;

pub use args::LeadName;
pub use live::live;

/// Looks for the lead and prints every partition that holds it.
///
/// # Errors
/// A position that makes no sense ([`Failure::Usage`]); brokers or snapshots that cannot be read; a lead that is not there.
pub fn lead(config: Config, args: &LeadArgs, out: &mut impl Write) -> Result<(), Failure> {
    let question = Question::new(&config, args)?;
    let assembly = Assembly::new(config)?.with_published_models()?;
    let mut answer = look(&assembly, &question)?;
    let found = !answer.partitions.is_empty();
    if args.json {
        answer.limit(args.changes);
        serde_json::to_writer(&mut *out, &answer).map_err(io::Error::from)?;
        writeln!(out)?;
    } else if found {
        text::write(&answer, &text::Taste { all_features: args.all_features, changes: args.changes }, out)?;
    }
    if found { Ok(()) } else { Err(Failure::Running(anyhow::anyhow!("{}", text::not_found(&answer)))) }
}

fn look(assembly: &Assembly, question: &Question) -> anyhow::Result<Picture> {
    let config = &assembly.config;
    let source = KafkaSource::new(Arc::clone(config))?;
    let partitions = reading::patiently(|| source.partitions())?;
    if let Some(partition) = question.partition.filter(|partition| *partition >= partitions) {
        anyhow::bail!("there is no partition {partition}: the input has {partitions}");
    }
    if !reading::patiently(|| source.has_score_changes())? {
        let (application, topic) = (&config.service.application, &config.topics.score_changes);
        anyhow::bail!("topic {topic} does not exist: has `needle run` ever run as the application {application:?}?");
    }
    let archive = assembly.archive(&config.topics.events)?;
    let bar = progress_bar();
    let mut search = Search::new(assembly, question, source, archive.keeper.clone(), bar.clone())?;
    let mut answer = Picture::new(&question.name, config);
    for partition in (0..partitions).filter(|partition| question.partition.is_none_or(|only| only == *partition)) {
        bar.set_message(format!("partition {partition} of {partitions}"));
        let (records, outcome) = match search.partition(partition)? {
            Outcome::NothingCommitted => (0, "nothing_committed"),
            Outcome::NotHere { records } => (records, "not_here"),
            Outcome::Found(found) => {
                let Found { records, .. } = *found;
                answer.partitions.push(draw(assembly, question, *found)?);
                (records, "found")
            }
            Outcome::Cut { why } => {
                bar.suspend(|| tracing::warn!(partition, "{why}"));
                answer.searched.push(Searched { partition, records_read: 0, outcome: "cut", why: Some(why) });
                continue;
            }
        };
        answer.searched.push(Searched { partition, records_read: records, outcome, why: None });
    }
    answer.found = !answer.partitions.is_empty();
    bar.finish_and_clear();
    Ok(answer)
}

/// On standard error where that is a terminal, else silent.
fn progress_bar() -> ProgressBar {
    styled(ProgressBar::no_length(), "{msg} {wide_bar} {human_pos}/{human_len} records {per_sec}")
}
