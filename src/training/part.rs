//! Some rows of a matrix, and how much each counts.

use std::collections::HashSet;

use super::matrix::Matrix;

/// Rows of a matrix by index, ascending, each with its weight: its own, times what the split made of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    pub rows: Vec<usize>,
    /// One a row, above 0.
    pub weights: Vec<f64>,
}

impl Part {
    /// Every row, by its own weight.
    pub fn all(matrix: &Matrix) -> Self {
        Self { rows: (0..matrix.rows.len()).collect(), weights: matrix.rows.iter().map(|row| row.weight).collect() }
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn labels(&self, matrix: &Matrix) -> Vec<bool> {
        self.rows.iter().map(|&row| matrix.rows[row].positive).collect()
    }

    /// Leads with a row of that label. Rows of one lead say nearly the same, so this is how much there is to learn from.
    pub fn leads(&self, matrix: &Matrix, positive: bool) -> usize {
        let rows = self.rows.iter().map(|&row| &matrix.rows[row]);
        rows.filter(|row| row.positive == positive).map(|row| row.lead).collect::<HashSet<_>>().len()
    }

    /// Weighted share of positives, `None` where there are no rows.
    pub fn base_rate(&self, matrix: &Matrix) -> Option<f64> {
        let total: f64 = self.weights.iter().sum();
        let rows = self.rows.iter().zip(&self.weights);
        let positive: f64 = rows.filter(|(row, _)| matrix.rows[**row].positive).map(|(_, weight)| weight).sum();
        (total > 0.0).then(|| positive / total)
    }

    /// At most about `most` rows that stand for all: of either outcome one in so many, which counts for as many. The rarer outcome stays
    /// whole where it has room.
    pub fn thinned(&self, matrix: &Matrix, most: usize) -> Self {
        let positives = self.rows.iter().filter(|row| matrix.rows[**row].positive).count();
        let negatives = self.len() - positives;
        let step = |own: usize, other: usize| {
            let room = most.saturating_sub(other).max(most / 2).max(1);
            own.div_ceil(room).max(1)
        };
        let steps = [step(negatives, positives), step(positives, negatives)];
        let mut seen = [0; 2];
        let mut thinned = Self::default();
        for (&row, &weight) in self.rows.iter().zip(&self.weights) {
            let outcome = usize::from(matrix.rows[row].positive);
            if seen[outcome] % steps[outcome] == 0 {
                thinned.rows.push(row);
                thinned.weights.push(weight * steps[outcome] as f64);
            }
            seen[outcome] += 1;
        }
        thinned
    }
}
