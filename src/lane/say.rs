//! The second half of a step: scores the rows, decides in order, explains what is to be said, and says it.

use std::sync::Arc;

use super::cold::Forecast;
use super::drift::Drifts;
use super::error::StepError;
use super::outbox::Outbox;
use super::report::{Reporter, Said};
use super::rows::{Row, Rows, Words};
use super::shard::Shard;
use super::tally::Tally;
use crate::config::{Config, Topics};
use crate::decision::{Decisions, Occasion, Rules, Verdict};
use crate::features::Schema;
use crate::lead::facts::Facts;
use crate::lead::leads::Leads;
use crate::model::served::Room;
use crate::model::{Explanation, Scored, Served};
use crate::wire::change::Cause;

/// Rows that wait, and all that saying needs.
pub struct Speaker {
    config: Arc<Config>,
    schema: Arc<Schema>,
    models: Arc<Served>,
    /// Rows that are scored together.
    at_once: usize,
    /// Whether it is wanted why a score is what it is.
    gives_reasons: bool,
    rules: Rules,
    reporter: Reporter,
    rows: Rows,
    /// Of each row, its model's place in `models`.
    places: Vec<usize>,
    room: Room,
    scored: Vec<Scored>,
    drifts: Drifts,
    /// Of a row that is scored once more.
    alone: Vec<Scored>,
    /// One to a row.
    minds: Vec<Mind>,
    /// Rows that are to be said, ascending.
    said: Vec<usize>,
    /// Their features, row after row, and the places of their models.
    matrix: Vec<f64>,
    said_places: Vec<usize>,
    /// One to each of them.
    explanations: Vec<Explanation>,
    forecast: Forecast,
    cold_in_days: Vec<Option<u32>>,
    facts: Facts,
    kept: Vec<u8>,
    bytes: Vec<u8>,
}

/// What is decided on one row.
#[derive(Default)]
struct Mind {
    /// After it; the shares are still those of what was said before.
    decisions: Decisions,
    verdict: Verdict,
    /// As of when the lead's score was last said.
    since_ms: i64,
    /// The last row of the same lead that is said before this one, if it is among those that wait.
    before: Option<usize>,
}

impl Speaker {
    pub fn new(config: &Arc<Config>, schema: &Arc<Schema>, models: &Arc<Served>, rules: &Rules) -> Self {
        Self {
            config: config.clone(),
            schema: schema.clone(),
            models: models.clone(),
            at_once: at_once(models, config.scoring.reasons > 0),
            gives_reasons: config.scoring.reasons > 0,
            rules: rules.clone(),
            reporter: Reporter::new(config, schema),
            rows: Rows::new(schema.width()),
            places: Vec::new(),
            room: Room::default(),
            scored: Vec::new(),
            drifts: Drifts::of(models, schema),
            alone: Vec::new(),
            minds: Vec::new(),
            said: Vec::new(),
            matrix: Vec::new(),
            said_places: Vec::new(),
            explanations: Vec::new(),
            forecast: Forecast::new(config, schema),
            cold_in_days: Vec::new(),
            facts: Facts::default(),
            kept: Vec::new(),
            bytes: Vec::new(),
        }
    }

    pub fn topics(&self) -> &Topics {
        &self.config.topics
    }

    pub fn drifts(&self) -> &Drifts {
        &self.drifts
    }

    pub fn models(&self) -> &Arc<Served> {
        &self.models
    }

    /// Rows that wait are scored by these models too, so there should be none.
    pub fn serve(&mut self, models: Arc<Served>) {
        self.drifts = Drifts::of(&models, &self.schema);
        self.at_once = at_once(&models, self.gives_reasons);
        self.models = models;
    }

    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Whether more rows would not make each of them cheaper.
    pub fn is_full(&self) -> bool {
        self.rows.len() >= self.at_once
    }

    /// Appends a row and returns its features, to be written.
    pub fn push(&mut self, row: Row, words: &Words<'_>) -> &mut [f64] {
        self.rows.push(row, words)
    }

    /// The facts of a lead are about to be overwritten: a row that waits keeps them.
    pub fn keep_facts(&mut self, hash: u64, key: &[u8], facts: &[u8]) {
        self.rows.keep_facts(hash, key, facts);
    }

    /// Whether a row of this lead waits.
    pub fn holds(&self, hash: u64, key: &[u8]) -> bool {
        self.rows.holds(hash, key)
    }

    pub fn clear(&mut self) {
        self.rows.clear();
    }

    /// Scores all rows, decides on each in order, and writes what is to be said. All rows belong to `shard`.
    pub fn speak(&mut self, shard: &mut Shard, outbox: &mut Outbox, tally: &mut Tally) -> Result<(), StepError> {
        if self.rows.len() == 0 {
            return Ok(());
        }
        self.score();
        self.decide(shard)?;
        self.explain();
        self.look_ahead(shard.leads())?;
        self.say(shard, outbox, tally)?;
        self.clear();
        Ok(())
    }

    /// Scores all rows, each by its tenant's model.
    fn score(&mut self) {
        let Self { models, rows, places, room, scored, drifts, .. } = self;
        places.clear();
        places.extend((0..rows.len()).map(|index| models.place(rows.tenant(index))));
        models.score(rows.matrix(), rows.width(), places, room, scored);
        for (index, (place, scored)) in places.iter().zip(&*scored).enumerate() {
            if rows.row(index).cause == Cause::Event {
                drifts.count(*place, scored, rows.features(index));
            }
        }
    }

