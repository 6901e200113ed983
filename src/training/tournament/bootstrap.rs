//! How sure a figure is: the leads are drawn again, with replacement, and the figure is taken anew (Efron 1979).
//!
//! Leads are drawn, not rows, because rows of one lead come and go together. Every contestant is judged by the same draws, so that
//! differences are paired: what makes both better cancels.

use serde::Serialize;

use super::metrics::{Metrics, metrics};
use super::ranking::Ranking;
use crate::random::Random;

/// A figure and the interval in which 95 of 100 draws lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Figure {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// How often each lead was drawn.
#[derive(Clone, Debug)]
pub struct Draws {
    leads: usize,
    count: usize,
    seed: u64,
}

/// Figures of every draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resampled {
    pub all: Metrics,
    /// One a draw; `None` where a draw had one outcome only.
    pub draws: Vec<Option<Metrics>>,
}

impl Draws {
    pub fn new(leads: usize, count: usize, seed: u64) -> Self {
        Self { leads, count, seed }
    }

    pub fn count(&self) -> usize {
        self.count
    }

    /// Replaces `times` by how often each lead was drawn in draw `index`.
    fn draw(&self, index: usize, times: &mut Vec<f64>) {
        let mut random = Random::fork(self.seed, index as u64);
        times.clear();
        times.resize(self.leads, 0.0);
        (0..self.leads).for_each(|_| times[random.below(self.leads)] += 1.0);
    }

    /// `None` where the rows have one outcome only.
    pub fn figures(&self, ranking: &Ranking, threshold: f64) -> Option<Resampled> {
        let all = metrics(ranking, &[], threshold)?;
        let mut times = Vec::new();
        let draw = |index| {
            self.draw(index, &mut times);
            metrics(ranking, &times, threshold)
        };
        Some(Resampled { all, draws: (0..self.count).map(draw).collect() })
    }
}

impl Resampled {
    /// Each figure with its interval.
    pub fn figures(&self) -> Metrics<Figure> {
        let draws: Vec<_> = self.draws.iter().flatten().map(Metrics::list).collect();
        let all = self.all.list();
        let figure = |place: usize| interval(all[place], draws.iter().map(|list| list[place]));
        Metrics::from_list(std::array::from_fn(figure))
    }

    /// How much `self` lies above `other`, figure by figure.
    pub fn less(&self, other: &Self) -> Metrics<Figure> {
        let difference = |a: Metrics, b: Metrics| {
            let (a, b) = (a.list(), b.list());
            std::array::from_fn::<f64, 11, _>(|place| a[place] - b[place])
        };
        let both = self.draws.iter().zip(&other.draws).filter_map(|(a, b)| Some(difference((*a)?, (*b)?)));
        let (draws, all) = (both.collect::<Vec<_>>(), difference(self.all, other.all));
        let figure = |place: usize| interval(all[place], draws.iter().map(|list| list[place]));
        Metrics::from_list(std::array::from_fn(figure))
    }
}

/// The middle 95 of 100.
fn interval(value: f64, draws: impl Iterator<Item = f64>) -> Figure {
    let mut draws: Vec<f64> = draws.collect();
    draws.sort_by(f64::total_cmp);
    let at = |share: f64| draws.get((share * draws.len().saturating_sub(1) as f64).round() as usize).copied();
    Figure { value, low: at(0.025).unwrap_or(value), high: at(0.975).unwrap_or(value) }
}
