//! What any model has to beat: always the same, and "whoever was here last".

use super::{Class, Contestant, Context, Fitted, Scorer, Served, Unfit, column, linear};
use crate::model::bundle::{WeightedTerm, Weights};
use crate::model::linear::Transform;
use crate::model::scale::log_odds;
use crate::training::matrix::Matrix;
use crate::training::part::Part;

/// The feature that says how long a lead has been silent.
pub const RECENCY: &str = "hours_since_last";

/// Silence longer than this counts as this: five years.
const LONGEST_HOURS: f64 = 5.0 * 8766.0;

/// Everybody is worth the base rate.
#[derive(Clone, Copy, Debug)]
pub struct BaseRate;

/// The shorter the silence, the better; nothing else counts.
#[derive(Clone, Copy, Debug)]
pub struct Recency;

/// The same for every row.
struct Constant(f64);

impl Contestant for BaseRate {
    fn name(&self) -> &'static str {
        "base rate"
    }

    fn sentence(&self) -> &'static str {
        "Says the same of everybody: the share that converted. What a model must beat to have learned anything."
    }

    fn class(&self) -> Class {
        Class::Baseline
    }

    fn fit(&self, matrix: &Matrix, part: &Part, _: &Context<'_>) -> Result<Fitted, Unfit> {
        let rate = part.base_rate(matrix).ok_or(Unfit::Nothing("no rows"))?;
        // Finite where nobody converted, or everybody.
        let margin = log_odds(rate.clamp(1e-9, 1.0 - 1e-9));
        let served = Served::Not("it tells no lead from another");
        Ok(Fitted { scorer: Box::new(Constant(margin)), served })
    }
}

impl Scorer for Constant {
    fn margins(&self, _: &[f64], _: usize, margins: &mut [f64]) {
        margins.fill(self.0);
    }
}

impl Contestant for Recency {
    fn name(&self) -> &'static str {
        "recency only"
    }

    fn sentence(&self) -> &'static str {
        "Ranks by the time since the last touchpoint alone: the rule that a salesperson could follow without a model."
    }

    fn class(&self) -> Class {
        Class::Baseline
    }

    /// A falling function of the silence; how steep is the calibration's to say.
    fn fit(&self, matrix: &Matrix, _: &Part, _: &Context<'_>) -> Result<Fitted, Unfit> {
        let place = column(matrix, RECENCY)?;
        let term = WeightedTerm {
            feature: RECENCY.to_owned(),
            weight: -1.0,
            // One that never came counts as silent for longest.
            reference: LONGEST_HOURS,
            can_miss: matrix.columns[place].can_miss,
            transform: Transform::Log1p { cap: LONGEST_HOURS },
        };
        linear::fitted(matrix, Weights { bias: 0.0, terms: vec![term] })
    }
}
