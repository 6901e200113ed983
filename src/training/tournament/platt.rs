//! From margins to log-odds: Platt scaling (Platt 1999), by the Newton method of Lin, Lin and Weng (2007).
//!
//! A line in the margin, so that points stay a sum; targets are drawn in a little from 0 and 1, so that separable data gives no
//! infinite slope. The slope is kept above 0: more margin is never less score.

use crate::model::scale::{Calibration, probability};
use crate::training::contestants::log_loss;

/// Log-odds that a standard deviation of margin is worth where margins say nothing, or the contrary: everybody is worth nearly the base
/// rate.
pub const LEAST: f64 = 1e-3;

const MOST_STEPS: usize = 100;
/// Added to the diagonal, so that the step is defined where all margins are the same.
const RIDGE: f64 = 1e-12;
const ARRIVED: f64 = 1e-10;

/// Margins with their outcomes.
#[derive(Clone, Copy)]
pub struct Observed<'a> {
    pub margins: &'a [f64],
    pub labels: &'a [bool],
    pub weights: &'a [f64],
}

/// The calibration of least log loss. `None` where there is not a row of each outcome.
pub fn fit(observed: Observed<'_>) -> Option<Calibration> {
    let problem = Problem::new(observed)?;
    let free = problem.solve(Calibration { slope: 0.0, intercept: problem.start }, true);
    if free.slope.is_finite() && free.slope >= LEAST {
        return Some(problem.in_units(free));
    }
    Some(problem.in_units(problem.solve(Calibration { slope: LEAST, intercept: problem.start }, false)))
}

/// Rows with margins centred and measured in their spread, so that Newton's equations are sound whatever the unit.
struct Problem {
    /// Margin, target, weight; weights sum to 1.
    rows: Vec<(f64, f64, f64)>,
    centre: f64,
    spread: f64,
    start: f64,
}

impl Problem {
    fn new(Observed { margins, labels, weights }: Observed<'_>) -> Option<Self> {
        let total: f64 = weights.iter().sum();
        // In rows of mean weight, so that weights of another unit draw targets in by no more.
        let unit = weights.len() as f64 / total;
        let positive: f64 =
            labels.iter().zip(weights).filter(|(label, _)| **label).map(|(_, weight)| weight * unit).sum();
        let negative = weights.len() as f64 - positive;
        if !labels.contains(&true) || !labels.contains(&false) {
            return None;
        }
        let mean = margins.iter().zip(weights).map(|(margin, weight)| margin * weight).sum::<f64>() / total;
        let squares = margins.iter().zip(weights).map(|(margin, weight)| (margin - mean).powi(2) * weight);
        let spread = (squares.sum::<f64>() / total).sqrt();
        let spread = if spread > 0.0 { spread } else { 1.0 };
        let (high, low) = ((positive + 1.0) / (positive + 2.0), 1.0 / (negative + 2.0));
        let rows = margins.iter().zip(labels).zip(weights).map(|((margin, label), weight)| {
            ((margin - mean) / spread, if *label { high } else { low }, weight / total)
        });
        let start = ((positive + 1.0) / (negative + 1.0)).ln();
        Some(Self { rows: rows.collect(), centre: mean, spread, start })
    }

    fn loss(&self, at: Calibration) -> f64 {
        let loss = |&(margin, target, weight): &(f64, f64, f64)| {
            let log_odds = at.log_odds(margin);
            weight * (target * log_loss(log_odds, true) + (1.0 - target) * log_loss(log_odds, false))
        };
        self.rows.iter().map(loss).sum()
    }

    /// Newton with halving of steps; the slope stays where it is unless `free`.
    fn solve(&self, start: Calibration, free: bool) -> Calibration {
        let (mut at, mut loss) = (start, self.loss(start));
        for _ in 0..MOST_STEPS {
            let (slope, intercept) = self.step(at, free);
            if slope.abs().max(intercept.abs()) < ARRIVED {
                break;
            }
            let halves = std::iter::successors(Some(1.0), |share| Some(share / 2.0)).take(40);
            let next = halves
                .map(|share| Calibration {
                    slope: at.slope + share * slope,
                    intercept: at.intercept + share * intercept,
                })
                .map(|next| (next, self.loss(next)))
                .find(|(_, next)| *next < loss);
            match next {
                Some(better) => (at, loss) = better,
                None => break,
            }
        }
        at
    }

    /// Newton's step of slope and intercept.
    fn step(&self, at: Calibration, free: bool) -> (f64, f64) {
        let (mut slope, mut intercept) = (0.0, 0.0);
        let (mut slopes, mut cross, mut intercepts) = (RIDGE, 0.0, RIDGE);
        for &(margin, target, weight) in &self.rows {
            let p = probability(at.log_odds(margin));
            let (error, curvature) = (weight * (p - target), weight * p * (1.0 - p));
            slope += error * margin;
            intercept += error;
            slopes += curvature * margin * margin;
            cross += curvature * margin;
            intercepts += curvature;
        }
        if !free {
            return (0.0, -intercept / intercepts);
        }
        let determinant = slopes * intercepts - cross * cross;
        let slope_step = -(intercepts * slope - cross * intercept) / determinant;
        let intercept_step = -(slopes * intercept - cross * slope) / determinant;
        (slope_step, intercept_step)
    }

    fn in_units(&self, at: Calibration) -> Calibration {
        let slope = at.slope / self.spread;
        Calibration { slope, intercept: at.intercept - slope * self.centre }
    }
}
