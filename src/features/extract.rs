//! From facts to numbers: one pass over the timeline, newest touchpoint first, straight into the vector.
//!
//! Only integers are ever summed, so that no order of additions can be seen in a value.

use super::Schema;
use super::layout::{EVER, Layout, MONTH, Tiers, TraitSlots, UNCOUNTED, WEEK};
use super::title_codes::title_codes;
use super::trait_codes::category_code;
use crate::config::TraitKind;
use crate::lead::facts::{DAY_MS, Dimension, Facts, Older, TraitValue};
use crate::touchpoint::{FormStep, Touchpoint};
use crate::wire::event::EventType;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// A longer silence ends a session, as in GA4.
const SESSION_GAP_MS: i64 = 30 * MINUTE_MS;
/// Ages in days of the three weeks before the newest one.
const THREE_WEEKS: std::ops::Range<i64> = 7..28;

/// What the pass over the timeline finds, besides the counts that it writes at once.
#[derive(Default)]
struct Seen {
    /// Bit n: touchpoints n days ago.
    days: u32,
    channels: u32,
    themes: u64,
    high: bool,
    /// Touchpoints in the three weeks before the newest one, and visits to high-intent themes.
    before: u64,
    high_before: u64,
    gap_min_ms: i64,
    sessions: u32,
    sessions_week: u32,
    sessions_month: u32,
    /// Of all sessions together.
    session_ms: i64,
    pages: u32,
    last_session_ms: i64,
    last_session_pages: u32,
}

impl Schema {
    /// Writes the vector of `facts` as of an instant: every slot of `row`, whose length is [`Schema::width`].
    ///
    /// Pure. An instant before the newest touchpoint is taken for that touchpoint's: facts do not know what they were before.
    pub fn extract(&self, facts: &Facts, as_of_ms: i64, row: &mut [f64]) {
        let layout = &self.layout;
        row.copy_from_slice(&layout.defaults);
        let now = as_of_ms.max(facts.newest_ms());
        if let (Some(oldest), Some(newest)) = (facts.timeline.first(), facts.timeline.last()) {
            let mut seen = layout.timeline(&facts.timeline, now, row);
            for &slot in &layout.carry {
                row[usize::from(slot)] += row[usize::from(slot) - 1];
            }
            layout.older(&facts.older, now / DAY_MS, &mut seen, row);
            layout.sums(&seen, row);
            layout.sessions(&seen, row);
            layout.gaps(&facts.timeline, &seen, row);
            layout.ends(facts.older.firsts.first().unwrap_or(oldest), newest, now, row);
            layout.path(facts, row);
        }
        layout.person(facts, row);
    }
}

impl Layout {
    /// Counts each touchpoint in the narrowest window that holds it.
    fn timeline(&self, timeline: &[Touchpoint], now: i64, row: &mut [f64]) -> Seen {
        let mut seen = Seen { gap_min_ms: i64::MAX, ..Seen::default() };
        let today = now / DAY_MS;
        // Nothing is newer than the newest: an endless gap opens the first session.
        let mut newer_ms = i64::MAX;
        for t in timeline.iter().rev() {
            let (age, day) = (now - t.at_ms, today - t.at_ms / DAY_MS);
            let tier = usize::from(age >= HOUR_MS)
                + usize::from(age >= DAY_MS)
                + usize::from(day >= 7)
                + usize::from(day >= 30);
            let mut count = |dimension: Dimension| row[self.slot(dimension, tier)] += 1.0;
            count(Dimension::ALL);
            count(Dimension::kind(t.kind));
            count(Dimension::channel(t.channel));
            if t.form != FormStep::None {
                count(Dimension::form(t.form));
            }
            let themes = t.themes & self.themes;
            if themes != 0 {
                self.visit(themes, age, day, tier, &mut seen, row);
            }
            seen.touchpoint(t, day, tier, newer_ms - t.at_ms);
            newer_ms = t.at_ms;
        }
        seen
    }

    fn slot(&self, dimension: Dimension, tier: usize) -> usize {
        usize::from(self.counts[usize::from(dimension.0 & 127)][tier])
    }

    /// One touchpoint's themes, of which there is at least one.
    fn visit(&self, themes: u64, age: i64, day: i64, tier: usize, seen: &mut Seen, row: &mut [f64]) {
        if seen.themes == 0 {
            row[usize::from(self.slots.last_theme)] = theme_code(themes);
        }
        let high = (themes & self.high_themes).count_ones();
        if high > 0 {
            row[usize::from(self.high[tier])] += f64::from(high);
            seen.high_before += if THREE_WEEKS.contains(&day) { u64::from(high) } else { 0 };
            if !seen.high {
                seen.high = true;
                row[usize::from(self.slots.hours_since_high_intent)] = hours(age);
            }
        }
        let mut left = themes;
        while left != 0 {
            let theme = left.trailing_zeros();
            row[self.slot(Dimension::theme(theme), tier)] += 1.0;
            if seen.themes >> theme & 1 == 0 {
                row[usize::from(self.since_theme[theme as usize])] = days(age);
            }
            left &= left - 1;
        }
        seen.themes |= themes;
    }