    /// Decides on every row. Nothing is written yet, so a lead that comes twice is decided on from its earlier row.
    ///
    /// What a sweep has said as of an instant stands, and no score goes back behind it: an event that comes late is scored as of it, too.
    /// (So is a newest touchpoint that has come again with a smaller instant.)
    fn decide(&mut self, shard: &Shard) -> Result<(), StepError> {
        self.said.clear();
        self.minds.resize_with(self.minds.len().max(self.rows.len()), Mind::default);
        for index in 0..self.rows.len() {
            let (earlier, mind) = self.minds.split_at_mut(index);
            let mind = &mut mind[0];
            match self.rows.before(index) {
                Some(before) => {
                    let other = &earlier[before];
                    mind.decisions.copy(&other.decisions);
                    mind.before = if other.verdict.say { Some(before) } else { other.before };
                }
                None => {
                    let kept = shard.leads().get(self.rows.row(index).hash, self.rows.key(index).as_bytes());
                    mind.decisions.decode_into(kept.map_or(&[], |kept| kept.decisions))?;
                    mind.before = None;
                }
            }
            mind.since_ms = mind.decisions.said().map_or(0, |said| said.at_ms);
            if mind.since_ms > self.rows.row(index).as_of_ms {
                self.facts.decode(self.rows.facts(index, shard.leads()))?;
                let row = self.rows.take_as_of(index, mind.since_ms);
                self.schema.extract(&self.facts, mind.since_ms, row);
                self.models.score(row, row.len(), &self.places[index..=index], &mut self.room, &mut self.alone);
                self.scored[index] = self.alone[0];
            }
            let (row, score) = (self.rows.row(index), self.scored[index].score);
            let Mind { decisions, verdict, .. } = mind;
            match row.cause {
                Cause::Event => self.rules.decide(decisions, score, row.as_of_ms, verdict),
                Cause::Model => self.rules.decide_silently(decisions, score, row.as_of_ms, Occasion::Model, verdict),
                Cause::Decay => self.rules.decide_silently(decisions, score, row.as_of_ms, Occasion::Time, verdict),
            }
            if mind.verdict.say {
                self.said.push(index);
            }
        }
        Ok(())
    }

    /// Explains what is said, and nothing else, all at once.
    fn explain(&mut self) {
        let Self { gives_reasons, models, rows, places, room, said, matrix, said_places, explanations, .. } = self;
        said_places.clear();
        said_places.extend(said.iter().map(|&index| places[index]));
        explanations.resize_with(explanations.len().max(said.len()), Explanation::default);
        let explanations = &mut explanations[..said.len()];
        if !*gives_reasons {
            return models.explain_nothing(said_places, explanations);
        }
        matrix.clear();
        said.iter().for_each(|&index| matrix.extend_from_slice(rows.features(index)));
        models.explain(matrix, rows.width(), said_places, room, explanations);
    }

    /// When each lead that something is said of goes cold.
    fn look_ahead(&mut self, leads: &Leads) -> Result<(), StepError> {
        let Self { models, rows, places, room, scored, said, forecast, cold_in_days, .. } = self;
        forecast.look((said, rows, leads), (scored, places), models, room, cold_in_days)?;
        Ok(())
    }

    fn say(&mut self, shard: &mut Shard, outbox: &mut Outbox, tally: &mut Tally) -> Result<(), StepError> {
        for ((&index, explanation), &cold_in_days) in self.said.iter().zip(&self.explanations).zip(&self.cold_in_days) {
            let (scored, model) = (self.scored[index], self.models.model(self.places[index]));
            let (earlier, mind) = self.minds.split_at_mut(index);
            let mind = &mut mind[0];
            let then = mind.before.map_or(&mind.decisions.shares, |before| &earlier[before].decisions.shares);
            self.reporter.explain(model, self.rows.features(index), scored.points, explanation, then);
            match self.gives_reasons {
                true => mind.decisions.shares.keep(model.fingerprint(), scored.points, explanation),
                // Nothing is known of how the next score will have moved.
                false => mind.decisions.shares.clear(),
            }
            self.bytes.clear();
            mind.decisions.encode(&mut self.bytes);
            let (hash, key) = (self.rows.row(index).hash, self.rows.key(index).as_bytes());
            shard.write_decisions(hash, key, &self.bytes, &mut self.kept)?;
            tally.score_change(self.rows.row(index).cause, scored.score);
            tally.by_tenant.said(self.rows.tenant(index), scored.score);
            for jump in &mind.verdict.jumps {
                tally.score_jump(jump.rule);
                tally.by_tenant.jumped(jump.rule);
            }
            let said = Said {
                scored,
                verdict: &mind.verdict,
                since_ms: mind.since_ms,
                model,
                cold_in_days,
                decisions: &self.bytes,
            };
            self.reporter.write(&self.rows, index, &said, &self.rules, shard.partition, outbox);
        }
        Ok(())
    }
}

/// Rows that are scored together, few enough for the cache. Reasons of trees are made for 32 rows at once, and those of few rows cost as much as
/// those of many: so that there are many among them of which something is said, more rows wait.
fn at_once(models: &Served, gives_reasons: bool) -> usize {
    if models.explains_by_trees() && gives_reasons { 256 } else { 64 }
}
