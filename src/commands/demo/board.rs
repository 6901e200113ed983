//! What there is to show: where every lead stands, and the newest jumps.

use std::collections::VecDeque;

use hashbrown::HashMap;

use super::said::Said;
use crate::simulate::DAY_MS;

/// Jumps that are kept to be shown: more than any terminal has lines.
const JUMPS: usize = 256;
/// A lead of whom nothing was said for so long is not hot any more, whatever its last score.
pub const RECENT_MS: i64 = 7 * DAY_MS;

/// The last that was said of a lead, or a jump.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub lead: String,
    pub score: u8,
    pub band: String,
    /// Reasons that speak for the lead, strongest first.
    pub because: Vec<String>,
    pub at_ms: i64,
    /// Of a jump: the rule, and the score that it is measured from.
    pub rule: String,
    pub from: Option<u8>,
}

#[derive(Default)]
pub struct Board {
    leads: HashMap<String, Entry>,
    /// Newest first.
    jumps: VecDeque<Entry>,
}

impl Board {
    /// Takes in what was said at about the same time, and returns the jumps among it, in order. Partitions are told apart by nothing
    /// here, so that who is listening need not care which of them was asked first.
    pub fn take_in(&mut self, said: Vec<Said>) -> Vec<Entry> {
        let mut jumps = Vec::new();
        for said in said {
            let entry = Entry::of(said);
            if entry.rule.is_empty() {
                self.leads.insert(entry.lead.clone(), entry);
            } else {
                jumps.push(entry);
            }
        }
        jumps.sort_by(|a, b| (a.at_ms, &a.lead, &a.rule).cmp(&(b.at_ms, &b.lead, &b.rule)));
        for jump in &jumps {
            self.jumps.push_front(jump.clone());
        }
        self.jumps.truncate(JUMPS);
        jumps
    }

    /// Of the leads that have moved lately, those with the highest scores, at most `most`.
    pub fn hottest(&self, now_ms: i64, most: usize) -> Vec<&Entry> {
        let mut leads: Vec<&Entry> = self.leads.values().filter(|lead| lead.at_ms > now_ms - RECENT_MS).collect();
        leads.sort_by(|a, b| (b.score, b.at_ms, &a.lead).cmp(&(a.score, a.at_ms, &b.lead)));
        leads.truncate(most);
        leads
    }

    /// Newest first.
    pub fn jumps(&self) -> impl Iterator<Item = &Entry> {
        self.jumps.iter()
    }
}

impl Entry {
    fn of(said: Said) -> Self {
        Self {
            lead: said.lead.clone(),
            score: said.score,
            band: said.band.clone(),
            at_ms: said.as_of_ms,
            rule: said.rule.clone().unwrap_or_default(),
            from: said.from.map(|from| from.score),
            because: said.because(),
        }
    }
}