    /// Adds what has left the timeline to windows that have been carried already.
    fn older(&self, older: &Older, today: i64, seen: &mut Seen, row: &mut [f64]) {
        for &(dimension, n) in &older.totals {
            if let Some((tiers, high)) = self.counted(dimension) {
                row[usize::from(tiers[EVER])] += f64::from(n);
                if high {
                    row[usize::from(self.high[EVER])] += f64::from(n);
                }
                match dimension.0 {
                    32..64 => seen.channels |= 1 << (dimension.0 - 32),
                    64..128 => seen.themes |= 1 << (dimension.0 - 64),
                    _ => {}
                }
            }
        }
        for &(day, dimension, n) in &older.days {
            let day = today - i64::from(day);
            if let (0..30, Some((tiers, high))) = (day, self.counted(dimension)) {
                add_day(tiers, day, n, row);
                if high {
                    add_day(&self.high, day, n, row);
                    seen.high_before += if THREE_WEEKS.contains(&day) { u64::from(n) } else { 0 };
                }
                if dimension == Dimension::ALL {
                    seen.days |= 1 << day;
                    seen.before += if THREE_WEEKS.contains(&day) { u64::from(n) } else { 0 };
                }
            }
        }
    }

    /// Where a dimension is counted, if at all, and whether it is a high-intent theme.
    fn counted(&self, dimension: Dimension) -> Option<(&Tiers, bool)> {
        let tiers = self.counts.get(usize::from(dimension.0)).filter(|tiers| **tiers != UNCOUNTED)?;
        let high = dimension.0 >= 64 && self.high_themes >> (dimension.0 - 64) & 1 == 1;
        Some((tiers, high))
    }

    fn sums(&self, seen: &Seen, row: &mut [f64]) {
        let s = &self.slots;
        let week = |tiers: &Tiers, row: &[f64]| row[usize::from(tiers[WEEK])];
        let momentum = |week: f64, before: u64| (3.0 * week - before as f64) / 3.0;
        row[usize::from(s.momentum)] = momentum(week(&self.counts[usize::from(Dimension::ALL.0)], row), seen.before);
        row[usize::from(s.momentum_high)] = momentum(week(&self.high, row), seen.high_before);
        row[usize::from(s.active_days_7d)] = f64::from((seen.days & 0x7f).count_ones());
        row[usize::from(s.active_days_30d)] = f64::from((seen.days & 0x3fff_ffff).count_ones());
        row[usize::from(s.distinct_channels)] = f64::from(seen.channels.count_ones());
        row[usize::from(s.distinct_themes)] = f64::from(seen.themes.count_ones());
    }

    fn sessions(&self, seen: &Seen, row: &mut [f64]) {
        let s = &self.slots;
        let sessions = f64::from(seen.sessions);
        row[usize::from(s.sessions)] = sessions;
        row[usize::from(s.sessions_week)] = f64::from(seen.sessions_week);
        row[usize::from(s.sessions_month)] = f64::from(seen.sessions_month);
        row[usize::from(s.session_last_minutes)] = minutes(seen.last_session_ms);
        row[usize::from(s.session_mean_minutes)] = minutes(seen.session_ms) / sessions;
        row[usize::from(s.session_last_pages)] = f64::from(seen.last_session_pages);
        row[usize::from(s.session_mean_pages)] = f64::from(seen.pages) / sessions;
    }

    /// Means need no pass: gaps between neighbours add up to the span between the ends.
    fn gaps(&self, timeline: &[Touchpoint], seen: &Seen, row: &mut [f64]) {
        let s = &self.slots;
        let (Some(first), [.., before, last]) = (timeline.first(), timeline) else { return };
        let gaps = timeline.len() - 1;
        row[usize::from(s.gap_mean)] = hours(last.at_ms - first.at_ms) / gaps as f64;
        row[usize::from(s.gap_min)] = hours(seen.gap_min_ms);
        row[usize::from(s.gap_last)] = hours(last.at_ms - before.at_ms);
        let half = gaps / 2;
        if half > 0 {
            let middle = timeline[half].at_ms;
            let older = (middle - first.at_ms) as f64 / half as f64;
            let newer = (last.at_ms - middle) as f64 / (gaps - half) as f64;
            // Touchpoints of one instant neither speed up nor slow down.
            row[usize::from(s.gap_trend)] = if older + newer > 0.0 { newer / (newer + older) } else { 0.5 };
        }
    }

