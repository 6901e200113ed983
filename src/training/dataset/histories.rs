//! Pass 1: the states of each lead, in order of time, and what became of it. Of one tenant in one partition, or a slice of it.

use hashbrown::hash_table::Entry;
use hashbrown::{HashSet, HashTable};

use super::lows::Lows;
use crate::lead::facts::Facts;
use crate::snapshot::file::states::Scored;
use crate::touchpoint::Mark;

/// No such instant.
pub(super) const NEVER: i64 = i64::MAX;

/// Where a state lies: file and row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Of all files that are read.
    pub file: u32,
    pub row: u32,
}

/// One state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State {
    /// Place in `leads`.
    pub lead: u32,
    /// Its newest touchpoint.
    pub at_ms: i64,
    /// It was current before this instant, the first newer touchpoint that the next state knows of.
    pub until_ms: i64,
    pub place: Place,
}

/// One lead; [`NEVER`] where something has not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lead {
    pub hash: u64,
    /// First instants.
    pub positive_ms: i64,
    pub negative_ms: i64,
    pub contact_ms: i64,
    /// The newest state, by place in `states`.
    newest: u32,
}

impl Lead {
    /// The first outcome, of either kind.
    pub fn outcome_ms(&self) -> i64 {
        self.positive_ms.min(self.negative_ms)
    }
}

/// States in the order in which they are read: those of one lead ascend.
#[derive(Default)]
pub(super) struct Histories {
    pub states: Vec<State>,
    pub leads: Vec<Lead>,
    index: HashTable<u32>,
    /// Where outcomes repeat: lead and instant of each positive one.
    positive: HashSet<(u32, i64)>,
    /// The same, ascending, once all is read.
    positives: Vec<(u32, i64)>,
    repeat: bool,
    pub superseded: u64,
    /// When leads were low, where it is explored.
    pub lows: Option<Lows>,
}

impl Histories {
    /// `explored`: it is asked as well when leads were low.
    pub fn new(repeat: bool, explored: bool) -> Self {
        Self { repeat, lows: explored.then(Lows::default), ..Default::default() }
    }

    /// Takes in a state of the lead of that hash. Files come in their log's order, so that a lead's states ascend; one that is older than
    /// what is known already was saved again by somebody who had begun anew, and is passed by. Returns the place of the newest state.
    pub fn note(&mut self, hash: u64, facts: &Facts, place: Place) -> usize {
        let at_ms = facts.newest_ms();
        let number = self.states.len() as u32;
        let leads = &mut self.leads;
        let slot = self.index.entry(hash, |lead| leads[*lead as usize].hash == hash, |lead| leads[*lead as usize].hash);
        let lead = match slot {
            Entry::Vacant(vacant) => {
                let lead = leads.len() as u32;
                vacant.insert(lead);
                leads.push(Lead { hash, positive_ms: NEVER, negative_ms: NEVER, contact_ms: NEVER, newest: number });
                self.states.push(State { lead, at_ms, until_ms: NEVER, place });
                self.note_outcomes(lead, facts);
                return number as usize;
            }
            Entry::Occupied(occupied) => *occupied.get(),
        };
        let newest = self.leads[lead as usize].newest;
        let before = &mut self.states[newest as usize];
        let before_ms = before.at_ms;
        if at_ms > before_ms {
            before.until_ms = first_after(facts, before_ms);
            self.states.push(State { lead, at_ms, until_ms: NEVER, place });
            self.leads[lead as usize].newest = number;
        } else {
            self.superseded += 1;
            if at_ms == before_ms {
                before.place = place;
            }
        }
        self.note_outcomes(lead, facts);
        self.leads[lead as usize].newest as usize
    }

    /// Whether the lead whose newest state that is was drawn, and how it was scored if that was low.
    pub fn note_score(&mut self, state: usize, drawn: bool, low: Option<Scored>) {
        let State { lead, at_ms, .. } = self.states[state];
        if let Some(lows) = &mut self.lows {
            lows.note((lead as usize, state), at_ms, drawn, low);
        }
    }

    fn note_outcomes(&mut self, lead: u32, facts: &Facts) {
        let first = |known: &mut i64, told: Option<i64>| *known = told.map_or(*known, |told| told.min(*known));
        let outcomes = facts.outcomes;
        let known = &mut self.leads[lead as usize];
        first(&mut known.positive_ms, outcomes.positive_ms);
        first(&mut known.negative_ms, outcomes.negative_ms);
        first(&mut known.contact_ms, outcomes.contact_ms);
        if self.repeat && outcomes.positive_ms.is_some() {
            let all = facts.older.firsts.iter().chain(&facts.timeline);
            self.positive.extend(all.filter(|t| t.mark == Mark::Positive).map(|t| (lead, t.at_ms)));
        }
    }

    /// That was all.
    pub fn finish(&mut self) {
        self.positives = std::mem::take(&mut self.positive).into_iter().collect();
        self.positives.sort_unstable();
    }

    /// Whether a positive outcome of the lead is known in `(after_ms, until_ms]`.
    pub fn is_positive(&self, lead: u32, after_ms: i64, until_ms: i64) -> bool {
        if self.repeat {
            let at = self.positives.partition_point(|known| *known <= (lead, after_ms));
            return self.positives.get(at).is_some_and(|(of, at_ms)| *of == lead && *at_ms <= until_ms);
        }
        let first = self.leads[lead as usize].positive_ms;
        after_ms < first && first <= until_ms && first != NEVER
    }
}

/// The first touchpoint after an instant, as far as it is known one by one; the instant itself where the timeline begins after it, so that
/// touchpoints may have left it.
fn first_after(facts: &Facts, after_ms: i64) -> i64 {
    let Facts { timeline, older, .. } = facts;
    let cut = timeline.first().is_some_and(|first| first.at_ms > after_ms) && !older.is_empty();
    match timeline.get(timeline.partition_point(|t| t.at_ms <= after_ms)) {
        Some(next) if !cut => next.at_ms,
        _ => after_ms,
    }
}
