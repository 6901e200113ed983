//! Models that are a sum of terms, scored by the code that serves them; and the hand rules, which are one.

use super::{Class, Contestant, Context, Fitted, Scorer, Served, Unfit};
use crate::model::LinearModel;
use crate::model::bundle::{Columns, LINEAR, Manifest, NeededFeature, Weights};
use crate::model::scale::Calibration;
use crate::training::matrix::Matrix;
use crate::training::part::Part;

/// Points by judgement: the model that is shipped for day 0, or any other that is linear.
#[derive(Clone, Debug)]
pub struct Rules {
    pub weights: Weights,
}

impl Contestant for Rules {
    fn name(&self) -> &'static str {
        "hand rules"
    }

    fn sentence(&self) -> &'static str {
        "Points by judgement for recency, high intent, forms and momentum, as on day 0; nothing is learned."
    }

    fn class(&self) -> Class {
        Class::Rules
    }

    fn fit(&self, matrix: &Matrix, _: &Part, _: &Context<'_>) -> Result<Fitted, Unfit> {
        fitted(matrix, self.weights.clone())
    }
}

impl Scorer for LinearModel {
    fn margins(&self, rows: &[f64], width: usize, margins: &mut [f64]) {
        LinearModel::margins(self, rows, width, margins);
    }
}

/// Weights bound to the columns of a matrix, as they would be served.
pub fn fitted(matrix: &Matrix, weights: Weights) -> Result<Fitted, Unfit> {
    let features: Vec<_> = matrix.columns.iter().map(|column| (column.name.as_str(), column.version)).collect();
    let needed = weights.terms.iter().map(|term| {
        let version = features.iter().find(|(name, _)| *name == term.feature).map_or(0, |(_, version)| *version);
        NeededFeature { name: term.feature.clone(), version }
    });
    let manifest = Manifest {
        version: "contestant".to_owned(),
        kind: LINEAR.to_owned(),
        features: needed.collect(),
        themes: Vec::new(),
        vocabularies: Vec::new(),
        calibration: Calibration::IDENTITY,
        // Of no concern to margins.
        anchor_probability: 0.5,
    };
    let model = LinearModel::bind(&manifest, &weights, Columns::of(&features), None);
    let model = model.map_err(|refused| Unfit::Unserved(refused.to_string()))?;
    Ok(Fitted { scorer: Box::new(model), served: Served::Linear(weights) })
}