    fn ends(&self, first: &Touchpoint, newest: &Touchpoint, now: i64, row: &mut [f64]) {
        let s = &self.slots;
        row[usize::from(s.hours_since_last)] = hours(now - newest.at_ms);
        row[usize::from(s.days_since_first)] = days(now - first.at_ms);
        row[usize::from(s.last_type)] = f64::from(newest.kind as u8);
        row[usize::from(s.last_channel)] = f64::from(newest.channel as u8);
        row[usize::from(s.last_hour)] = (newest.at_ms / HOUR_MS % 24) as f64;
        // 1970 began on a Thursday; Monday is 0.
        row[usize::from(s.last_weekday)] = ((newest.at_ms / DAY_MS + 3) % 7) as f64;
    }

    fn path(&self, facts: &Facts, row: &mut [f64]) {
        for (&(channel, theme), t) in self.path.iter().zip(facts.firsts()) {
            row[usize::from(channel)] = f64::from(t.channel as u8);
            row[usize::from(theme)] = theme_code(t.themes & self.themes);
        }
    }

    /// What is known of the person rather than of what they did.
    fn person(&self, facts: &Facts, row: &mut [f64]) {
        row[usize::from(self.slots.known)] = f64::from(u8::from(facts.known));
        if let Some(best) = facts.form.best {
            row[usize::from(self.slots.form_best)] = f64::from(best) / 1000.0;
        }
        if let Some((_, _, last)) = facts.form.last {
            row[usize::from(self.slots.form_last)] = f64::from(last) / 1000.0;
        }
        for t in &facts.traits {
            if let Some(slots) = self.traits.get(usize::from(t.index)) {
                slots.write(&t.value, row);
            }
        }
    }
}

impl Seen {
    /// `gap_ms` is the time to the next newer touchpoint.
    fn touchpoint(&mut self, t: &Touchpoint, day: i64, tier: usize, gap_ms: i64) {
        if day < 30 {
            self.days |= 1 << day;
            self.before += u64::from(THREE_WEEKS.contains(&day));
        }
        self.channels |= 1 << t.channel as u8;
        self.gap_min_ms = self.gap_min_ms.min(gap_ms);
        if gap_ms > SESSION_GAP_MS {
            self.sessions += 1;
            self.sessions_week += u32::from(tier <= WEEK);
            self.sessions_month += u32::from(tier <= MONTH);
        } else {
            self.session_ms += gap_ms;
        }
        self.pages += u32::from(matches!(t.kind, EventType::Page | EventType::Screen));
        if self.sessions == 1 {
            (self.last_session_ms, self.last_session_pages) = (self.session_ms, self.pages);
        }
    }
}

impl TraitSlots {
    /// Leaves the slots at missing where the value is nothing, or of another kind than configured now.
    fn write(&self, value: &TraitValue, row: &mut [f64]) {
        let slot = usize::from(self.value);
        row[slot] = match (self.kind, value) {
            (TraitKind::Number, TraitValue::Number(number)) if number.is_finite() => *number,
            (TraitKind::Flag, TraitValue::Flag(flag)) => f64::from(u8::from(*flag)),
            (TraitKind::Category, TraitValue::Text(text)) => category_code(text),
            (TraitKind::Title, TraitValue::Text(text)) => {
                let (rank, department) = title_codes(text);
                row[slot + 1] = department;
                rank
            }
            _ => return,
        };
        row[usize::from(self.missing)] = 0.0;
    }
}

/// Adds to the windows that hold a day less than 30 days ago.
fn add_day(tiers: &Tiers, day: i64, n: u32, row: &mut [f64]) {
    row[usize::from(tiers[MONTH])] += f64::from(n);
    if day < 7 && tiers[WEEK] != tiers[MONTH] {
        row[usize::from(tiers[WEEK])] += f64::from(n);
    }
}

/// 0 for none, else the first theme's place in the configuration, from 1.
fn theme_code(themes: u64) -> f64 {
    if themes == 0 { 0.0 } else { f64::from(themes.trailing_zeros() + 1) }
}

fn minutes(ms: i64) -> f64 {
    ms as f64 / MINUTE_MS as f64
}

fn hours(ms: i64) -> f64 {
    ms as f64 / HOUR_MS as f64
}

fn days(ms: i64) -> f64 {
    ms as f64 / DAY_MS as f64
}
