//! From features to a score and its reasons. Pure: a model is data, and the same row gives the same bits wherever it is scored.

pub use linear::LinearModel;
pub use reasons::Reasons;
pub use scale::Scored;
pub use served::Served;
pub use trees_model::TreesModel;

pub mod bundle;
pub mod day_zero;
pub mod drift;
pub mod linear;
pub mod reasons;
pub mod scale;
pub mod served;
pub mod trees;
pub mod trees_model;
pub mod vocabulary;

/// A served model, bound to the columns of this binary's features. Shared between lanes, never changed.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "there are a handful, each behind an `Arc`")]
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

/// Memory of scoring and explaining, of one model or several; reused from call to call, and nothing in it matters between them.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    /// Rows whose categories are places.
    rows: Vec<f64>,
    sums: Vec<f64>,
    evaluator: trees::evaluator::Scratch,
    contributions: Vec<f64>,
    explainer: trees::explainer::Scratch,
}

impl Model {
    /// Which model it is, for people and for the outputs: `day-0`, or the name of its bundle.
    pub fn version(&self) -> &str {
        match self {
            Self::Linear(model) => model.version(),
            Self::Trees(model) => model.version(),
        }
    }

    /// Tells models apart whose explanations must not be compared: another version, or other columns.
    pub fn fingerprint(&self) -> u32 {
        match self {
            Self::Linear(model) => model.fingerprint,
            Self::Trees(model) => model.fingerprint,
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
    /// that the model was bound to, so at least 1. Allocates nothing once `scratch` and `out` have seen as many rows.
    pub fn score(&self, rows: &[f64], width: usize, scratch: &mut Scratch, out: &mut Vec<Scored>) {
        match self {
            Self::Linear(model) => model.score(rows, width, out),
            Self::Trees(model) => model.score(rows, width, scratch, out),
        }
    }

    /// Replaces each of `out`, one to a row, by why that row is worth its points. `rows` is a matrix as [`Model::score`] takes it.
    pub fn explain(&self, rows: &[f64], width: usize, scratch: &mut Scratch, out: &mut [Explanation]) {
        debug_assert_eq!(rows.len(), width * out.len());
        match self {
            Self::Linear(model) => {
                rows.chunks_exact(width).zip(out).for_each(|(row, explanation)| model.explain(row, explanation));
            }
            Self::Trees(model) => model.explain(rows, width, scratch, out),
        }
    }

    /// The points that every explanation begins with: those of its reference lead.
    pub fn base(&self) -> f64 {
        match self {
            Self::Linear(model) => model.base(),
            Self::Trees(model) => model.base(),
        }
    }
}
