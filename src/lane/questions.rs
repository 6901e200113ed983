//! What is asked of a lane from outside: answered between two transactions, so that the answer is what is committed.

use std::sync::Arc;

use super::shard::InputState;
use super::{Lane, Phase};
use crate::lead::leads::Leads;
use crate::log::Log;
use crate::model::Served;

/// Who is asked for, and who wants to know.
pub struct Question {
    /// `tenant/lead`
    pub key: Vec<u8>,
    /// Called once, on the lane's thread: it must not wait.
    pub answer: Box<dyn FnOnce(Answer) + Send>,
}

/// What a lane knows of a lead.
pub struct Answer {
    /// Partitions that the lane works on, ascending.
    pub partitions: Vec<i32>,
    /// The lead in each of them that holds it.
    pub held: Vec<Held>,
    /// By whom it is scored.
    pub models: Arc<Served>,
}

/// A lead as one partition holds it.
pub struct Held {
    pub partition: i32,
    pub inputs: Vec<InputState>,
    /// Canonical form, [`Facts`](crate::lead::facts::Facts).
    pub facts: Vec<u8>,
    /// Canonical form, [`Decisions`](crate::decision::Decisions).
    pub decisions: Vec<u8>,
}

impl<L: Log> Lane<L> {
    /// Answers at once where nothing is open, else after the next commit.
    pub fn look_up(&mut self, question: Question) {
        self.questions.push(question);
        if self.phase == Phase::Idle {
            self.answer_questions();
        }
    }

    pub(super) fn answer_questions(&mut self) {
        for Question { key, answer } in std::mem::take(&mut self.questions) {
            let hash = Leads::hash(&key);
            let held = self.shards.values().filter_map(|shard| {
                let kept = shard.leads().get(hash, &key)?;
                let (facts, decisions) = (kept.facts.to_vec(), kept.decisions.to_vec());
                Some(Held { partition: shard.partition, inputs: shard.inputs.clone(), facts, decisions })
            });
            answer(Answer {
                held: held.collect(),
                partitions: self.shards.keys().copied().collect(),
                models: self.step.models().clone(),
            });
        }
    }
}
