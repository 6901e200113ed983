//! A lead as a running lane holds it, drawn as `needle lead` draws it.

use indicatif::ProgressBar;

use super::LeadName;
use super::draw::draw;
use super::picture::{Picture, Searched};
use super::question::Question;
use super::reading::{patiently, read};
use super::said::Change;
use super::search::{Found, Stand};
use crate::commands::assembly::Assembly;
use crate::decision::Decisions;
use crate::lane::questions::Held;
use crate::lead::facts::Facts;
use crate::log::kafka::KafkaSource;
use crate::log::{Source, Stream};

/// How far back the topic of score changes is searched for what was said: somebody waits for the answer.
const TAIL_RECORDS: i64 = 20_000;
/// How many changes are shown.
const CHANGES: usize = 10;

/// Draws what lanes hold of a lead, and what was said of it last, as far as that is near the topic's end.
pub fn live(
    assembly: &Assembly,
    name: &LeadName,
    held: Vec<Held>,
    source: &mut KafkaSource,
) -> anyhow::Result<Picture> {
    let question = Question { name: name.clone(), key: name.key(), at: Vec::new(), partition: None };
    let mut picture = Picture::new(name, &assembly.config);
    for Held { partition, inputs, facts: packed, decisions } in held {
        let mut facts = Facts::default();
        facts.decode(&packed)?;
        let inputs = inputs.iter().map(|input| Stand { topic: input.topic, begin: input.from, next: input.committed });
        let found = Found {
            partition,
            inputs: inputs.collect(),
            head: None,
            passed_over: Vec::new(),
            records: 0,
            facts,
            decisions: Decisions::decode(&decisions)?,
            overtaken: None,
            changes: last_changes(source, partition, &question.key)?,
            replay: None,
        };
        picture.partitions.push(draw(assembly, &question, found)?);
        picture.searched.push(Searched { partition, records_read: 0, outcome: "found", why: None });
    }
    picture.found = !picture.partitions.is_empty();
    picture.limit(CHANGES);
    Ok(picture)
}

fn last_changes(source: &mut KafkaSource, partition: i32, key: &[u8]) -> anyhow::Result<Vec<Change>> {
    let bounds = patiently(|| source.bounds(Stream::ScoreChanges, partition))?;
    let from = bounds.low.max(bounds.high - TAIL_RECORDS);
    let mut changes = Vec::new();
    read(source, (Stream::ScoreChanges, partition), from..bounds.high, &ProgressBar::hidden(), |record| {
        if record.key == Some(key) {
            changes.extend(Change::read(record.value, record.headers, Some(record.offset)));
        }
        Ok(())
    })?;
    Ok(changes)
}
