//! From features to a score and its reasons. Pure: a model is data, and the same row gives the same bits wherever it is scored.

pub use linear::LinearModel;
pub use reasons::Reasons;
pub use scale::Scored;
pub use served::Served;
pub use trees_model::TreesModel;

pub mod bundle;
pub mod day_zero;
pub mod linear;
pub mod reasons;
pub mod scale;
pub mod served;
pub mod trees;
pub mod trees_model;

/// A served model, bound to the columns of this binary's features. Shared between lanes, never changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Model {
    Linear(LinearModel),
    Trees(TreesModel),
}

/// Why a row is worth its points: exact, `base` and all contributions add up to them.
///
/// Reused from row to row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    /// Points of the model's reference lead (for SHAP: of the expectation).
    pub base: f64,
    /// Column of a feature, and its points; ascending, no zeros.
    pub contributions: Vec<(usize, f64)>,
}

impl Model {
    /// Which model it is, for people and for the outputs: `day-0`, or the name of its bundle.
    pub fn version(&self) -> &str {
        match self {
            Self::Linear(model) => model.version(),
            Self::Trees(model) => model.version(),
        }
    }

    /// `linear` or `trees`, as manifests and outputs call it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Linear(_) => bundle::LINEAR,
            Self::Trees(_) => bundle::TREES,
        }
    }

    /// Replaces `out` by what each of `rows` is worth. `rows` is a matrix, row after row, with `width` values each: all features
    /// that the model was bound to, so at least 1.
    pub fn score(&self, rows: &[f64], width: usize, out: &mut Vec<Scored>) {
        match self {
            Self::Linear(model) => model.score(rows, width, out),
            Self::Trees(model) => model.score(rows, width, out),
        }
    }

    /// Replaces `explanation` by that of one row.
    pub fn explain(&self, row: &[f64], explanation: &mut Explanation) {
        match self {
            Self::Linear(model) => model.explain(row, explanation),
            Self::Trees(model) => model.explain(row, explanation),
        }
    }
}
