//! What has left the timeline, added to what is in it.

use super::layout::{DIMENSIONS, EVER, Layout, OlderSlots, WINDOW_DAYS};
use crate::lead::facts::{DayCount, Dimension, Older};

/// What the timeline and older sums hold together.
pub struct Sums {
    /// Bit n: touchpoints n days ago.
    pub days: u64,
    pub channels: u32,
    pub themes: u64,
    /// Touchpoints of the three weeks before the newest one, and visits to high-intent themes.
    pub before: u64,
    pub high_before: u64,
}

/// Counts by dimension within the last 30 days: of the newest seven, the three weeks before them, the two days before those.
struct Month([[u32; DIMENSIONS]; 3]);

/// Days ago at which each of them begins, and where the last one ends.
const SPANS: [i64; 4] = [0, WINDOW_DAYS[0], WINDOW_DAYS[1], WINDOW_DAYS[2]];

impl Month {
    /// As of the day `today`; also the days ago on which there is anything, as bits.
    fn of(days: &[DayCount], today: i64) -> (Self, u64) {
        let (mut counts, mut active) = ([[0_u32; DIMENSIONS]; 3], 0);
        let from = SPANS.map(|ago| days.partition_point(|((day, _), _)| today - i64::from(*day) >= ago));
        for (counts, ends) in counts.iter_mut().zip(from.windows(2)) {
            for &((day, dimension), n) in &days[ends[1]..ends[0]] {
                if let Some(count) = counts.get_mut(usize::from(dimension.0)) {
                    *count = count.saturating_add(n);
                }
                active |= u64::from(dimension == Dimension::ALL) << (today - i64::from(day));
            }
        }
        (Self(counts), active)
    }

    fn of_dimension(&self, dimension: Dimension) -> [u64; 3] {
        self.0.each_ref().map(|counts| counts.get(usize::from(dimension.0)).copied().unwrap_or(0).into())
    }
}

impl Layout {
    /// Adds older touchpoints as of the day `today` to the windows, and to the timeline's sums. Whatever is counted in days is in the
    /// totals, too: the fold sees to that, and what is not is passed over.
    pub fn older(&self, older: &Older, today: i64, sums: &mut Sums, row: &mut [f64]) {
        if older.is_empty() {
            return;
        }
        let (month, active) = Month::of(&older.days, today);
        sums.days |= active;
        let high = usize::from(self.high.start) + EVER;
        for &(dimension, n) in &older.totals {
            let Some(slots) = self.counted(dimension) else { continue };
            let [week, before, rest] = month.of_dimension(dimension);
            let windows = [week, week + before + rest, n.into()].map(|count| count as f64);
            let mut add = |ever: usize, first: usize| {
                for (slot, count) in (ever - 2..).zip(windows).skip(first) {
                    row[slot] += count;
                }
            };
            add(slots.ever.into(), usize::from(!slots.has_week));
            if slots.is_high {
                add(high, 0);
                sums.high_before += before;
            }
            match dimension.0 {
                32..64 => sums.channels |= 1 << (dimension.0 - 32),
                64.. => sums.themes |= 1 << (dimension.0 - 64),
                _ => {}
            }
            if dimension == Dimension::ALL {
                sums.before += before;
            }
        }
    }

    /// Where a dimension is counted, if at all.
    fn counted(&self, dimension: Dimension) -> Option<OlderSlots> {
        self.older.get(usize::from(dimension.0)).copied().filter(|slots| slots.ever != 0)
    }
}
