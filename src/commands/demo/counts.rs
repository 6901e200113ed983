//! All that was committed, in sum.

use crate::lane::Observer;
use crate::lane::tally::Tally;
use crate::wire::fault::Reason;

#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Written to the input topic.
    pub records: u64,
    /// Read, duplicates too.
    pub events: u64,
    pub duplicates: u64,
    pub score_changes: u64,
    /// By index of the rule.
    pub score_jumps: Vec<u64>,
    pub dead_letters: Vec<(Reason, u64)>,
    pub transactions: u64,
}

impl Counts {
    pub fn all_dead_letters(&self) -> u64 {
        self.dead_letters.iter().map(|(_, count)| count).sum()
    }

    pub fn all_score_jumps(&self) -> u64 {
        self.score_jumps.iter().sum()
    }

    /// Events that moved the score of their lead by too little to be said.
    pub fn unsaid(&self) -> u64 {
        self.events.saturating_sub(self.duplicates + self.score_changes)
    }
}

impl Observer for Counts {
    fn committed(&mut self, tally: &Tally) {
        self.transactions += 1;
        self.events += tally.events.iter().flatten().sum::<u64>();
        self.duplicates += tally.duplicates;
        self.score_changes += tally.score_changes.iter().sum::<u64>();
        if self.score_jumps.len() < tally.score_jumps.len() {
            self.score_jumps.resize(tally.score_jumps.len(), 0);
        }
        self.score_jumps.iter_mut().zip(&tally.score_jumps).for_each(|(sum, count)| *sum += count);
        for (reason, count) in &tally.dead_letters {
            match self.dead_letters.iter_mut().find(|(known, _)| known == reason) {
                Some((_, sum)) => *sum += count,
                None => self.dead_letters.push((*reason, *count)),
            }
        }
    }
}
