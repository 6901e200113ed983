//! The one pass over a timeline: which touchpoints are of which kind, channel and theme.
//!
//! A timeline has at most 64 touchpoints, so a set of them is a number, and this is a bitmap index. Nothing in it depends on the instant
//! that is asked about: a window is a set too ([`Windows`]), and what it counts are the bits that both share. So several instants of one
//! lead take one pass, and a longer history makes no window dearer.
//!
//! It runs for every event, so nothing in it depends on a branch that a processor could guess wrong, but for touchpoints with several
//! themes: what does not count is put where nobody looks.

use super::layout::{FOUR_WEEKS, TIERS, WEEK, WINDOW_DAYS, WINDOWS};
use crate::lead::facts::{DAY_MS, TIMELINE};
use crate::touchpoint::Touchpoint;
use crate::wire::event::EventType;

pub const MINUTE_MS: i64 = 60_000;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// A longer silence ends a session, as in GA4.
const SESSION_GAP_MS: i64 = 30 * MINUTE_MS;
/// Where a touchpoint without a theme is put.
const NO_THEME: usize = 64;

/// Touchpoints of one timeline: bit n is the n-th, oldest first.
pub type Set = u64;

const _: () = assert!(TIMELINE <= Set::BITS as usize);

/// What a timeline is made of.
pub struct TimelineIndex {
    pub all: Set,
    /// By the number of an [`EventType`].
    pub kinds: [Set; 8],
    /// By the number of a form's step.
    pub forms: [Set; 4],
    pub channels: [Set; 32],
    pub themes: [Set; NO_THEME + 1],
    pub seen_channels: u32,
    pub seen_themes: u64,
    /// Themes of the newest touchpoint that has any.
    pub last_themes: u64,
    /// The first touchpoint of each session.
    pub starts: Set,
    /// Length of all sessions together.
    pub sessions_ms: i64,
    pub gap_min_ms: i64,
    /// Bit n: touchpoints n days before the newest one's day; the last bit stands for all days from there on.
    days: u64,
    newest_day: i64,
}

impl TimelineIndex {
    /// Of a timeline, oldest first. `themes` are the bits to look at.
    pub fn of(timeline: &[Touchpoint], themes: u64) -> Self {
        let mut index = Self::nothing();
        index.newest_day = timeline.last().map_or(0, |newest| day_of(newest.at_ms));
        // Before the first touchpoint comes an endless gap.
        let (mut one, mut before_ms): (Set, i64) = (1, i64::MIN / 2);
        for t in timeline {
            index.put(t, one, t.themes & themes);
            index.days |= 1 << (index.newest_day - day_of(t.at_ms)).min(63);
            let gap = t.at_ms - before_ms;
            let starts = gap > SESSION_GAP_MS;
            index.starts |= if starts { one } else { 0 };
            index.sessions_ms += if starts { 0 } else { gap };
            index.gap_min_ms = index.gap_min_ms.min(gap);
            before_ms = t.at_ms;
            one <<= 1;
        }
        index
    }

    fn nothing() -> Self {
        Self {
            all: 0,
            kinds: [0; 8],
            forms: [0; 4],
            channels: [0; 32],
            themes: [0; NO_THEME + 1],
            seen_channels: 0,
            seen_themes: 0,
            last_themes: 0,
            starts: 0,
            sessions_ms: 0,
            gap_min_ms: i64::MAX,
            days: 0,
            newest_day: 0,
        }
    }

    fn put(&mut self, t: &Touchpoint, one: Set, themes: u64) {
        self.all |= one;
        self.kinds[t.kind as usize] |= one;
        self.forms[t.form as usize] |= one;
        self.channels[t.channel as usize] |= one;
        self.seen_channels |= 1 << t.channel as u8;
        self.seen_themes |= themes;
        self.last_themes = if themes == 0 { self.last_themes } else { themes };
        let mut left = themes;
        loop {
            self.themes[left.trailing_zeros() as usize] |= one;
            left &= left.wrapping_sub(1);
            if left == 0 {
                return;
            }
        }
    }

    pub fn pages(&self) -> Set {
        self.kinds[EventType::Page as usize] | self.kinds[EventType::Screen as usize]
    }

    /// The last touchpoint of each session.
    pub fn ends(&self) -> Set {
        // Whatever comes before a start, and the newest of all.
        self.starts >> 1 | (self.all ^ self.all >> 1)
    }

    /// Bit n: touchpoints n days ago, as of that instant; beyond two months bits may be missing.
    pub fn days(&self, now: i64) -> u64 {
        u32::try_from(day_of(now) - self.newest_day).ok().and_then(|later| self.days.checked_shl(later)).unwrap_or(0)
    }
}

/// Place of the newest touchpoint of a set that holds any.
pub fn newest(set: Set) -> usize {
    (Set::BITS - 1).saturating_sub(set.leading_zeros()) as usize
}

/// Which touchpoints lie in each span of time, by tier; a narrower one's lie in the wider ones, too. To be met with sets of the index: bits
/// beyond the timeline are set.
pub struct Windows([Set; TIERS]);

impl Windows {
    /// Of a timeline, oldest first and none newer than `now`.
    pub fn as_of(timeline: &[Touchpoint], now: i64) -> Self {
        let today = day_of(now);
        let days = |days: i64| (today - (days - 1)) * DAY_MS;
        let [week, four_weeks, month] = WINDOW_DAYS.map(days);
        let since = [now - HOUR_MS + 1, now - DAY_MS + 1, week, four_weeks, month, i64::MIN];
        let from = |place: usize| Set::MAX.checked_shl(place as u32).unwrap_or(0);
        Self(since.map(|since_ms| from(timeline.partition_point(|t| t.at_ms < since_ms))))
    }

    /// How many of a set lie in a tier.
    pub fn count(&self, set: Set, tier: usize) -> u32 {
        (set & self.0[tier]).count_ones()
    }

    /// How many of a set lie in the three weeks before the newest one.
    pub fn three_weeks(&self, set: Set) -> u64 {
        (set & self.0[FOUR_WEEKS] & !self.0[WINDOWS[WEEK]]).count_ones().into()
    }
}

/// Days since 1970. Instants are never negative, and a division without a sign is cheaper.
fn day_of(at_ms: i64) -> i64 {
    (at_ms as u64 / DAY_MS as u64) as i64
}
