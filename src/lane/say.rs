//! The second half of a step: scores the rows, decides in order, explains what is to be said, and says it.

use std::sync::Arc;

use super::error::StepError;
use super::outbox::Outbox;
use super::report::{Reporter, Said};
use super::rows::{Row, Rows};
use super::shard::Shard;
use super::tally::Tally;
use crate::config::{Config, Topics};
use crate::decision::{Decisions, Rules, Verdict};
use crate::features::Schema;
use crate::model::served::Room;
use crate::model::{Explanation, Scored, Served};
use crate::wire::change::Cause;
use crate::wire::event::Event;

/// Rows that wait, and all that saying needs.
pub struct Speaker {
    config: Arc<Config>,
    models: Arc<Served>,
    rules: Rules,
    reporter: Reporter,
    rows: Rows,
    /// Of each row, its model's place in `models`.
    places: Vec<usize>,
    room: Room,
    scored: Vec<Scored>,
    /// One to a row.
    minds: Vec<Mind>,
    /// Rows that are to be said, ascending.
    said: Vec<usize>,
    /// Their features, row after row, and the places of their models.
    matrix: Vec<f64>,
    said_places: Vec<usize>,
    /// One to each of them.
    explanations: Vec<Explanation>,
    facts: Vec<u8>,
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
            models: models.clone(),
            rules: rules.clone(),
            reporter: Reporter::new(config, schema),
            rows: Rows::new(schema.width()),
            places: Vec::new(),
            room: Room::default(),
            scored: Vec::new(),
            minds: Vec::new(),
            said: Vec::new(),
            matrix: Vec::new(),
            said_places: Vec::new(),
            explanations: Vec::new(),
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
    pub fn push(&mut self, row: Row, topic: &str, event: &Event<'_>) -> &mut [f64] {
        self.rows.push(row, topic, event)
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
        self.say(shard, outbox, tally)?;
        self.clear();
        Ok(())
    }

    /// Scores all rows, each by its tenant's model.
    fn score(&mut self) {
        let Self { models, rows, places, room, scored, .. } = self;
        places.clear();
        places.extend((0..rows.len()).map(|index| models.place(rows.tenant(index))));
        models.score(rows.matrix(), rows.width(), places, room, scored);
    }

    /// Decides on every row. Nothing is written yet, so a lead that comes twice is decided on from its earlier row.
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
            // The newest touchpoint may have come again with a smaller instant; what was said as of it stands.
            mind.since_ms = mind.decisions.said().map_or(0, |said| said.at_ms);
            let as_of_ms = self.rows.as_of_at_least(index, mind.since_ms);
            self.rules.decide(&mut mind.decisions, self.scored[index].score, as_of_ms, &mut mind.verdict);
            if mind.verdict.say {
                self.said.push(index);
            }
        }
        Ok(())
    }

    /// Explains what is said, and nothing else, all at once.
    fn explain(&mut self) {
        let Self { models, rows, places, room, said, matrix, said_places, explanations, .. } = self;
        matrix.clear();
        said_places.clear();
        for &index in &*said {
            matrix.extend_from_slice(rows.features(index));
            said_places.push(places[index]);
        }
        explanations.resize_with(explanations.len().max(said.len()), Explanation::default);
        models.explain(matrix, rows.width(), said_places, room, &mut explanations[..said.len()]);
    }

    fn say(&mut self, shard: &mut Shard, outbox: &mut Outbox, tally: &mut Tally) -> Result<(), StepError> {
        for (&index, explanation) in self.said.iter().zip(&self.explanations) {
            let (scored, model) = (self.scored[index], self.models.model(self.places[index]));
            let (earlier, mind) = self.minds.split_at_mut(index);
            let mind = &mut mind[0];
            let then = mind.before.map_or(&mind.decisions.shares, |before| &earlier[before].decisions.shares);
            self.reporter.explain(model, self.rows.features(index), scored.points, explanation, then);
            mind.decisions.shares.keep(model.fingerprint(), scored.points, explanation);
            self.bytes.clear();
            mind.decisions.encode(&mut self.bytes);
            let (hash, key) = (self.rows.row(index).hash, self.rows.key(index).as_bytes());
            shard.write_decisions(hash, key, &self.bytes, &mut self.facts)?;
            tally.score_change(Cause::Event, scored.score);
            tally.by_tenant.said(self.rows.tenant(index), scored.score);
            for jump in &mind.verdict.jumps {
                tally.score_jump(jump.rule);
                tally.by_tenant.jumped(jump.rule);
            }
            let said = Said { scored, verdict: &mind.verdict, since_ms: mind.since_ms, model, decisions: &self.bytes };
            self.reporter.write(&self.rows, index, &said, &self.rules, shard.partition, outbox);
        }
        Ok(())
    }
}
