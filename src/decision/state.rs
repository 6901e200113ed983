//! What was decided about one lead: what was last said, the lows that a surge is measured from, and what each rule remembers.

use std::ops::Range;

use super::shares::Shares;

/// Lows that are kept besides the score last said.
pub const LOWS: usize = 8;

/// A score, and the lead's instant (as of) at which it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    pub score: u8,
    /// Milliseconds since 1970, never negative.
    pub at_ms: i64,
}

/// A score that surges are measured from after another was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Low {
    pub said: Said,
    /// The instant at which the next score was said: until then, itself included, this one was in force.
    pub until_ms: i64,
}

/// Decisions of one lead. The default is a lead of whom nothing has been said.
///
/// Rules are known by a hash of their name, so that a changed or reordered configuration finds what it still knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decisions {
    pub(super) said: Option<Said>,
    /// Running minima of what was said before `said` and in force within the largest surge window: oldest first, scores strictly
    /// ascending and below `said`'s, each said no earlier than the one before it ended. So the lowest score in force after any
    /// instant is the first of them that ended after it, else `said`. Of equal scores the newest is here.
    pub(super) lows: Vec<Low>,
    /// Ascending by hash; only rules that remember something.
    pub(super) rules: Vec<(u32, RuleState)>,
    /// Of the score last said. Nothing is decided by them.
    pub shares: Shares,
}

/// What a rule remembers. A rule without an entry is armed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RuleState {
    /// A crossing was said, and no score below `rearm` since.
    Disarmed,
    /// A surge was said at this instant. The first `before` of the lows are older than it: they belong to a climb that is announced.
    /// A count, because several scores can be said at one instant.
    Surged { at_ms: i64, before: u8 },
}

impl Decisions {
    /// What was last said.
    pub fn said(&self) -> Option<Said> {
        self.said
    }

    /// Whether nothing has been said; such decisions need not be kept.
    pub fn is_default(&self) -> bool {
        self.said.is_none()
    }

    /// Forgets everything and keeps the buffers.
    pub fn clear(&mut self) {
        self.said = None;
        self.lows.clear();
        self.rules.clear();
        self.shares.clear();
    }

    /// Becomes a copy of `other`, in its own buffers.
    pub fn copy(&mut self, other: &Self) {
        self.said = other.said;
        self.lows.clone_from(&other.lows);
        self.rules.clone_from(&other.rules);
        self.shares.said = other.shares.said;
        self.shares.tenths.clone_from(&other.shares.tenths);
    }

    /// The lowest score in force at some instant after `after_ms`, passing over the first `before` lows. What was last said always is
    /// in force.
    pub(super) fn low(&self, before: u8, after_ms: i64) -> Option<Said> {
        let low = self.lows.iter().skip(usize::from(before)).find(|low| low.until_ms > after_ms);
        low.map(|low| low.said).or(self.said)
    }

    pub(super) fn rule(&self, hash: u32) -> Option<RuleState> {
        self.rules.binary_search_by_key(&hash, |(hash, _)| *hash).ok().map(|place| self.rules[place].1)
    }

    pub(super) fn set_rule(&mut self, hash: u32, state: RuleState) {
        match self.rules.binary_search_by_key(&hash, |(hash, _)| *hash) {
            Ok(place) => self.rules[place].1 = state,
            Err(place) => self.rules.insert(place, (hash, state)),
        }
    }

    /// Notes that a score was said, not before the last one. Lows are kept as far back as `window_ms`; `None`: not at all.
    pub(super) fn say(&mut self, said: Said, window_ms: Option<i64>) {
        self.lows.extend(self.said.map(|last| Low { said: last, until_ms: said.at_ms }));
        self.said = Some(said);
        let after_ms = window_ms.map_or(i64::MAX, |window_ms| said.at_ms.saturating_sub(window_ms));
        let below = self.lows.partition_point(|low| low.said.score < said.score);
        self.forget(below..self.lows.len());
        let expired = self.lows.partition_point(|low| low.until_ms <= after_ms);
        self.forget(0..expired);
        if self.lows.len() > LOWS {
            let crowded = self.crowded(said.score);
            self.forget(crowded..crowded + 1);
        }
    }

    /// The low whose score is nearest to its successor's; the oldest of several. Without it a surge may be measured from a score a
    /// little higher than the lowest, so it may come late or not at all, but never without the rise.
    fn crowded(&self, said: u8) -> usize {
        let score = |place: usize| self.lows.get(place).map_or(said, |low| low.said.score);
        (0..self.lows.len()).min_by_key(|&place| score(place + 1) - score(place)).unwrap_or(0)
    }

    pub(super) fn forget(&mut self, places: Range<usize>) {
        for (_, state) in &mut self.rules {
            if let RuleState::Surged { before, .. } = state {
                let gone = places.clone().filter(|&place| place < usize::from(*before)).count();
                // At most `before`, which is a byte.
                *before -= gone as u8;
            }
        }
        self.lows.drain(places);
    }
}
