//! Two leads that turn out to be one person.

use super::facts::Facts;
use super::traits::fold_trait;
use crate::touchpoint::Touchpoint;

impl Facts {
    /// Takes another lead's facts in: the result is what folding both sets of events would have given.
    ///
    /// An event that both have seen counts once, as far back as its id is kept on both sides.
    pub fn merge(&mut self, other: &Facts) {
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
        self.older.add_sums(&other.older);
        self.older.forget_days(newest_ms);
        self.give_back_firsts(&other.timeline, newest_ms);
        for first in &other.older.firsts {
            self.merge_first(*first, newest_ms);
        }
        for touchpoint in &other.timeline {
            self.unite(*touchpoint);
        }
        self.settle();
    }

    /// A first of ours that the other side still has in its timeline is summed again when it leaves the common one.
    fn give_back_firsts(&mut self, timeline: &[Touchpoint], newest_ms: i64) {
        let mut at = 0;
        while at < self.older.firsts.len() {
            let first = self.older.firsts[at];
            if timeline.iter().any(|t| t.id == first.id) {
                self.older.firsts.remove(at);
                self.older.count(&first, newest_ms, -1);
                self.insert(first);
            } else {
                at += 1;
            }
        }
    }

    /// One of the other side's firsts, whose sums have been added already.
    fn merge_first(&mut self, first: Touchpoint, newest_ms: i64) {
        if self.timeline.iter().any(|t| t.id == first.id) {
            self.older.count(&first, newest_ms, -1);
            self.unite(first);
        } else if let Some(at) = self.older.firsts.iter().position(|t| t.id == first.id) {
            let ours = self.older.firsts.remove(at);
            self.older.count(&first.max(ours), newest_ms, -1);
            self.older.keep_first(first.min(ours));
        } else {
            self.older.keep_first(first);
        }
    }

    /// Puts a touchpoint into the timeline, once.
    fn unite(&mut self, touchpoint: Touchpoint) {
        let standing = match self.timeline.iter().position(|t| t.id == touchpoint.id) {
            Some(at) => self.timeline.remove(at).min(touchpoint),
            None => touchpoint,
        };
        self.insert(standing);
    }
}
