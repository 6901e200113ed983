//! From facts to numbers, straight into the vector.
//!
//! Only integers are ever summed, so that no order of additions can be seen in a value.

use super::Schema;
use super::layout::{Family, Layout, MONTH, TraitSlots, WEEK, WINDOWS};
use super::older::Sums;
use super::timeline_index::{HOUR_MS, MINUTE_MS, Set, TimelineIndex, Windows, newest};
use super::trait_codes::category_code;
use crate::config::TraitKind;
use crate::lead::facts::{DAY_MS, Facts, TraitValue};
use crate::touchpoint::{FormStep, Touchpoint, read_title};

impl Schema {
    /// Writes the vector of `facts` as of an instant: every slot of `row`, whose length is [`Schema::width`].
    ///
    /// Pure. An instant before the newest touchpoint is taken for that touchpoint's: facts do not know what they were before.
    pub fn extract(&self, facts: &Facts, as_of_ms: i64, row: &mut [f64]) {
        self.extract_indexed(facts, &self.index_of(facts), as_of_ms, row);
    }

    /// What [`Schema::extract_indexed`] wants beside the facts.
    pub fn index_of(&self, facts: &Facts) -> TimelineIndex {
        TimelineIndex::of(&facts.timeline, self.layout.theme_bits)
    }

    /// As [`Schema::extract`], for facts that are looked at as of several instants.
    pub fn extract_indexed(&self, facts: &Facts, index: &TimelineIndex, as_of_ms: i64, row: &mut [f64]) {
        let layout = &self.layout;
        row.copy_from_slice(&layout.defaults);
        layout.person(facts, row);
        let (Some(oldest), Some(newest)) = (facts.timeline.first(), facts.timeline.last()) else { return };
        let now = as_of_ms.max(newest.at_ms);
        let asked = Asked { timeline: &facts.timeline, index, windows: Windows::as_of(&facts.timeline, now), now };
        layout.counts(&asked, row);
        let high_before = layout.themes(&asked, row);
        layout.sessions(&asked, row);
        layout.gaps(&asked, row);
        layout.ends(facts.older.firsts.first().unwrap_or(oldest), newest, now, row);
        layout.path(facts, row);

        let (days, channels, themes) = (index.days(now), index.seen_channels, index.seen_themes);
        let before = asked.windows.three_weeks(index.all);
        let mut sums = Sums { days, channels, themes, before, high_before };
        layout.older(&facts.older, now / DAY_MS, &mut sums, row);
        layout.sums(&sums, row);
    }
}

/// A timeline, and as of when it is looked at.
struct Asked<'a> {
    timeline: &'a [Touchpoint],
    index: &'a TimelineIndex,
    windows: Windows,
    now: i64,
}

impl Layout {
    fn counts(&self, asked: &Asked<'_>, row: &mut [f64]) {
        let Asked { index, windows, .. } = asked;
        put(self.all, index.all, windows, row);
        for (&family, &set) in self.kinds.iter().zip(&index.kinds).filter(|(_, set)| **set != 0) {
            put(family, set, windows, row);
        }
        for step in [FormStep::Started, FormStep::Submitted] {
            put(self.forms[step as usize], index.forms[step as usize], windows, row);
        }
        for channel in bits(index.seen_channels.into()) {
            put(self.channels[channel], index.channels[channel], windows, row);
        }
    }

    /// Themes one by one, and those of high intent together; returns the latter's visits in the three weeks before.
    fn themes(&self, asked: &Asked<'_>, row: &mut [f64]) -> u64 {
        let Asked { timeline, index, windows, now } = asked;
        let (mut high_before, mut high_ms) = (0, None);
        for theme in bits(index.seen_themes) {
            let (slots, set) = (&self.themes[theme], index.themes[theme]);
            let last_ms = timeline[newest(set)].at_ms;
            put(slots.counts, set, windows, row);
            row[usize::from(slots.since)] = days(now - last_ms);
            if self.high_bits >> theme & 1 == 1 {
                for window in 0..WINDOWS.len() {
                    row[usize::from(self.high.start) + window] += row[usize::from(slots.counts.start) + window];
                }
                high_before += windows.three_weeks(set);
                high_ms = high_ms.max(Some(last_ms));
            }
        }
        if let Some(high_ms) = high_ms {
            row[usize::from(self.slots.hours_since_high_intent)] = hours(now - high_ms);
        }
        if index.last_themes != 0 {
            row[usize::from(self.slots.last_theme)] = theme_code(index.last_themes);
        }
        high_before
    }

