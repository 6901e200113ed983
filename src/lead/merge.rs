//! Two leads that turn out to be one person.

use super::facts::{FIRSTS, Facts};
use super::fold::smaller_within;
use super::traits::fold_trait;
use crate::touchpoint::Touchpoint;

impl Facts {
    /// Takes another lead's facts in: the result is what folding both sets of events would have given.
    ///
    /// An event that both have seen counts once, as far back as its id is kept on both sides; the same facts twice are the same
    /// events, whatever their number. Where the two disagree about its instant, the smaller one stands, within the same bounds as in the fold.
    pub fn merge(&mut self, other: &Facts) {
        if self == other {
            return;
        }
        self.known |= other.known;
        for fact in &other.traits {
            fold_trait(&mut self.traits, fact.clone());
        }
        self.form.best = self.form.best.max(other.form.best);
        if let Some(last) = other.form.last {
            self.form.fold(last);
        }
        for (mine, theirs) in [
            (&mut self.outcomes.positive_ms, other.outcomes.positive_ms),
            (&mut self.outcomes.negative_ms, other.outcomes.negative_ms),
            (&mut self.outcomes.contact_ms, other.outcomes.contact_ms),
        ] {
            *mine = [*mine, theirs].into_iter().flatten().min();
        }
        self.merge_touchpoints(other);
    }

    fn merge_touchpoints(&mut self, other: &Facts) {
        let newest_ms = self.newest_ms().max(other.newest_ms());
        let reach = self.reach().max(other.reach());
        self.older.add_sums(&other.older);
        self.older.forget_days(newest_ms);
        let mut theirs = other.timeline.clone();
        self.merge_firsts(&other.older.firsts, &mut theirs, newest_ms);
        for touchpoint in theirs {
            let standing = match take(&mut self.timeline, touchpoint.id) {
                Some(ours) => smaller_within(reach, ours, touchpoint),
                None => touchpoint,
            };
            self.insert(standing);
        }
        self.settle();
    }

    /// Firsts are in the sums already. One that the other side has as well, as a first or in its timeline, must be so once.
    fn merge_firsts(&mut self, firsts: &[Touchpoint], timeline: &mut Vec<Touchpoint>, newest_ms: i64) {
        let mut merged: Vec<Touchpoint> = Vec::with_capacity(2 * FIRSTS);
        for first in std::mem::take(&mut self.older.firsts).iter().chain(firsts).copied() {
            if let Some(same) = merged.iter_mut().find(|t| t.id == first.id) {
                self.older.take_back(&first.max(*same), newest_ms);
                *same = first.min(*same);
                continue;
            }
            // 64 newer ones have pushed it out on its own side, so it has no place in the common timeline.
            let same = take(&mut self.timeline, first.id).or_else(|| take(timeline, first.id));
            merged.push(match same {
                Some(same) if same < first => {
                    self.older.take_back(&first, newest_ms);
                    self.older.count(&same, newest_ms);
                    same
                }
                _ => first,
            });
        }
        merged.sort_unstable();
        merged.truncate(FIRSTS);
        self.older.firsts = merged;
    }
}

/// Takes the touchpoint of that id out of a timeline.
fn take(timeline: &mut Vec<Touchpoint>, id: u64) -> Option<Touchpoint> {
    timeline.iter().position(|t| t.id == id).map(|at| timeline.remove(at))
}
