//! Logistic regression with an L2 penalty.
//!
//! Weights are found by L-BFGS on standardised columns, so that one penalty is fair to all, and given back in each feature's own unit,
//! so that a linear bundle serves them.

use argmin::core::{CostFunction, Error, Executor, Gradient, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;

use super::design::Design;
use super::{Class, Contestant, Context, Fitted, Tuned, Unfit, both_outcomes, linear};
use crate::model::bundle::{WeightedTerm, Weights};
use crate::model::scale::{log_odds, probability};
use crate::training::matrix::Matrix;
use crate::training::part::Part;

/// One weight a feature, held small.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Logistic {
    /// Strength of the penalty: half of it times the squared weights is added to the mean loss.
    pub l2: f64,
}

/// Strengths that are tried, the strongest first.
const L2: [f64; 6] = [1.0, 0.1, 0.03, 0.01, 0.001, 0.0001];
/// More rows do not move a hundred weights by anything that matters.
const MOST_ROWS: usize = 100_000;
const MOST_STEPS: u64 = 200;
/// Steps that L-BFGS remembers.
const MEMORY: usize = 10;
/// The mean loss gains less than this a step: it has arrived.
const GAIN: f64 = 1e-9;

impl Default for Logistic {
    fn default() -> Self {
        Self { l2: 0.01 }
    }
}

impl Contestant for Logistic {
    fn name(&self) -> &'static str {
        "logistic regression"
    }

    fn sentence(&self) -> &'static str {
        "One learned weight for each feature, added up. Simple, steady with little data, and easy to check."
    }

    fn class(&self) -> Class {
        Class::Linear
    }

    fn tuned(
        &self,
        matrix: &Matrix,
        train: &Part,
        validation: &Part,
        context: &Context<'_>,
    ) -> Result<Option<Tuned>, Unfit> {
        let train = Problem::new(matrix, train)?;
        let later = train.beside(matrix, validation);
        let mut weights = train.start();
        let mut best = (f64::INFINITY, self.l2);
        let mut tried = 0;
        for l2 in L2 {
            if tried > 0 && (context.time_is_up)() {
                break;
            }
            tried += 1;
            // From the stronger penalty's weights it is not far.
            weights = train.solve(l2, weights)?;
            let loss = later.loss(&weights, 0.0, None);
            if loss < best.0 {
                best = (loss, l2);
            }
        }
        let l2 = best.1;
        let contestant = Box::new(Self { l2 });
        Ok(Some(Tuned { contestant, settings: format!("L2 {l2}"), tried, candidates: L2.len(), curve: None }))
    }

    fn fit(&self, matrix: &Matrix, part: &Part, _: &Context<'_>) -> Result<Fitted, Unfit> {
        let problem = Problem::new(matrix, part)?;
        let weights = problem.solve(self.l2, problem.start())?;
        linear::fitted(matrix, problem.in_units(matrix, &weights))
    }
}

/// Rows as the search sees them.
struct Problem {
    design: Design,
    /// Row after row.
    rows: Vec<f32>,
    labels: Vec<bool>,
    /// Sum to 1.
    weights: Vec<f64>,
}

/// A problem with its penalty; the parameters are a weight a column, then the bias.
#[derive(Clone, Copy)]
struct Penalised<'a> {
    problem: &'a Problem,
    l2: f64,
}

impl Problem {
    fn new(matrix: &Matrix, part: &Part) -> Result<Self, Unfit> {
        both_outcomes(matrix, part)?;
        let part = part.thinned(matrix, MOST_ROWS);
        let design = Design::of(matrix, &part, |_| true);
        if design.width() == 0 {
            return Err(Unfit::Nothing("no column that is a number changes"));
        }
        Ok(Self::of(design, matrix, &part))
    }

    /// Other rows by the same design.
    fn beside(&self, matrix: &Matrix, part: &Part) -> Self {
        Self::of(self.design.clone(), matrix, &part.thinned(matrix, MOST_ROWS))
    }

