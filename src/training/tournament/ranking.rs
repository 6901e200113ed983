//! Rows in the order of their scores: what every figure is read from.

use std::collections::HashMap;

use crate::model::scale::probability;
use crate::training::contestants::log_loss;
use crate::training::matrix::Matrix;
use crate::training::part::Part;

/// Bins of equal weight by which calibration is judged.
pub const BINS: usize = 10;

/// Rows from the most likely to the least. Made once; figures of any weights are then one pass.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    pub rows: Vec<Ranked>,
    /// How many leads there are.
    pub leads: usize,
}

/// One row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranked {
    pub log_odds: f64,
    pub probability: f64,
    pub weight: f64,
    pub loss: f64,
    /// Number of its lead, from 0; the same for the same rows, whoever scored them.
    pub lead: u32,
    pub positive: bool,
    /// Whether the next row has another score.
    pub ends_tie: bool,
    /// One of [`BINS`]; rows of one score have the same.
    pub bin: u8,
}

/// Numbers the leads of a part in the order in which they come.
pub fn lead_numbers(matrix: &Matrix, part: &Part) -> Vec<u32> {
    let mut numbers: HashMap<u64, u32> = HashMap::new();
    let number = |row: &usize| {
        let next = numbers.len() as u32;
        *numbers.entry(matrix.rows[*row].lead).or_insert(next)
    };
    part.rows.iter().map(number).collect()
}

impl Ranking {
    /// Of rows with these log-odds, one for each of `labels`, `weights` (above 0) and `leads`.
    pub fn new(log_odds: &[f64], labels: &[bool], weights: &[f64], leads: &[u32]) -> Self {
        let mut order: Vec<usize> = (0..log_odds.len()).collect();
        order.sort_by(|&a, &b| log_odds[b].total_cmp(&log_odds[a]).then(a.cmp(&b)));
        let row = |&index: &usize| Ranked {
            log_odds: log_odds[index],
            probability: probability(log_odds[index]),
            weight: weights[index],
            loss: log_loss(log_odds[index], labels[index]),
            lead: leads[index],
            positive: labels[index],
            ends_tie: true,
            bin: 0,
        };
        let mut ranking = Self { rows: order.iter().map(row).collect(), leads: 0 };
        ranking.leads = leads.iter().map(|lead| *lead as usize + 1).max().unwrap_or(0);
        ranking.ties();
        ranking.bins();
        ranking
    }

    /// Of the rows of a part.
    pub fn of(matrix: &Matrix, part: &Part, log_odds: &[f64]) -> Self {
        Self::new(log_odds, &part.labels(matrix), &part.weights, &lead_numbers(matrix, part))
    }

    fn ties(&mut self) {
        for next in 1..self.rows.len() {
            // Equal, not the same bits: 0 and -0 are one score.
            self.rows[next - 1].ends_tie = self.rows[next - 1].log_odds != self.rows[next].log_odds;
        }
    }

    fn bins(&mut self) {
        let total: f64 = self.rows.iter().map(|row| row.weight).sum();
        let mut above = 0.0;
        for tie in self.rows.chunk_by_mut(|row, _| !row.ends_tie) {
            let weight: f64 = tie.iter().map(|row| row.weight).sum();
            // By its middle.
            let bin = ((above + weight / 2.0) / total * BINS as f64) as usize;
            tie.iter_mut().for_each(|row| row.bin = bin.min(BINS - 1) as u8);
            above += weight;
        }
    }

    pub fn weight(&self) -> f64 {
        self.rows.iter().map(|row| row.weight).sum()
    }
}
