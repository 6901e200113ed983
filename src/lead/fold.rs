//! The fold: an event into a lead's facts.
//!
//! Facts are a function of the set of events: whatever order they come in, the same facts result, and one that comes again
//! changes nothing. How far back that holds: a message id is known as long as its touchpoint is among the newest
//! [`TIMELINE`](super::facts::TIMELINE) or the first [`FIRSTS`](super::facts::FIRSTS). One that comes again after that is
//! counted again.
//!
//! Where a message comes again with another instant (its instant was the record's time), the smaller one stands, whatever order
//! they came in. How far back that holds: once touchpoints have left the timeline, one that would move before those left in it
//! stays where it is, for what lies there is known by its sums alone. And what the larger instant has displaced by then (the
//! value of a trait, the last form, a day that fell behind) does not come back.

use super::facts::{Facts, TraitFact, TraitValue};
use super::traits::fold_trait;
use crate::config::TraitKind;
use crate::touchpoint::{Mark, Touchpoint};
use crate::wire::event::Scalar;

/// What an event says about a lead, besides its touchpoint.
#[derive(Clone, Copy, Debug, Default)]
pub struct Said<'a> {
    /// The event names the lead by a `userId`.
    pub known: bool,
    /// Share of a form's fields that were filled, 0–1.
    pub form_completeness: Option<f64>,
    /// Place in the configuration's `[[traits]]`, value as sent.
    pub traits: &'a [(u16, Scalar<'a>)],
}

/// Whether the event was new to the lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folded {
    New,
    Duplicate,
}

impl Facts {
    /// Folds one event in. `kinds` are those of the configuration's `[[traits]]`, in order.
    pub fn fold(&mut self, touchpoint: Touchpoint, said: Said<'_>, kinds: &[TraitKind]) -> Folded {
        let (folded, at_ms) = self.place(touchpoint);
        let id = touchpoint.id;
        self.known |= said.known;
        for (index, sent) in said.traits {
            let Some(kind) = kinds.get(usize::from(*index)) else { continue };
            if let Some(value) = TraitValue::read(*kind, *sent) {
                fold_trait(&mut self.traits, TraitFact { index: *index, at_ms, id, value });
            }
        }
        if let Some(share) = said.form_completeness {
            self.form.fold((at_ms, id, (share.clamp(0.0, 1.0) * 1000.0).round() as u16));
        }
        self.outcomes.fold(touchpoint.mark, at_ms);
        folded
    }

    /// Puts a touchpoint where it belongs. Returns whether it is new, and the instant that stands for it.
    fn place(&mut self, touchpoint: Touchpoint) -> (Folded, i64) {
        debug_assert!((0..1 << 48).contains(&touchpoint.at_ms), "{touchpoint:?}");
        if let Some(at) = self.timeline.iter().rposition(|t| t.id == touchpoint.id) {
            let standing = smaller_within(self.reach(), self.timeline[at], touchpoint);
            if standing != self.timeline[at] {
                self.timeline.remove(at);
                self.insert(standing);
                self.settle();
            }
            return (Folded::Duplicate, standing.at_ms);
        }
        if let Some(at) = self.older.firsts.iter().position(|t| t.id == touchpoint.id) {
            let standing = self.older.firsts[at].min(touchpoint);
            if standing != self.older.firsts[at] {
                let newest_ms = self.newest_ms();
                let before = self.older.firsts.remove(at);
                self.older.take_back(&before, newest_ms);
                self.older.absorb(standing, newest_ms);
            }
            return (Folded::Duplicate, standing.at_ms);
        }
        self.insert(touchpoint);
        self.settle();
        (Folded::New, touchpoint.at_ms)
    }

    /// Beyond it touchpoints are known by their sums alone; `None` while all are in the timeline.
    pub(super) fn reach(&self) -> Option<Touchpoint> {
        self.timeline.first().copied().filter(|_| !self.older.is_empty())
    }

    /// Keeps the timeline's order. Most events are the newest, so the search begins at the end.
    pub(super) fn insert(&mut self, touchpoint: Touchpoint) {
        let after = self.timeline.iter().rposition(|t| *t < touchpoint);
        self.timeline.insert(after.map_or(0, |at| at + 1), touchpoint);
    }
}

/// Which of two instants of one message stands: the smaller, unless it lies beyond `reach`.
pub(super) fn smaller_within(reach: Option<Touchpoint>, a: Touchpoint, b: Touchpoint) -> Touchpoint {
    let smaller = a.min(b);
    if reach.is_none_or(|reach| smaller >= reach) { smaller } else { a.max(b) }
}

impl super::facts::FormFacts {
    pub(super) fn fold(&mut self, new: (i64, u64, u16)) {
        self.best = self.best.max(Some(new.2));
        self.last = match self.last {
            Some(last) if last.1 == new.1 => Some((last.0.min(new.0), last.1, last.2.max(new.2))),
            last => last.max(Some(new)),
        };
    }
}

impl super::facts::Outcomes {
    fn fold(&mut self, mark: Mark, at_ms: i64) {
        let first = match mark {
            Mark::None => return,
            Mark::Positive => &mut self.positive_ms,
            Mark::Negative => &mut self.negative_ms,
            Mark::Contact => &mut self.contact_ms,
        };
        *first = Some(first.map_or(at_ms, |before| before.min(at_ms)));
    }
}
