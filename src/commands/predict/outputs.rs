//! What a model says of a batch of rows. The one place that knows how it is computed.

use anyhow::bail;

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
    kind: Kind,
    /// Row after row.
    values: Vec<f64>,
}

impl<'a> Outputs<'a> {
    /// # Errors
    /// Where the model cannot be asked for this.
    pub fn new(forest: &'a Forest, kind: Kind) -> anyhow::Result<Self> {
        if kind == Kind::Contrib {
            bail!("--contrib is not built yet");
        }
        Ok(Self { forest, kind, values: Vec::new() })
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
        match self.kind {
            Kind::Normal | Kind::Raw => *classes,
            Kind::Contrib => classes * (feature_names.len() + 1),
            Kind::Leaf => trees.len(),
        }
    }

    fn compute(&mut self, batch: &[f64]) {
        let (forest, width) = (self.forest, self.width());
        let rows = batch.chunks(forest.feature_names.len()).zip(self.values.chunks_mut(width));
        for (row, values) in rows {
            match self.kind {
                Kind::Raw => forest.sums(row, values),
                Kind::Normal => {
                    forest.sums(row, values);
                    forest.convert(values);
                }
                Kind::Leaf => {
                    for (value, tree) in values.iter_mut().zip(&forest.trees) {
                        *value = tree.leaf(row) as f64;
                    }
                }
                // `new` lets none through.
                Kind::Contrib => values.fill(f64::NAN),
            }
        }
    }
}
