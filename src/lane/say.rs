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
use crate::model::{Explanation, Model, Scored};
use crate::wire::change::Cause;
use crate::wire::event::Event;

/// Rows that wait, and all that saying needs.
pub struct Speaker {
    config: Arc<Config>,
    model: Arc<Model>,
    rules: Rules,
    reporter: Reporter,
    rows: Rows,
    scored: Vec<Scored>,
    /// One to a row.
    minds: Vec<Mind>,
    /// Rows that are to be said, ascending.
    said: Vec<usize>,
    /// Their features, row after row.
    matrix: Vec<f64>,
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
    pub fn new(config: &Arc<Config>, schema: &Arc<Schema>, model: &Arc<Model>, rules: &Rules) -> Self {
        Self {
            config: config.clone(),
            model: model.clone(),
            rules: rules.clone(),
            reporter: Reporter::new(config, schema),
            rows: Rows::new(schema.width()),
            scored: Vec::new(),
            minds: Vec::new(),
            said: Vec::new(),
            matrix: Vec::new(),
            explanations: Vec::new(),
            facts: Vec::new(),
            bytes: Vec::new(),
        }
    }

    pub fn topics(&self) -> &Topics {
        &self.config.topics
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
        self.model.score(self.rows.matrix(), self.rows.width(), &mut self.scored);
        self.decide(shard)?;
        self.explain();
        self.say(shard, outbox, tally)?;
        self.clear();
        Ok(())
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
        self.matrix.clear();
        for &index in &self.said {
            self.matrix.extend_from_slice(self.rows.features(index));
        }
        self.explanations.resize_with(self.explanations.len().max(self.said.len()), Explanation::default);
        self.model.explain(&self.matrix, self.rows.width(), &mut self.explanations[..self.said.len()]);
    }

    fn say(&mut self, shard: &mut Shard, outbox: &mut Outbox, tally: &mut Tally) -> Result<(), StepError> {
        for (&index, explanation) in self.said.iter().zip(&self.explanations) {
            let scored = self.scored[index];
            let (earlier, mind) = self.minds.split_at_mut(index);
            let mind = &mut mind[0];
            let then = mind.before.map_or(&mind.decisions.shares, |before| &earlier[before].decisions.shares);
            self.reporter.explain(&self.model, self.rows.features(index), scored.points, explanation, then);
            mind.decisions.shares.keep(self.model.fingerprint(), scored.points, explanation);
            self.bytes.clear();
            mind.decisions.encode(&mut self.bytes);
            let (hash, key) = (self.rows.row(index).hash, self.rows.key(index).as_bytes());
            shard.write_decisions(hash, key, &self.bytes, &mut self.facts)?;
            tally.score_change(Cause::Event, scored.score);
            mind.verdict.jumps.iter().for_each(|jump| tally.score_jump(jump.rule));
            let said = Said {
                scored,
                verdict: &mind.verdict,
                since_ms: mind.since_ms,
                model: &self.model,
                decisions: &self.bytes,
            };
            self.reporter.write(&self.rows, index, &said, &self.rules, shard.partition, outbox);
        }
        Ok(())
    }
}
