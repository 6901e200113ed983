//! What is said of one row: a score change with its reasons, and jumps, as records on their way out.

use std::sync::Arc;

use super::outbox::Outbox;
use super::rows::Rows;
use crate::config::Config;
use crate::decision::{Bands, Explorer, Rules, Shares, Verdict};
use crate::features::Schema;
use crate::log::Stream;
use crate::model::{Explanation, Model, Reasons, Scored};
use crate::wire::change::{Cause, CausingEvent, InputPosition, Jump, Moved, Reason, ScoreChange};
use crate::wire::encode::encode_change;
use crate::wire::instant::event_time;

/// Header of a score change that carries the lead's decisions whole.
pub const DECISIONS: &str = "needle_decisions";

/// Puts into words, and into records. Its buffers are reused from row to row.
pub struct Reporter {
    config: Arc<Config>,
    schema: Arc<Schema>,
    bands: Bands,
    explorer: Explorer,
    source: String,
    difference: Explanation,
    now: Worded,
    moved: Worded,
    /// `None` where the last score was said by another model, or never.
    moved_points: Option<f64>,
}

/// Reasons and their sentences.
#[derive(Default)]
struct Worded {
    reasons: Reasons,
    sentences: Vec<String>,
}

/// What was decided on a row.
pub struct Said<'a> {
    pub scored: Scored,
    pub verdict: &'a Verdict,
    /// As of when the score was said before.
    pub since_ms: i64,
    pub model: &'a Model,
    /// When the lead falls below its band if it stays silent.
    pub cold_in_days: Option<u32>,
    /// As they are kept.
    pub decisions: &'a [u8],
}

/// A record that goes out, and where.
struct Destination {
    stream: Stream,
    partition: i32,
}

impl Reporter {
    pub fn new(config: &Arc<Config>, schema: &Arc<Schema>) -> Self {
        Self {
            config: config.clone(),
            schema: schema.clone(),
            bands: Bands::new(&config.scoring.bands),
            explorer: Explorer::new(config),
            source: format!("needle/{}", config.service.application),
            difference: Explanation::default(),
            now: Worded::default(),
            moved: Worded::default(),
            moved_points: None,
        }
    }

    /// Chooses the reasons of a row's `points`, and of how they differ from what was said `then`.
    pub fn explain(&mut self, model: &Model, row: &[f64], points: f64, explanation: &Explanation, then: &Shares) {
        let count = self.config.scoring.reasons;
        self.now.reasons.choose(explanation, points, count);
        self.now.word(&self.schema, row);
        // Nobody has asked why the score lies where it does, nor by what it moved.
        let then_points = then.points(model.fingerprint()).filter(|_| count > 0);
        self.moved_points = then_points.map(|then| points - then);
        if let Some(moved) = self.moved_points {
            then.difference(explanation, &mut self.difference);
            self.moved.reasons.choose(&self.difference, moved, count);
            self.moved.word(&self.schema, row);
        }
    }

    /// The score change of a row that was explained just now, and its jumps.
    pub fn write(
        &self,
        rows: &Rows,
        index: usize,
        said: &Said<'_>,
        rules: &Rules,
        partition: i32,
        outbox: &mut Outbox,
    ) {
        let (row, features) = (rows.row(index), rows.features(index));
        let reasons = self.now.reasons(&self.schema, features);
        let moved = self.moved_points.map(|points| (points, self.moved.reasons(&self.schema, features)));
        let mut change = ScoreChange {
            tenant: rows.tenant(index),
            lead: rows.lead(index),
            score: said.scored.score,
            previous: said.verdict.previous,
            band: self.bands.name(said.scored.score),
            probability: said.scored.probability,
            cause: row.cause,
            reasons: &reasons,
            base: self.now.reasons.base,
            other: self.now.reasons.other,
            moved: moved.as_ref().map(|(points, reasons)| Moved {
                since_ms: said.since_ms,
                points: *points,
                reasons,
                other: self.moved.reasons.other,
            }),
            cold_in_days: said.cold_in_days,
            explore: self.explorer.propensity(rows.key(index), said.scored.score),
            model_version: said.model.version(),
            model_kind: said.model.kind(),
            event: row.event.map(|(kind, at_ms)| {
                let (id, name) = (rows.id(index), rows.name(index));
                CausingEvent { id, kind, name, at_ms }
            }),
            as_of_ms: row.as_of_ms,
            input: InputPosition { topic: rows.topic(index), partition: row.partition, offset: row.offset },
            jump: None,
        };
        let changes = Destination { stream: Stream::ScoreChanges, partition };
        self.send(changes, rows, index, &change, Some(said.decisions), outbox);
        for jump in &said.verdict.jumps {
            change.jump = Some(Jump { rule: rules.name(jump.rule), from: jump.from });
            self.send(Destination { stream: Stream::ScoreJumps, partition }, rows, index, &change, None, outbox);
        }
    }

