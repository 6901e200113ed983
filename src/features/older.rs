//! What has left the timeline, added to what is in it.

use super::layout::{EVER, Layout, OlderSlots};
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

impl Layout {
    /// Adds older touchpoints as of the day `today` to the windows, and to the timeline's sums.
    pub fn older(&self, older: &Older, today: i64, sums: &mut Sums, row: &mut [f64]) {
        let high = usize::from(self.high.start) + EVER;
        for &(dimension, n) in &older.totals {
            let Some(slots) = self.counted(dimension) else { continue };
            row[usize::from(slots.ever)] += f64::from(n);
            if slots.is_high {
                row[high] += f64::from(n);
            }
            match dimension.0 {
                32..64 => sums.channels |= 1 << (dimension.0 - 32),
                64.. => sums.themes |= 1 << (dimension.0 - 64),
                _ => {}
            }
        }
        let first = older.days.partition_point(|((day, _), _)| today - i64::from(*day) >= 30);
        for &((day, dimension), n) in &older.days[first..] {
            let day = today - i64::from(day);
            let Some(slots) = self.counted(dimension) else { continue };
            let ever = usize::from(slots.ever);
            row[ever - 1] += f64::from(n);
            if day < 7 && slots.has_week {
                row[ever - 2] += f64::from(n);
            }
            let before = if (7..28).contains(&day) { u64::from(n) } else { 0 };
            if slots.is_high {
                row[high - 1] += f64::from(n);
                row[high - 2] += if day < 7 { f64::from(n) } else { 0.0 };
                sums.high_before += before;
            }
            if dimension == Dimension::ALL {
                sums.days |= 1 << day;
                sums.before += before;
            }
        }
    }

    /// Where a dimension is counted, if at all.
    fn counted(&self, dimension: Dimension) -> Option<OlderSlots> {
        self.older.get(usize::from(dimension.0)).copied().filter(|slots| slots.ever != 0)
    }
}
