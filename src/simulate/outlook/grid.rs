//! The grid of interest: even in its logarithm, from the least to the most.

use super::super::law::{HALF_LIFE_DAYS, LEAST_INTEREST, MOST_INTEREST};

/// Interest, in cells that decay crosses one by one.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    pub step_days: f64,
    pub interest: Vec<f64>,
}

/// Between two cells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// `None`: below the grid, where everything is 0.
    cell: Option<usize>,
    share: f64,
}

impl Place {
    /// How much of the place a cell has.
    pub fn share_of(&self, cell: usize) -> f64 {
        match self.cell {
            Some(low) if low == cell => 1.0 - self.share,
            Some(low) if low + 1 == cell => self.share,
            _ => 0.0,
        }
    }

    /// The value there, between those of its neighbours.
    pub fn of(&self, values: &[f64]) -> f64 {
        let Some(cell) = self.cell else { return 0.0 };
        let low = values[cell];
        values.get(cell + 1).map_or(low, |high| low + (high - low) * self.share)
    }
}

impl Grid {
    pub fn new(step_days: f64) -> Self {
        let cells = ((MOST_INTEREST / LEAST_INTEREST).log2() * HALF_LIFE_DAYS / step_days).ceil() as i32;
        let interest = (0..=cells).map(|cell| LEAST_INTEREST * (f64::from(cell) * step_days / HALF_LIFE_DAYS).exp2());
        Self { step_days, interest: interest.map(|interest| interest.min(MOST_INTEREST)).collect() }
    }

    pub fn place(&self, interest: f64) -> Place {
        if interest < LEAST_INTEREST {
            return Place { cell: None, share: 0.0 };
        }
        let last = self.interest.len() - 1;
        let cell = (self.interest.partition_point(|low| *low <= interest) - 1).min(last - 1);
        let (low, high) = (self.interest[cell], self.interest[cell + 1]);
        Place { cell: Some(cell), share: ((interest / low).ln() / (high / low).ln()).clamp(0.0, 1.0) }
    }
}