    fn send(
        &self,
        to: Destination,
        rows: &Rows,
        index: usize,
        change: &ScoreChange<'_>,
        decisions: Option<&[u8]>,
        outbox: &mut Outbox,
    ) {
        let (row, key) = (rows.row(index), rows.key(index));
        let mut record = outbox.draft(to.stream, to.partition, row.record_at_ms);
        record.key(Some(key.as_bytes())).value_with(|bytes| encode_change(change, bytes));
        record.header("ce_specversion", b"1.0");
        record.header_with("ce_id", |bytes| cloud_event_id(row.item, key, change, bytes));
        record.header("ce_source", self.source.as_bytes());
        let kind = if change.jump.is_some() { "needle.score.jumped" } else { "needle.score.changed" };
        record.header("ce_type", kind.as_bytes());
        record.header("ce_subject", key.as_bytes());
        record.header_with("ce_time", |bytes| event_time(row.as_of_ms, bytes));
        record.header("content-type", b"application/json");
        if let Some(decisions) = decisions {
            record.header(DECISIONS, decisions);
        }
        record.send();
    }
}

impl Worded {
    /// Writes the sentences of the reasons.
    fn word(&mut self, schema: &Schema, row: &[f64]) {
        let strongest = &self.reasons.strongest;
        self.sentences.resize_with(self.sentences.len().max(strongest.len()), String::new);
        for (sentence, (feature, _)) in self.sentences.iter_mut().zip(strongest) {
            sentence.clear();
            schema.sentence(*feature, row[*feature], sentence);
        }
    }

    fn reasons<'a>(&'a self, schema: &'a Schema, row: &[f64]) -> Vec<Reason<'a>> {
        let reason = |((feature, points), text): (&(usize, f64), &'a String)| Reason {
            feature: &schema.features()[*feature].name,
            value: row[*feature],
            points: *points,
            text,
        };
        self.reasons.strongest.iter().zip(&self.sentences).map(reason).collect()
    }
}

/// The same after any restart: where the causing record lies, which `item` of its batch, which rule. Of a sweep: the position after
/// the record that the lead has taken in last, the cause, the lead's `key`, and by which model or as of when it was rescored: several
/// sweeps can find a lead at the same position.
fn cloud_event_id(item: Option<u32>, key: &str, change: &ScoreChange<'_>, bytes: &mut Vec<u8>) {
    let InputPosition { topic, partition, offset } = change.input;
    let mut digits = itoa::Buffer::new();
    bytes.extend_from_slice(topic.as_bytes());
    let offset = if change.cause == Cause::Event { offset } else { offset + 1 };
    for number in [Some(i64::from(partition)), Some(offset), item.map(i64::from)].into_iter().flatten() {
        bytes.push(b'-');
        bytes.extend_from_slice(digits.format(number).as_bytes());
    }
    let sweep = match change.cause {
        Cause::Event => None,
        Cause::Model => Some(change.model_version),
        Cause::Decay => Some(digits.format(change.as_of_ms)),
    };
    let words = sweep.map(|which| [change.cause.name(), key, which]).into_iter().flatten();
    for word in words.chain(change.jump.map(|jump| jump.rule)) {
        bytes.push(b'-');
        bytes.extend_from_slice(word.as_bytes());
    }
}
