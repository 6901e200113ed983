//! From values to places, and where the ticks stand.

/// A straight line from values to pixels.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    from: f64,
    to: f64,
    start_px: f64,
    end_px: f64,
}

impl Scale {
    /// `from` lies at `start_px`, `to` at `end_px`. An empty or unbounded range becomes one of length 1.
    pub fn new(from: f64, to: f64, start_px: f64, end_px: f64) -> Self {
        let from = if from.is_finite() { from } else { 0.0 };
        let to = if to.is_finite() && to > from { to } else { from + 1.0 };
        Self { from, to, start_px, end_px }
    }

    /// The place of a value; one beyond the range lies at its end, so that nothing is drawn outside. One that is no number lies where
    /// the scale starts.
    pub fn px(&self, value: f64) -> f64 {
        if value.is_nan() {
            return self.start_px;
        }
        let share = ((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0);
        self.start_px + share * (self.end_px - self.start_px)
    }

    /// Round values within the range, about `most` of them.
    pub fn ticks(&self, most: usize) -> Vec<f64> {
        let step = round_step((self.to - self.from) / most.max(1) as f64);
        let (first, last) = ((self.from / step - 1e-9).ceil() as i64, (self.to / step + 1e-9).floor() as i64);
        (first..=last).map(|n| n as f64 * step).collect()
    }
}

/// The next of 1, 2, 2.5, 5 times a power of ten.
fn round_step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0].map(|step| step * power);
    steps.into_iter().find(|step| *step >= least * (1.0 - 1e-9)).unwrap_or(10.0 * power)
}

/// The ends of a range that holds all these values, rounded outward a little.
pub fn around(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return (0.0, 1.0);
    }
    let room = if high > low { (high - low) * 0.06 } else { high.abs().max(1.0) * 0.1 };
    (low - room, high + room)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within() {
        assert_eq!(Scale::new(0.0, 1.0, 0.0, 100.0).ticks(5), [0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0]);
        assert_eq!(Scale::new(0.0, 100.0, 0.0, 1.0).ticks(4), [0.0, 25.0, 50.0, 75.0, 100.0]);
        assert_eq!(Scale::new(-7.0, 12.0, 0.0, 1.0).ticks(4), [-5.0, 0.0, 5.0, 10.0]);
    }

    #[test]
    fn a_range_of_nothing_is_still_one() {
        let scale = Scale::new(f64::NAN, f64::NAN, 10.0, 20.0);
        assert_eq!(scale.px(0.5), 15.0);
        assert_eq!(scale.px(9.0), 20.0);
        assert_eq!(around([f64::NAN].into_iter()), (0.0, 1.0));
    }
}
