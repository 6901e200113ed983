//! When people are about: the hours of a week, and a clock that runs only as fast as people are active.
//!
//! Chance acts on the active clock, at rates that know no night. So waits are plain exponentials, and what comes of them are the hours
//! that people keep. A week has seven active days, and so has any other span of seven days.

const HOUR_MS: i64 = 3_600_000;
const WEEK_HOURS: usize = 7 * 24;
const WEEK_MS: i64 = WEEK_HOURS as i64 * HOUR_MS;
/// 1970-01-05, the first Monday.
const MONDAY_MS: i64 = 4 * 24 * HOUR_MS;
/// A weekend's hour beside the same hour of a working day.
const WEEKEND: f64 = 0.3;

/// From instants to active days and back.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Active days from Monday's midnight to the beginning of each hour of the week (UTC).
    since_monday: Vec<f64>,
}

impl Clock {
    pub fn new() -> Self {
        let activity = |hour: usize| {
            let weekend = if hour / 24 >= 5 { WEEKEND } else { 1.0 };
            weekend * by_day((hour % 24) as f64 + 0.5)
        };
        let whole: f64 = (0..WEEK_HOURS).map(activity).sum();
        let mut since_monday = vec![0.0];
        let mut sum = 0.0;
        for hour in 0..WEEK_HOURS {
            sum += activity(hour);
            since_monday.push(7.0 * sum / whole);
        }
        Self { since_monday }
    }

    /// Active days since 1970-01-05.
    pub fn active_days(&self, at_ms: i64) -> f64 {
        let since_ms = at_ms - MONDAY_MS;
        let within_ms = since_ms.rem_euclid(WEEK_MS);
        let hour = (within_ms / HOUR_MS) as usize;
        let (from, to) = (self.since_monday[hour], self.since_monday[hour + 1]);
        let share = (within_ms % HOUR_MS) as f64 / HOUR_MS as f64;
        7.0 * since_ms.div_euclid(WEEK_MS) as f64 + from + (to - from) * share
    }

    /// The instant at which so many active days have gone by, milliseconds since 1970.
    pub fn instant_ms(&self, active_days: f64) -> i64 {
        let week = (active_days / 7.0).floor();
        let within = active_days - 7.0 * week;
        let hour = self.since_monday.partition_point(|since| *since <= within).clamp(1, WEEK_HOURS) - 1;
        let (from, to) = (self.since_monday[hour], self.since_monday[hour + 1]);
        let hours = hour as f64 + ((within - from) / (to - from)).clamp(0.0, 1.0);
        MONDAY_MS + week as i64 * WEEK_MS + (hours * HOUR_MS as f64) as i64
    }
}

/// How active people are at an hour of the day: most at one o'clock in the afternoon, hardly at night.
fn by_day(hour: f64) -> f64 {
    0.02 + (1.0 - (hour - 13.0).abs() / 7.0).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let clock = Clock::new();
        for step in 0..5_000_i64 {
            let at_ms = 1_767_571_200_000 + step * 7_777_777;
            let back_ms = clock.instant_ms(clock.active_days(at_ms));
            assert!((back_ms - at_ms).abs() <= 1, "{at_ms} became {back_ms}");
        }
        let days = clock.active_days(WEEK_MS + 12_345) - clock.active_days(12_345);
        assert!((days - 7.0).abs() < 1e-9, "{days}");
    }
}
