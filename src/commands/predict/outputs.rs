//! What a model says of a batch of rows. The one place that knows how it is computed.

use crate::model::trees::evaluator::{self, Evaluator};
use crate::model::trees::explainer::{self, Explainer};
use crate::model::trees::forest::Forest;

/// What is asked of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What it predicts, a value a class.
    Normal,
    /// The sum of its trees, a value a class.
    Raw,
    /// For each class the contributions of the features, in the model's order, then the base.
    Contrib,
    /// The leaf of each tree.
    Leaf,
}

/// Computes one kind of output, again and again.
pub struct Outputs<'a> {
    forest: &'a Forest,
    asked: Asked,
    /// Row after row.
    values: Vec<f64>,
}

/// Who computes what, and the memory for it.
#[allow(clippy::large_enum_variant, reason = "there is one of it")]
enum Asked {
    Sums { evaluator: Evaluator, scratch: evaluator::Scratch, convert: bool },
    Leaves { evaluator: Evaluator, scratch: evaluator::Scratch, leaves: Vec<u32> },
    Contributions { explainer: Explainer, scratch: explainer::Scratch },
}

impl<'a> Outputs<'a> {
    /// # Errors
    /// Where the model cannot be asked for this.
    pub fn new(forest: &'a Forest, kind: Kind) -> anyhow::Result<Self> {
        let evaluator = || Evaluator::new(forest);
        let asked = match kind {
            Kind::Normal | Kind::Raw => {
                Asked::Sums { evaluator: evaluator(), scratch: Default::default(), convert: kind == Kind::Normal }
            }
            Kind::Leaf => Asked::Leaves { evaluator: evaluator(), scratch: Default::default(), leaves: Vec::new() },
            Kind::Contrib => Asked::Contributions { explainer: Explainer::new(forest)?, scratch: Default::default() },
        };
        Ok(Self { forest, asked, values: Vec::new() })
    }

    /// The values of each row of `batch`.
    pub fn of(&mut self, batch: &[f64]) -> impl Iterator<Item = &[f64]> {
        let count = batch.len() / self.forest.feature_names.len();
        let width = self.width();
        self.values.resize(count * width, 0.0);
        self.compute(batch);
        self.values.chunks(width)
    }

    /// Values of a row.
    pub fn width(&self) -> usize {
        let Forest { classes, feature_names, trees, .. } = self.forest;
        match self.asked {
            Asked::Sums { .. } => *classes,
            Asked::Contributions { .. } => classes * (feature_names.len() + 1),
            Asked::Leaves { .. } => trees.len(),
        }
    }

    fn compute(&mut self, batch: &[f64]) {
        let (forest, values) = (self.forest, &mut self.values);
        let width = forest.feature_names.len();
        match &mut self.asked {
            Asked::Sums { evaluator, scratch, convert } => {
                evaluator.sums(batch, width, scratch, values);
                if *convert {
                    values.chunks_exact_mut(forest.classes).for_each(|sums| forest.convert(sums));
                }
            }
            Asked::Leaves { evaluator, scratch, leaves } => {
                leaves.resize(values.len(), 0);
                evaluator.leaves(batch, width, scratch, leaves);
                values.iter_mut().zip(leaves).for_each(|(value, leaf)| *value = f64::from(*leaf));
            }
            Asked::Contributions { explainer, scratch } => explainer.contributions(batch, width, scratch, values),
        }
    }
}
