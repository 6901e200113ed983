//! The second half of a step: scores the rows, decides in order, and writes what is to be said.

use std::ops::Range;
use std::sync::Arc;

use super::error::StepError;
use super::outbox::Outbox;
use super::shard::Shard;
use super::tally::Tally;
use crate::config::{Config, Topics};
use crate::decision::{Bands, Decisions, Rules, Verdict};
use crate::features::Schema;
use crate::log::Stream;
use crate::model::served::Room;
use crate::model::{Explanation, Model, Reasons, Scored, Served};
use crate::wire::change::{Cause, CausingEvent, InputPosition, Jump, Reason, ScoreChange};
use crate::wire::encode::encode_change;
use crate::wire::event::{Event, EventType};
use crate::wire::instant::event_time;
use crate::wire::record::Record;

/// Header of a score change that carries the lead's decisions whole.
pub const DECISIONS: &str = "needle_decisions";

/// One event that waits for its score.
pub struct Row {
    hash: u64,
    kind: EventType,
    at_ms: i64,
    as_of_ms: i64,
    record_at_ms: i64,
    topic: usize,
    partition: i32,
    offset: i64,
    item: Option<u32>,
    texts: Texts,
}

/// Where a row's texts lie in the speaker's buffer.
#[derive(Default)]
struct Texts {
    key: Range<usize>,
    tenant: usize,
    id: Range<usize>,
    name: Option<Range<usize>>,
}

impl Row {
    pub fn of(
        record: &Record<'_>,
        topic: usize,
        item: Option<u32>,
        hash: u64,
        as_of_ms: i64,
        event: &Event<'_>,
    ) -> Self {
        let (kind, at_ms) = (event.kind, event.at_ms);
        let (partition, offset) = (record.partition, record.offset);
        let texts = Texts::default();
        Self { hash, kind, at_ms, as_of_ms, record_at_ms: record.at_ms, topic, partition, offset, item, texts }
    }
}

/// Rows that wait, and all that saying needs.
pub struct Speaker {
    config: Arc<Config>,
    schema: Arc<Schema>,
    models: Arc<Served>,
    rules: Rules,
    bands: Bands,
    source: String,
    rows: Vec<Row>,
    matrix: Vec<f64>,
    texts: String,
    /// Name of each input topic, as its records give it.
    topics: Vec<String>,
    /// Of each row, its model's place in `models`.
    places: Vec<usize>,
    room: Room,
    scored: Vec<Scored>,
    decisions: Decisions,
    verdict: Verdict,
    explanation: Explanation,
    reasons: Reasons,
    sentences: Vec<String>,
    facts: Vec<u8>,
    bytes: Vec<u8>,
}

impl Speaker {
    pub fn new(config: &Arc<Config>, schema: &Arc<Schema>, models: &Arc<Served>, rules: &Rules) -> Self {
        Self {
            config: config.clone(),
            schema: schema.clone(),
            models: models.clone(),
            rules: rules.clone(),
            bands: Bands::new(&config.scoring.bands),
            source: format!("needle/{}", config.service.application),
            rows: Vec::new(),
            matrix: Vec::new(),
            texts: String::new(),
            topics: Vec::new(),
            places: Vec::new(),
            room: Room::default(),
            scored: Vec::new(),
            decisions: Decisions::default(),
            verdict: Verdict::default(),
            explanation: Explanation::default(),
            reasons: Reasons::default(),
            sentences: Vec::new(),
            facts: Vec::new(),
            bytes: Vec::new(),
        }
    }

    pub fn topics(&self) -> &Topics {
        &self.config.topics
    }

    pub fn models(&self) -> &Arc<Served> {
        &self.models
    }

    /// Rows that wait are scored by these models too, so there should be none.
    pub fn serve(&mut self, models: Arc<Served>) {
        self.models = models;
    }

    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Appends a row and returns its features, to be written.
    pub fn push(&mut self, mut row: Row, topic: &str, event: &Event<'_>) -> &mut [f64] {
        let mut keep = |parts: [&str; 3]| {
            let start = self.texts.len();
            parts.iter().for_each(|part| self.texts.push_str(part));
            start..self.texts.len()
        };
        row.texts = Texts {
            key: keep([event.tenant, "/", event.lead]),
            tenant: event.tenant.len(),
            id: keep([event.id, "", ""]),
            name: event.name.map(|name| keep([name, "", ""])),
        };
        if self.topics.len() <= row.topic {
            self.topics.resize_with(row.topic + 1, String::new);
        }
        if self.topics[row.topic] != topic {
            topic.clone_into(&mut self.topics[row.topic]);
        }
        self.rows.push(row);
        let start = self.matrix.len();
        self.matrix.resize(start + self.schema.width(), 0.0);
        &mut self.matrix[start..]
    }

    pub fn clear(&mut self) {
        self.rows.clear();
        self.matrix.clear();
        self.texts.clear();
    }

