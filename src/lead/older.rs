//! Sums over the touchpoints that have left the timeline.

use super::facts::{DAY_MS, DAYS, Dimension, FIRSTS, Facts, Older};
use crate::touchpoint::{FormStep, Touchpoint};

/// The UTC day of an instant, counted from 1970-01-01.
pub fn day(at_ms: i64) -> i32 {
    (at_ms / DAY_MS) as i32
}

impl Older {
    pub fn is_empty(&self) -> bool {
        self.dimensions.is_empty()
    }

    /// How often a dimension was counted.
    pub fn total(&self, dimension: Dimension) -> u32 {
        self.dimensions.binary_search(&dimension).map_or(0, |column| self.totals[column])
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
        let day = counted_day(touchpoint, newest_ms);
        let row = day.map(|day| self.row(day));
        dimensions(touchpoint, |dimension| {
            let column = self.column(dimension);
            add(&mut self.totals[column], 1);
            if let Some(row) = row {
                add(&mut self.by_day[row * self.dimensions.len() + column], 1);
            }
        });
    }

    /// Takes back what `touchpoint` was counted for.
    pub fn take_back(&mut self, touchpoint: &Touchpoint, newest_ms: i64) {
        let day = counted_day(touchpoint, newest_ms);
        let row = day.and_then(|day| self.days.binary_search(&day).ok());
        dimensions(touchpoint, |dimension| {
            let Ok(column) = self.dimensions.binary_search(&dimension) else { return };
            self.totals[column] = self.totals[column].saturating_sub(1);
            if let Some(row) = row {
                let count = &mut self.by_day[row * self.dimensions.len() + column];
                *count = count.saturating_sub(1);
            }
        });
        if self.totals.contains(&0) {
            let left = self.dimensions.iter().copied().enumerate().filter(|(column, _)| self.totals[*column] > 0);
            self.keep_columns(&left.collect::<Vec<_>>());
        }
        self.forget_empty_days();
    }

    /// Forgets the days that the newest instant has left behind.
    pub fn forget_days(&mut self, newest_ms: i64) {
        let gone = self.days.partition_point(|day| *day <= oldest_day_out(newest_ms));
        self.days.drain(..gone);
        self.by_day.drain(..gone * self.dimensions.len());
    }

    /// Adds the sums of another lead.
    pub fn add_sums(&mut self, other: &Older) {
        for (dimension, count) in other.dimensions.iter().zip(&other.totals) {
            let column = self.column(*dimension);
            add(&mut self.totals[column], *count);
        }
        // They are all there now, so that none of them moves any more.
        let columns: Vec<usize> = other.dimensions.iter().map(|dimension| self.column(*dimension)).collect();
        for (day, counts) in other.days.iter().zip(other.by_day.chunks_exact(other.dimensions.len().max(1))) {
            let start = self.row(*day) * self.dimensions.len();
            for (column, count) in columns.iter().zip(counts) {
                add(&mut self.by_day[start + column], *count);
            }
        }
    }

    /// Gives dimensions other numbers, no two the same, and forgets those that get none.
    pub fn rename(&mut self, renamed: impl Fn(Dimension) -> Option<Dimension>) {
        let all = self.dimensions.iter().enumerate();
        let mut left: Vec<_> = all.filter_map(|(column, old)| Some((column, renamed(*old)?))).collect();
        left.sort_unstable_by_key(|(_, dimension)| *dimension);
        self.keep_columns(&left);
        self.forget_empty_days();
    }

    pub fn clear(&mut self) {
        self.firsts.clear();
        self.dimensions.clear();
        self.totals.clear();
        self.days.clear();
        self.by_day.clear();
    }

    /// The place of a dimension, which is made if there is none: then its total is 0 until the caller adds to it.
    fn column(&mut self, dimension: Dimension) -> usize {
        self.dimensions.binary_search(&dimension).unwrap_or_else(|column| {
            let width = self.dimensions.len();
            self.by_day.resize(self.days.len() * (width + 1), 0);
            // From the end, so that nothing is overwritten before it has moved.
            for row in (0..self.days.len()).rev() {
                let (from, to) = (row * width, row * (width + 1));
                self.by_day.copy_within(from + column..from + width, to + column + 1);
                self.by_day.copy_within(from..from + column, to);
                self.by_day[to + column] = 0;
            }
            self.dimensions.insert(column, dimension);
            self.totals.insert(column, 0);
            column
        })
    }

    /// The place of a day, which is made if there is none: then nothing is counted on it until the caller adds to it.
    fn row(&mut self, day: i32) -> usize {
        self.days.binary_search(&day).unwrap_or_else(|row| {
            let (width, start) = (self.dimensions.len(), row * self.dimensions.len());
            self.days.insert(row, day);
            self.by_day.splice(start..start, std::iter::repeat_n(0, width));
            row
        })
    }

    /// The columns that stay, in their new order, each with its dimension.
    fn keep_columns(&mut self, left: &[(usize, Dimension)]) {
        let rows = self.by_day.chunks_exact(self.dimensions.len().max(1));
        self.by_day = rows.flat_map(|row| left.iter().map(|(column, _)| row[*column])).collect();
        self.totals = left.iter().map(|(column, _)| self.totals[*column]).collect();
        self.dimensions = left.iter().map(|(_, dimension)| *dimension).collect();
    }

    fn forget_empty_days(&mut self) {
        let width = self.dimensions.len();
        let is_empty = |row: usize| self.by_day[row * width..][..width].iter().all(|count| *count == 0);
        for row in (0..self.days.len()).rev().filter(|row| is_empty(*row)).collect::<Vec<_>>() {
            self.days.remove(row);
            self.by_day.drain(row * width..(row + 1) * width);
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

/// The day that a touchpoint is counted on, unless the newest instant has left it behind.
fn counted_day(touchpoint: &Touchpoint, newest_ms: i64) -> Option<i32> {
    Some(day(touchpoint.at_ms)).filter(|day| *day > oldest_day_out(newest_ms))
}

fn add(count: &mut u32, by: u32) {
    *count = count.saturating_add(by);
}
