//! What one transaction did, as plain numbers: counted while it is open, told when it is committed, forgotten when it is not.

use crate::wire::change::Cause;
use crate::wire::event::EventType;
use crate::wire::fault::Reason;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Events by index of the input topic and type; duplicates too, dead letters not.
    pub events: Vec<[u64; EventType::ALL.len()]>,
    pub duplicates: u64,
    pub dead_letters: Vec<(Reason, u64)>,
    pub score_changes: [u64; 3],
    /// By index of the rule.
    pub score_jumps: Vec<u64>,
    /// Each score that was said.
    pub scores: Vec<u8>,
    pub by_tenant: ByTenant,
    /// The time of each record that was read, milliseconds since 1970.
    pub record_times_ms: Vec<i64>,
}

impl Tally {
    pub fn event(&mut self, topic: usize, kind: EventType) {
        grow(&mut self.events, topic)[kind as usize] += 1;
    }

    pub fn dead_letter(&mut self, reason: Reason) {
        match self.dead_letters.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, count)) => *count += 1,
            None => self.dead_letters.push((reason, 1)),
        }
    }

    pub fn score_change(&mut self, cause: Cause, score: u8) {
        self.score_changes[cause as usize] += 1;
        self.scores.push(score);
    }

    pub fn score_jump(&mut self, rule: usize) {
        *grow(&mut self.score_jumps, rule) += 1;
    }

    /// Forgets everything and keeps the buffers.
    pub fn clear(&mut self) {
        self.events.iter_mut().for_each(|counts| *counts = Default::default());
        self.duplicates = 0;
        self.dead_letters.clear();
        self.score_changes = Default::default();
        self.score_jumps.iter_mut().for_each(|count| *count = 0);
        self.scores.clear();
        self.by_tenant.clear();
        self.record_times_ms.clear();
    }
}

/// Scores and jumps with their tenants, in the order in which they were said. Names lie end to end: nothing is allocated for one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ByTenant {
    names: String,
    /// Where the tenant's name ends, and the score.
    scores: Vec<(usize, u8)>,
    /// Index in `scores`, and of the rule.
    jumps: Vec<(usize, usize)>,
}

impl ByTenant {
    pub fn said(&mut self, tenant: &str, score: u8) {
        self.names.push_str(tenant);
        self.scores.push((self.names.len(), score));
    }

    /// A jump that belongs to the score that was said last.
    pub fn jumped(&mut self, rule: usize) {
        if let Some(said) = self.scores.len().checked_sub(1) {
            self.jumps.push((said, rule));
        }
    }

    /// Tenant and score.
    pub fn scores(&self) -> impl Iterator<Item = (&str, u8)> {
        (0..self.scores.len()).map(|said| (self.tenant(said), self.scores[said].1))
    }

    /// Tenant and index of the rule.
    pub fn jumps(&self) -> impl Iterator<Item = (&str, usize)> {
        self.jumps.iter().map(|&(said, rule)| (self.tenant(said), rule))
    }

    fn tenant(&self, said: usize) -> &str {
        let begin = said.checked_sub(1).map_or(0, |before| self.scores[before].0);
        &self.names[begin..self.scores[said].0]
    }

    fn clear(&mut self) {
        self.names.clear();
        self.scores.clear();
        self.jumps.clear();
    }
}

fn grow<T: Default>(counts: &mut Vec<T>, index: usize) -> &mut T {
    if counts.len() <= index {
        counts.resize_with(index + 1, T::default);
    }
    &mut counts[index]
}