    /// Scores all rows, decides on each in order, and writes what is to be said. All rows belong to `shard`.
    pub fn speak(&mut self, shard: &mut Shard, outbox: &mut Outbox, tally: &mut Tally) -> Result<(), StepError> {
        if self.rows.is_empty() {
            return Ok(());
        }
        self.score();
        for index in 0..self.rows.len() {
            let scored = self.scored[index];
            let row = &mut self.rows[index];
            let key = self.texts[row.texts.key.clone()].as_bytes();
            let Some(kept) = shard.leads().get(row.hash, key) else { continue };
            self.decisions.decode_into(kept.decisions)?;
            // The newest touchpoint may have come again with a smaller instant; what was said as of it stands.
            row.as_of_ms = row.as_of_ms.max(self.decisions.said().map_or(0, |said| said.at_ms));
            self.rules.decide(&mut self.decisions, scored.score, row.as_of_ms, &mut self.verdict);
            if !self.verdict.say {
                continue;
            }
            self.bytes.clear();
            self.decisions.encode(&mut self.bytes);
            shard.write_decisions(row.hash, key, &self.bytes, &mut self.facts)?;
            tally.score_change(Cause::Event, scored.score);
            self.verdict.jumps.iter().for_each(|jump| tally.score_jump(jump.rule));
            self.explain(index);
            self.write(index, shard.partition, outbox);
        }
        self.clear();
        Ok(())
    }

    /// Scores all rows, each by its tenant's model.
    fn score(&mut self) {
        let Self { models, schema, rows, texts, matrix, places, room, scored, .. } = self;
        let tenant = |row: &Row| &texts[row.texts.key.clone()][..row.texts.tenant];
        places.clear();
        places.extend(rows.iter().map(|row| models.place(tenant(row))));
        models.score(matrix, schema.width(), places, room, scored);
    }

    /// The model of a row that is scored.
    fn model(&self, index: usize) -> &Model {
        self.models.model(self.places[index])
    }

    /// Reasons and sentences of one row.
    fn explain(&mut self, index: usize) {
        let width = self.schema.width();
        let features = &self.matrix[index * width..][..width];
        self.models.model(self.places[index]).explain(features, &mut self.explanation);
        self.reasons.choose(&self.explanation, self.scored[index].points, self.config.scoring.reasons);
        self.sentences.resize_with(self.reasons.strongest.len(), String::new);
        for (sentence, (feature, _)) in self.sentences.iter_mut().zip(&self.reasons.strongest) {
            sentence.clear();
            self.schema.sentence(*feature, features[*feature], sentence);
        }
    }

    /// The score change of one row, and its jumps.
    fn write<'a>(&'a self, index: usize, partition: i32, outbox: &mut Outbox) {
        let row = &self.rows[index];
        let key = &self.texts[row.texts.key.clone()];
        let features = &self.matrix[index * self.schema.width()..];
        let reason = |((feature, points), text): (&'a (usize, f64), &'a String)| Reason {
            feature: &self.schema.features()[*feature].name,
            value: features[*feature],
            points: *points,
            text,
        };
        let reasons: Vec<Reason<'_>> = self.reasons.strongest.iter().zip(&self.sentences).map(reason).collect();
        let scored = self.scored[index];
        let topic = &self.topics[row.topic];
        let mut change = ScoreChange {
            tenant: &key[..row.texts.tenant],
            lead: &key[row.texts.tenant + 1..],
            score: scored.score,
            previous: self.verdict.previous,
            band: self.bands.name(scored.score),
            probability: scored.probability,
            cause: Cause::Event,
            reasons: &reasons,
            base: self.reasons.base,
            other: self.reasons.other,
            model_version: self.model(index).version(),
            model_kind: self.model(index).kind(),
            event: Some(CausingEvent {
                id: &self.texts[row.texts.id.clone()],
                kind: row.kind,
                name: row.texts.name.clone().map(|name| &self.texts[name]),
                at_ms: row.at_ms,
            }),
            as_of_ms: row.as_of_ms,
            input: InputPosition { topic, partition: row.partition, offset: row.offset },
            jump: None,
        };
        self.send((Stream::ScoreChanges, partition), row, key, &change, outbox);
        for jump in &self.verdict.jumps {
            change.jump = Some(Jump { rule: self.rules.name(jump.rule), from: jump.from });
            self.send((Stream::ScoreJumps, partition), row, key, &change, outbox);
        }
    }

    fn send(&self, to: (Stream, i32), row: &Row, key: &str, change: &ScoreChange<'_>, outbox: &mut Outbox) {
        let mut record = outbox.draft(to.0, to.1, row.record_at_ms);
        record.key(Some(key.as_bytes())).value_with(|bytes| encode_change(change, bytes));
        record.header("ce_specversion", b"1.0");
        record.header_with("ce_id", |bytes| self.cloud_event_id(row, change, bytes));
        record.header("ce_source", self.source.as_bytes());
        let kind = if change.jump.is_some() { "needle.score.jumped" } else { "needle.score.changed" };
        record.header("ce_type", kind.as_bytes());
        record.header("ce_subject", key.as_bytes());
        record.header_with("ce_time", |bytes| event_time(row.as_of_ms, bytes));
        record.header("content-type", b"application/json");
        if change.jump.is_none() {
            record.header(DECISIONS, &self.bytes);
        }
        record.send();
    }

    /// The same after any restart: where the causing record lies, which item of its batch, which rule.
    fn cloud_event_id(&self, row: &Row, change: &ScoreChange<'_>, bytes: &mut Vec<u8>) {
        let mut digits = itoa::Buffer::new();
        bytes.extend_from_slice(change.input.topic.as_bytes());
        for number in [Some(i64::from(row.partition)), Some(row.offset), row.item.map(i64::from)].into_iter().flatten()
        {
            bytes.push(b'-');
            bytes.extend_from_slice(digits.format(number).as_bytes());
        }
        if let Some(jump) = change.jump {
            bytes.push(b'-');
            bytes.extend_from_slice(jump.rule.as_bytes());
        }
    }
}