    fn sessions(&self, asked: &Asked<'_>, row: &mut [f64]) {
        let (s, Asked { timeline, index, windows, .. }) = (&self.slots, asked);
        let (ends, pages, last_start) = (index.ends(), index.pages(), newest(index.starts));
        let sessions = f64::from(ends.count_ones());
        let last_ms = timeline[timeline.len() - 1].at_ms - timeline[last_start].at_ms;
        row[usize::from(s.sessions)] = sessions;
        row[usize::from(s.sessions_week)] = f64::from(windows.count(ends, WINDOWS[WEEK]));
        row[usize::from(s.sessions_month)] = f64::from(windows.count(ends, WINDOWS[MONTH]));
        row[usize::from(s.session_last_minutes)] = minutes(last_ms);
        row[usize::from(s.session_mean_minutes)] = minutes(index.sessions_ms) / sessions;
        row[usize::from(s.session_last_pages)] = f64::from((pages >> last_start).count_ones());
        row[usize::from(s.session_mean_pages)] = f64::from(pages.count_ones()) / sessions;
    }

    /// Means need no pass: gaps between neighbours add up to the span between the ends.
    fn gaps(&self, asked: &Asked<'_>, row: &mut [f64]) {
        let (s, Asked { timeline, index, .. }) = (&self.slots, asked);
        let (Some(first), [.., before, last]) = (timeline.first(), *timeline) else { return };
        let gaps = timeline.len() - 1;
        row[usize::from(s.gap_mean)] = hours(last.at_ms - first.at_ms) / gaps as f64;
        row[usize::from(s.gap_min)] = hours(index.gap_min_ms);
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
            row[usize::from(theme)] = theme_code(t.themes & self.theme_bits);
        }
    }

    fn sums(&self, sums: &Sums, row: &mut [f64]) {
        let s = &self.slots;
        let week = |family: Family<0>, row: &[f64]| family.slot(WEEK).map_or(0.0, |slot| row[slot]);
        let momentum = |week: f64, before: u64| (3.0 * week - before as f64) / 3.0;
        row[usize::from(s.momentum)] = momentum(week(self.all, row), sums.before);
        row[usize::from(s.momentum_high)] = momentum(week(self.high, row), sums.high_before);
        row[usize::from(s.active_days_7d)] = f64::from((sums.days & 0x7f).count_ones());
        row[usize::from(s.active_days_30d)] = f64::from((sums.days & 0x3fff_ffff).count_ones());
        row[usize::from(s.distinct_channels)] = f64::from(sums.channels.count_ones());
        row[usize::from(s.distinct_themes)] = f64::from(sums.themes.count_ones());
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

impl TraitSlots {
    /// Leaves the slots at missing where the value is nothing, or of another kind than configured now.
    fn write(&self, value: &TraitValue, row: &mut [f64]) {
        let slot = usize::from(self.value);
        row[slot] = match (self.kind, value) {
            (TraitKind::Number, TraitValue::Number(number)) if number.is_finite() => *number,
            (TraitKind::Flag, TraitValue::Flag(flag)) => f64::from(u8::from(*flag)),
            (TraitKind::Category, TraitValue::Text(text)) => category_code(text),
            (TraitKind::Title, TraitValue::Text(text)) => {
                let (rank, department) = read_title(text);
                row[slot + 1] = f64::from(department as u8);
                f64::from(rank as u8)
            }
            _ => return,
        };
        row[usize::from(self.missing)] = 0.0;
    }
}

/// Writes a family's counts, one window after the other.
fn put<const FIRST: usize>(family: Family<FIRST>, set: Set, windows: &Windows, row: &mut [f64]) {
    let start = usize::from(family.start);
    let slots = &mut row[start..start + WINDOWS.len() - FIRST];
    for (slot, tier) in slots.iter_mut().zip(&WINDOWS[FIRST..]) {
        *slot = f64::from(windows.count(set, *tier));
    }
}

/// Numbers of the bits that are set, ascending.
fn bits(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = set.trailing_zeros() as usize;
        let found = set != 0;
        set &= set.wrapping_sub(1);
        found.then_some(bit)
    })
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
