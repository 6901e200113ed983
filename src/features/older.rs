//! What has left the timeline, added to what is in it.

use super::layout::{DIMENSIONS, EVER, Layout, OlderSlots, WINDOW_DAYS};
use crate::lead::facts::{Dimension, Older};

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

/// Counts within the last 30 days, in the order of the older sums' dimensions: of the newest seven, the three weeks before them, the two
/// days before those.
struct Month([[u32; DIMENSIONS]; 3]);

/// Days ago at which each of them begins, and where the last one ends.
const SPANS: [i64; 4] = [0, WINDOW_DAYS[0], WINDOW_DAYS[1], WINDOW_DAYS[2]];

impl Month {
    /// As of the day `today`; also the days ago on which there is anything, as bits.
    fn of(older: &Older, today: i64) -> (Self, u64) {
        let (mut sums, mut active) = ([[0_u32; DIMENSIONS]; 3], 0);
        let width = older.dimensions.len();
        let ago = |day: i32| today - i64::from(day);
        let from = SPANS.map(|span| older.days.partition_point(|day| ago(*day) >= span));
        for (sums, ends) in sums.iter_mut().zip(from.windows(2)) {
            for row in ends[1]..ends[0] {
                let counts = &older.by_day[row * width..][..width];
                sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum = sum.saturating_add(*count));
                active |= 1 << ago(older.days[row]);
            }
        }
        (Self(sums), active)
    }

    fn of_column(&self, column: usize) -> [u64; 3] {
        self.0.each_ref().map(|sums| sums.get(column).copied().unwrap_or(0).into())
    }
}

impl Layout {
    /// Adds older touchpoints as of the day `today` to the windows, and to the timeline's sums.
    pub fn older(&self, older: &Older, today: i64, sums: &mut Sums, row: &mut [f64]) {
        if older.is_empty() {
            return;
        }
        let (month, active) = Month::of(older, today);
        sums.days |= active;
        let high = usize::from(self.high.start) + EVER;
        for (column, (&dimension, &n)) in older.dimensions.iter().zip(&older.totals).enumerate() {
            let Some(slots) = self.counted(dimension) else { continue };
            let [week, before, rest] = month.of_column(column);
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
