//! Who contends: every way of scoring that the tournament compares, from "always the same" to a forest.
//!
//! ```text
//! rows, labels ─► tuned (once) ─► fit (on each part) ─► margins        compared
//!                                                   └─► served         published, if it wins: linear weights or trees
//! ```
//!
//! A fitted contestant scores by the very code that would serve it, so what was compared is what is published.

use serde::Serialize;

use super::lightgbm;
use super::matrix::Matrix;
use super::part::Part;
use crate::model::bundle::Weights;

pub use baselines::{BaseRate, Recency};
pub use boosting::Boosting;
pub use forest::{OneTree, RandomForest};
pub use linear::Rules;
pub use logistic::Logistic;
pub use mixture::Mixture;
pub use network::Network;

pub mod baselines;
pub mod boosting;
pub mod design;
pub mod forest;
pub mod linear;
pub mod logistic;
pub mod mixture;
pub mod network;
pub mod trees;
pub mod vocabulary;

/// One way of scoring leads.
pub trait Contestant {
    /// One word or two, unique in a tournament.
    fn name(&self) -> &'static str;

    /// What it is, for people who know no statistics.
    fn sentence(&self) -> &'static str;

    /// How much it takes to be fitted.
    fn class(&self) -> Class;

    /// Settles what is not learned from rows (how strongly to regularise, how many rounds) by fitting `train` and looking at
    /// `validation`, which is later. Nothing to settle: `None`.
    fn tuned(&self, _: &Matrix, _train: &Part, _validation: &Part, _: &Context<'_>) -> Result<Option<Tuned>, Unfit> {
        Ok(None)
    }

    /// Learns from the rows of `part`. The same arguments give the same model, to the bit.
    fn fit(&self, matrix: &Matrix, part: &Part, context: &Context<'_>) -> Result<Fitted, Unfit>;
}

/// Kinds by how much data they need; in the order in which the simpler one is preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Runs always, learns next to nothing, and is there to be beaten.
    Baseline,
    /// Points by judgement.
    Rules,
    /// Learns without labels.
    Unsupervised,
    /// One weight a feature.
    Linear,
    /// One decision tree.
    Tree,
    /// Many trees.
    Ensemble,
    Network,
}

/// A contestant whose settings are settled.
pub struct Tuned {
    pub contestant: Box<dyn Contestant>,
    /// What was settled, for people: `31 leaves, learning rate 0.05, 120 rounds`.
    pub settings: String,
    /// How many candidates were tried, of how many that there were to try.
    pub tried: usize,
    pub candidates: usize,
    pub curve: Option<LearningCurve>,
}

/// Loss by round of boosting.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LearningCurve {
    /// Mean log loss on the rows learned from, after each round.
    pub train: Vec<f64>,
    /// And on later rows.
    pub validation: Vec<f64>,
    /// Rounds with the least of it.
    pub best: usize,
}

/// What is given from outside, so that nothing here reads a clock or a machine.
pub struct Context<'a> {
    pub seed: u64,
    /// Of LightGBM. The number does not change the model.
    pub threads: usize,
    /// At most so many candidates are tried by each search.
    pub candidates: usize,
    /// Whether the search has to come to an end. The first candidate is tried in any case.
    pub time_is_up: &'a dyn Fn() -> bool,
}

impl Context<'static> {
    /// With all the time in the world.
    pub fn seeded(seed: u64) -> Self {
        Self { seed, threads: 1, candidates: 8, time_is_up: &|| false }
    }
}

/// What was learned.
pub struct Fitted {
    pub scorer: Box<dyn Scorer>,
    pub served: Served,
}

/// Gives rows their margins.
pub trait Scorer {
    /// Replaces `margins`, which has one place a row, by raw scores on the scale of log-odds: more is more likely. `rows` is row after
    /// row, `width` values each: those of the matrix that was learned from.
    fn margins(&self, rows: &[f64], width: usize, margins: &mut [f64]);
}

/// What a winner is published as.
#[derive(Clone, Debug, PartialEq)]
pub enum Served {
    /// `weights.json`
    Linear(Weights),
    /// `model.txt`. Where a category's codes are too large for LightGBM, it was trained on their places in a vocabulary.
    Trees { text: String, vocabularies: Vec<vocabulary::Vocabulary> },
    /// It cannot be: why not.
    Not(&'static str),
}

/// Why there is no model.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Unfit {
    #[error("there is no column {0}")]
    NoColumn(String),
    #[error("all rows have the same outcome")]
    OneOutcome,
    #[error("there is nothing to learn from: {0}")]
    Nothing(&'static str),
    #[error(transparent)]
    LightGbm(#[from] lightgbm::Refused),
    #[error("the search for weights failed: {0}")]
    Search(String),
    #[error("what was trained cannot be served: {0}")]
    Unserved(String),
}

/// Rows that are scored at once.
const BLOCK: usize = 256;

impl Fitted {
    /// A margin for each of `rows`, by index.
    pub fn margins(&self, matrix: &Matrix, rows: &[usize]) -> Vec<f64> {
        let width = matrix.width();
        let mut margins = vec![0.0; rows.len()];
        let mut block = Vec::with_capacity(BLOCK * width);
        for (rows, margins) in rows.chunks(BLOCK).zip(margins.chunks_mut(BLOCK)) {
            block.clear();
            for &row in rows {
                block.extend_from_slice(matrix.row(row));
            }
            self.scorer.margins(&block, width, margins);
        }
        margins
    }
}

/// Place of the column of that name.
fn column(matrix: &Matrix, name: &str) -> Result<usize, Unfit> {
    let place = matrix.columns.iter().position(|column| column.name == name);
    place.ok_or_else(|| Unfit::NoColumn(name.to_owned()))
}

/// Refuses rows of one outcome alone.
fn both_outcomes(matrix: &Matrix, part: &Part) -> Result<(), Unfit> {
    let positives = part.rows.iter().filter(|row| matrix.rows[**row].positive).count();
    if positives == 0 || positives == part.len() { Err(Unfit::OneOutcome) } else { Ok(()) }
}

/// Log loss of one row, from its log-odds; exact where the probability is nearly 0 or 1.
pub fn log_loss(log_odds: f64, positive: bool) -> f64 {
    let margin = if positive { -log_odds } else { log_odds };
    // ln(1 + e^m), by the branch that cannot overflow.
    margin.max(0.0) + (-margin.abs()).exp().ln_1p()
}
