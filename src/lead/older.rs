//! Sums over the touchpoints that have left the timeline.

use super::facts::{DAY_MS, DAYS, Dimension, FIRSTS, Facts, Older};
use crate::touchpoint::{FormStep, Touchpoint};

/// The UTC day of an instant, counted from 1970-01-01.
pub fn day(at_ms: i64) -> i32 {
    (at_ms / DAY_MS) as i32
}

impl Older {
    pub fn is_empty(&self) -> bool {
        self.totals.is_empty()
    }

    /// Takes in a touchpoint that has left the timeline; `newest_ms` is the lead's newest instant.
    pub fn absorb(&mut self, touchpoint: Touchpoint, newest_ms: i64) {
        self.keep_first(touchpoint);
        self.count(&touchpoint, newest_ms);
    }

    /// Keeps it if it is among the very first.
    pub fn keep_first(&mut self, touchpoint: Touchpoint) {
        let at = self.firsts.partition_point(|first| *first < touchpoint);
        if at < FIRSTS {
            self.firsts.truncate(FIRSTS - 1);
            self.firsts.insert(at, touchpoint);
        }
    }

    /// Adds what `touchpoint` counts for.
    pub fn count(&mut self, touchpoint: &Touchpoint, newest_ms: i64) {
        let Self { totals, days, .. } = self;
        counted(touchpoint, newest_ms, |day, dimension| match day {
            None => add(totals, dimension, 1),
            Some(day) => add(days, (day, dimension), 1),
        });
    }

    /// Takes back what `touchpoint` was counted for.
    pub fn take_back(&mut self, touchpoint: &Touchpoint, newest_ms: i64) {
        let Self { totals, days, .. } = self;
        counted(touchpoint, newest_ms, |day, dimension| match day {
            None => subtract_one(totals, dimension),
            Some(day) => subtract_one(days, (day, dimension)),
        });
    }

    /// Forgets the days that the newest instant has left behind.
    pub fn forget_days(&mut self, newest_ms: i64) {
        let out = oldest_day_out(newest_ms);
        if self.days.first().is_some_and(|((first, _), _)| *first <= out) {
            self.days.retain(|((day, _), _)| *day > out);
        }
    }

    /// Adds the sums of another lead.
    pub fn add_sums(&mut self, other: &Older) {
        for (dimension, count) in &other.totals {
            add(&mut self.totals, *dimension, *count);
        }
        for (key, count) in &other.days {
            add(&mut self.days, *key, *count);
        }
    }
}

impl Facts {
    /// Keeps the timeline within `TIMELINE`, and the days within `DAYS`.
    pub(super) fn settle(&mut self) {
        let newest_ms = self.newest_ms();
        while self.timeline.len() > super::facts::TIMELINE {
            let leaving = self.timeline.remove(0);
            self.older.absorb(leaving, newest_ms);
        }
        self.older.forget_days(newest_ms);
    }
}

/// The newest day that is no longer counted.
fn oldest_day_out(newest_ms: i64) -> i32 {
    day(newest_ms) - DAYS as i32
}

/// Every dimension that a touchpoint counts in.
pub fn dimensions(touchpoint: &Touchpoint, mut visit: impl FnMut(Dimension)) {
    visit(Dimension::ALL);
    visit(Dimension::kind(touchpoint.kind));
    if touchpoint.form != FormStep::None {
        visit(Dimension::form(touchpoint.form));
    }
    visit(Dimension::channel(touchpoint.channel));
    let mut themes = touchpoint.themes;
    while themes != 0 {
        visit(Dimension::theme(themes.trailing_zeros()));
        themes &= themes - 1;
    }
}

/// Visits what a touchpoint is counted under: each dimension in the totals (`None`) and, where its day still counts, in that day.
fn counted(touchpoint: &Touchpoint, newest_ms: i64, mut visit: impl FnMut(Option<i32>, Dimension)) {
    let day = Some(day(touchpoint.at_ms)).filter(|day| *day > oldest_day_out(newest_ms));
    dimensions(touchpoint, |dimension| {
        visit(None, dimension);
        if day.is_some() {
            visit(day, dimension);
        }
    });
}

fn add<K: Ord + Copy>(counts: &mut Vec<(K, u32)>, key: K, by: u32) {
    match counts.binary_search_by_key(&key, |(k, _)| *k) {
        Ok(at) => counts[at].1 = counts[at].1.saturating_add(by),
        Err(at) => counts.insert(at, (key, by)),
    }
}

fn subtract_one<K: Ord + Copy>(counts: &mut Vec<(K, u32)>, key: K) {
    if let Ok(at) = counts.binary_search_by_key(&key, |(k, _)| *k) {
        counts[at].1 -= 1; // there are no zeros
        if counts[at].1 == 0 {
            counts.remove(at);
        }
    }
}
