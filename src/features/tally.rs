//! The one pass over a timeline: everything that features need of it, in integers.
//!
//! It runs for every event, so nothing in it depends on a branch that a processor could guess wrong, but for touchpoints with
//! several themes: what does not count is counted where nobody looks.

use super::layout::{FOUR_WEEKS, TIERS};
use crate::lead::facts::DAY_MS;
use crate::touchpoint::Touchpoint;
use crate::wire::event::EventType;

pub const MINUTE_MS: i64 = 60_000;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// A longer silence ends a session, as in GA4.
const SESSION_GAP_MS: i64 = 30 * MINUTE_MS;
/// Where a touchpoint without a theme counts.
const NO_THEME: usize = 64;

/// Counts of one thing by tier, one byte each: a timeline's 64 touchpoints fit, and so do sums over tiers.
#[derive(Clone, Copy, Default)]
pub struct Counts(u64);

impl Counts {
    /// One of that tier.
    fn one(tier: usize) -> Self {
        Self(1 << (8 * tier))
    }

    fn add(&mut self, one: Self) {
        self.0 += one.0;
    }

    /// Of each tier and all narrower ones: a multiplication by ones is a running sum.
    pub fn nested(self) -> [u8; 8] {
        self.0.wrapping_mul(0x0101_0101_0101_0101).to_le_bytes()
    }

    /// Of all tiers.
    pub fn total(self) -> u8 {
        self.nested()[TIERS - 1]
    }

    /// Of the three weeks before the newest one.
    pub fn three_weeks(self) -> u64 {
        self.0 >> (8 * FOUR_WEEKS) & 0xff
    }
}

/// What a timeline amounts to as of an instant.
pub struct Tally {
    pub all: Counts,
    /// By the number of an [`EventType`].
    pub kinds: [Counts; 8],
    /// By the number of a form's step.
    pub forms: [Counts; 4],
    pub channels: [Counts; 32],
    pub themes: [Counts; NO_THEME + 1],
    /// Newest instant of each theme that was seen.
    pub theme_ms: [i64; NO_THEME + 1],
    pub seen_channels: u32,
    pub seen_themes: u64,
    /// Themes of the newest touchpoint that has any.
    pub last_themes: u64,
    /// Bit n: touchpoints n days ago; the last bit stands for all days from there on.
    pub days: u64,
    pub gap_min_ms: i64,
    /// By the tier of their newest touchpoint.
    pub sessions: Counts,
    /// Length of all sessions together.
    pub sessions_ms: i64,
    pub last_session_ms: i64,
    pub last_session_pages: u32,
}

impl Tally {
    /// Of a timeline, oldest first and none newer than `now`. `themes` are the bits to look at.
    pub fn of(timeline: &[Touchpoint], now: i64, themes: u64) -> Self {
        let mut tally = Self::nothing();
        let today = day_of(now);
        // Before the first touchpoint comes an endless gap, and a session of no tier.
        let (mut before_ms, mut before, mut session_start_ms, mut pages) = (i64::MIN / 2, Counts::one(TIERS), 0, 0);
        for t in timeline {
            let day = today - day_of(t.at_ms);
            let one = Counts::one(tier(now - t.at_ms, day));
            tally.count(t, one, t.themes & themes);
            tally.days |= 1 << day.min(63);

            let gap = t.at_ms - before_ms;
            let starts = gap > SESSION_GAP_MS;
            tally.gap_min_ms = tally.gap_min_ms.min(gap);
            tally.sessions.add(if starts { before } else { Counts(0) });
            tally.sessions_ms += if starts { 0 } else { gap };
            session_start_ms = if starts { t.at_ms } else { session_start_ms };
            pages = if starts { 0 } else { pages } + u32::from(matches!(t.kind, EventType::Page | EventType::Screen));
            (before_ms, before) = (t.at_ms, one);
        }
        tally.sessions.add(before);
        tally.last_session_ms = before_ms - session_start_ms;
        tally.last_session_pages = pages;
        tally
    }

    fn nothing() -> Self {
        Self {
            all: Counts(0),
            kinds: [Counts(0); 8],
            forms: [Counts(0); 4],
            channels: [Counts(0); 32],
            themes: [Counts(0); NO_THEME + 1],
            theme_ms: [0; NO_THEME + 1],
            seen_channels: 0,
            seen_themes: 0,
            last_themes: 0,
            days: 0,
            gap_min_ms: i64::MAX,
            sessions: Counts(0),
            sessions_ms: 0,
            last_session_ms: 0,
            last_session_pages: 0,
        }
    }

    fn count(&mut self, t: &Touchpoint, one: Counts, themes: u64) {
        self.all.add(one);
        self.kinds[t.kind as usize].add(one);
        self.forms[t.form as usize].add(one);
        self.channels[t.channel as usize].add(one);
        self.seen_channels |= 1 << t.channel as u8;
        self.seen_themes |= themes;
        self.last_themes = if themes == 0 { self.last_themes } else { themes };
        let mut left = themes;
        loop {
            let theme = left.trailing_zeros() as usize;
            self.themes[theme].add(one);
            self.theme_ms[theme] = t.at_ms;
            left &= left.wrapping_sub(1);
            if left == 0 {
                return;
            }
        }
    }

    /// Pages and screens among all touchpoints.
    pub fn pages(&self) -> u8 {
        self.kinds[EventType::Page as usize].total() + self.kinds[EventType::Screen as usize].total()
    }
}

/// Days since 1970. Instants are never negative, and a division without a sign is cheaper.
fn day_of(at_ms: i64) -> i64 {
    (at_ms as u64 / DAY_MS as u64) as i64
}

/// The narrowest of the nested spans that holds a touchpoint of that age and that many days ago.
fn tier(age: i64, day: i64) -> usize {
    usize::from(age >= HOUR_MS)
        + usize::from(age >= DAY_MS)
        + usize::from(day >= 7)
        + usize::from(day >= 28)
        + usize::from(day >= 30)
}
