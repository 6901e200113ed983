//! Without labels: leads fall into groups by how they behave, and the groups are ranked by how busy they are.
//!
//! A mixture of normal distributions is fitted to the columns of engagement (linfa's EM). A lead is worth how busy the groups are that it
//! belongs to. Until somebody has converted this is all that data can say, and it shows what labels add.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_clustering::{GaussianMixtureModel, GmmError};
use ndarray::Array2;

use super::design::Design;
use super::{Class, Contestant, Context, Fitted, Scorer, Served, Unfit};
use crate::training::matrix::Matrix;
use crate::training::part::Part;

/// A mixture of normal distributions over engagement.
#[derive(Clone, Copy, Debug)]
pub struct Mixture;

/// What engagement is read from, as far as a matrix has it: more is busier but for the first.
pub const ENGAGEMENT: [&str; 7] = [
    "hours_since_last",
    "touchpoints_count_7d",
    "touchpoints_count_30d",
    "high_intent_count_30d",
    "active_days_30d",
    "sessions_count_30d",
    "momentum_touchpoints",
];
const GROUPS: usize = 4;
const MOST_ROWS: usize = 10_000;
const MOST_STEPS: u64 = 100;
/// Added to each variance: a group of leads that are all alike stays a distribution.
const LEAST_VARIANCE: f64 = 1e-2;

impl Contestant for Mixture {
    fn name(&self) -> &'static str {
        "unsupervised"
    }

    fn sentence(&self) -> &'static str {
        "Sorts leads into groups by how busy they are, without knowing who converted. What there is before any outcome."
    }

    fn class(&self) -> Class {
        Class::Unsupervised
    }

    fn fit(&self, matrix: &Matrix, part: &Part, _: &Context<'_>) -> Result<Fitted, Unfit> {
        // Every so many, whatever the label: labels are not looked at.
        let step = part.len().div_ceil(MOST_ROWS).max(1);
        let every = |list: &[usize]| list.iter().copied().step_by(step).collect::<Vec<_>>();
        let weights = part.weights.iter().copied().step_by(step).collect();
        let part = Part { rows: every(&part.rows), weights };
        let design = Design::of(matrix, &part, |column| ENGAGEMENT.contains(&column.name.as_str()));
        if design.width() == 0 {
            return Err(Unfit::Nothing("no column of engagement changes"));
        }
        let rows = design.rows(matrix, &part).into_iter().map(f64::from).collect();
        let rows = Array2::from_shape_vec((part.len(), design.width()), rows);
        let rows = rows.map_err(|error| Unfit::Search(error.to_string()))?;
        let model = GaussianMixtureModel::params(GROUPS)
            .max_n_iterations(MOST_STEPS)
            .reg_covariance(LEAST_VARIANCE)
            .fit(&DatasetBase::from(rows))
            .map_err(|error: GmmError| Unfit::Search(error.to_string()))?;
        let falls = |column: usize| matrix.columns[column].name == ENGAGEMENT[0];
        let signs: Vec<f64> = design.inputs.iter().map(|input| if falls(input.column) { -1.0 } else { 1.0 }).collect();
        let busy = model.means().rows().into_iter().map(|mean| busy(mean.iter(), &signs)).collect();
        let scorer = Groups { design, model, busy };
        Ok(Fitted { scorer: Box::new(scorer), served: Served::Not("it has not learned who converts") })
    }
}

/// A mixture, and how busy each of its groups is.
struct Groups {
    design: Design,
    model: GaussianMixtureModel<f64>,
    busy: Vec<f64>,
}

/// Mean of a group's standardised engagement.
fn busy<'a>(mean: impl Iterator<Item = &'a f64>, signs: &[f64]) -> f64 {
    mean.zip(signs).map(|(mean, sign)| mean * sign).sum::<f64>() / signs.len() as f64
}

impl Scorer for Groups {
    fn margins(&self, rows: &[f64], width: usize, margins: &mut [f64]) {
        let mut inputs = Vec::with_capacity(margins.len() * self.design.width());
        rows.chunks_exact(width).for_each(|row| self.design.write(row, &mut inputs));
        let inputs = inputs.into_iter().map(f64::from).collect();
        // As many inputs were written as this has places.
        let Ok(inputs) = Array2::from_shape_vec((margins.len(), self.design.width()), inputs) else { return };
        let shares = self.model.predict_proba(&inputs);
        for (margin, shares) in margins.iter_mut().zip(shares.rows()) {
            *margin = shares.iter().zip(&self.busy).map(|(share, busy)| share * busy).sum();
        }
    }
}
