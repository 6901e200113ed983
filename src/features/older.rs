//! What has left the timeline, added to what is in it.

use super::layout::Layout;
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

/// Slots of 7 days, 30 days and ever.
type Days = [Option<usize>; 3];

impl Layout {
    /// Adds older touchpoints as of the day `today` to the windows, and to the timeline's sums.
    pub fn older(&self, older: &Older, today: i64, sums: &mut Sums, row: &mut [f64]) {
        for &(dimension, n) in &older.totals {
            let Some((days, high)) = self.counted(dimension) else { continue };
            add(days[2], n, row);
            if high {
                add(self.high.days()[2], n, row);
            }
            match dimension.0 {
                32..64 => sums.channels |= 1 << (dimension.0 - 32),
                64.. => sums.themes |= 1 << (dimension.0 - 64),
                _ => {}
            }
        }
        for &((day, dimension), n) in &older.days {
            let day = today - i64::from(day);
            if let (0..30, Some((days, high))) = (day, self.counted(dimension)) {
                add_day(days, day, n, row);
                let before = if (7..28).contains(&day) { u64::from(n) } else { 0 };
                if high {
                    add_day(self.high.days(), day, n, row);
                    sums.high_before += before;
                }
                if dimension == Dimension::ALL {
                    sums.days |= 1 << day;
                    sums.before += before;
                }
            }
        }
    }

    /// Where a dimension is counted, if at all, and whether it is a high-intent theme.
    fn counted(&self, dimension: Dimension) -> Option<(Days, bool)> {
        let number = usize::from(dimension.0);
        match number {
            0 => Some((self.all.days(), false)),
            1..=6 => Some((self.kinds[number - 1].days(), false)),
            10 | 11 => Some((self.forms[number - 9].days(), false)),
            32..=51 => Some((self.channels[number - 32].days(), false)),
            64..=127 => {
                let theme = number - 64;
                self.themes.get(theme).map(|slots| (slots.counts.days(), self.high_bits >> theme & 1 == 1))
            }
            _ => None,
        }
    }
}

/// Adds to the windows that hold a day less than 30 days ago.
fn add_day(days: Days, day: i64, n: u32, row: &mut [f64]) {
    add(days[1], n, row);
    if day < 7 {
        add(days[0], n, row);
    }
}

fn add(slot: Option<usize>, n: u32, row: &mut [f64]) {
    if let Some(slot) = slot {
        row[slot] += f64::from(n);
    }
}