    fn of(design: Design, matrix: &Matrix, part: &Part) -> Self {
        let total: f64 = part.weights.iter().sum();
        let weights = part.weights.iter().map(|weight| weight / total).collect();
        Self { rows: design.rows(matrix, part), labels: part.labels(matrix), weights, design }
    }

    /// No weights, and the base rate for a bias.
    fn start(&self) -> Vec<f64> {
        let rows = self.labels.iter().zip(&self.weights);
        let rate: f64 = rows.filter(|(label, _)| **label).map(|(_, weight)| weight).sum();
        let mut weights = vec![0.0; self.design.width() + 1];
        weights[self.design.width()] = log_odds(rate.clamp(1e-9, 1.0 - 1e-9));
        weights
    }

    /// Mean log loss and penalty at `weights`; adds the gradient to `gradient`.
    fn loss(&self, weights: &[f64], l2: f64, mut gradient: Option<&mut [f64]>) -> f64 {
        let width = self.design.width();
        let (slopes, bias) = weights.split_at(width);
        let mut loss = 0.5 * l2 * slopes.iter().map(|slope| slope * slope).sum::<f64>();
        if let Some(gradient) = gradient.as_deref_mut() {
            gradient.iter_mut().zip(slopes).for_each(|(to, slope)| *to += l2 * slope);
        }
        let labelled = self.labels.iter().zip(&self.weights);
        for (row, (&label, &weight)) in self.rows.chunks_exact(width).zip(labelled) {
            let margin = bias[0] + dot(row, slopes);
            loss += weight * super::log_loss(margin, label);
            if let Some(gradient) = gradient.as_deref_mut() {
                let error = weight * (probability(margin) - f64::from(u8::from(label)));
                gradient.iter_mut().zip(row).for_each(|(to, x)| *to += error * f64::from(*x));
                gradient[width] += error;
            }
        }
        loss
    }

    fn solve(&self, l2: f64, start: Vec<f64>) -> Result<Vec<f64>, Unfit> {
        let failed = |error: Error| Unfit::Search(error.to_string());
        let search = MoreThuenteLineSearch::new();
        let solver = LBFGS::new(search, MEMORY).with_tolerance_cost(GAIN).map_err(failed)?;
        let executor = Executor::new(Penalised { problem: self, l2 }, solver)
            .configure(|state| state.param(start.clone()).max_iters(MOST_STEPS))
            .timer(false);
        match executor.run() {
            Ok(end) => Ok(end.state().get_best_param().cloned().unwrap_or(start)),
            Err(error) => Err(failed(error)),
        }
    }

    /// Weights of standardised columns as a linear bundle's.
    fn in_units(&self, matrix: &Matrix, weights: &[f64]) -> Weights {
        let terms = self.design.inputs.iter().zip(weights).map(|(input, weight)| WeightedTerm {
            feature: matrix.columns[input.column].name.clone(),
            weight: weight / input.spread,
            reference: input.reference,
            can_miss: input.can_miss,
            transform: input.transform,
        });
        Weights { bias: weights[self.design.width()], terms: terms.filter(|term| term.weight != 0.0).collect() }
    }
}

/// In eight sums, so that the machine can take eight at a time.
fn dot(row: &[f32], slopes: &[f64]) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let (heads, tail) = row.as_chunks::<LANES>();
    for (x, slope) in heads.iter().zip(slopes.chunks_exact(LANES)) {
        (0..LANES).for_each(|lane| sums[lane] += f64::from(x[lane]) * slope[lane]);
    }
    let rest = tail.iter().zip(&slopes[row.len() - tail.len()..]).map(|(x, slope)| f64::from(*x) * slope);
    sums.iter().sum::<f64>() + rest.sum::<f64>()
}

impl CostFunction for Penalised<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, weights: &Self::Param) -> Result<f64, Error> {
        Ok(self.problem.loss(weights, self.l2, None))
    }
}

impl Gradient for Penalised<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, weights: &Self::Param) -> Result<Vec<f64>, Error> {
        let mut gradient = vec![0.0; weights.len()];
        self.problem.loss(weights, self.l2, Some(&mut gradient));
        Ok(gradient)
    }
}
