//! What LightGBM learns, and how it scores: by our own evaluator, which is what serves.

use std::sync::Mutex;

use super::vocabulary::Vocabularies;
use super::{Context, Fitted, LearningCurve, Scorer, Served, Unfit, both_outcomes};
use crate::model::trees::evaluator::{Evaluator, Scratch};
use crate::model::trees::forest::Forest;
use crate::model::trees::objective::Objective;
use crate::model::trees_model::Margin;
use crate::training::lightgbm::{self, Booster, Dataset, Source};
use crate::training::matrix::{ColumnKind, Matrix};
use crate::training::part::Part;

/// Rows in LightGBM's bins, and how their categories were made small.
pub struct Binned {
    dataset: Dataset,
    vocabularies: Vocabularies,
}

impl Binned {
    /// Bins rows to train on.
    pub fn new(matrix: &Matrix, part: &Part, context: &Context<'_>) -> Result<Self, Unfit> {
        both_outcomes(matrix, part)?;
        lightgbm::limit_threads(context.threads)?;
        let vocabularies = Vocabularies::of(matrix, part);
        let parameters = parameters(matrix, context, "");
        let dataset = with_source(matrix, part, &vocabularies, |source| Dataset::new(source, &parameters))?;
        Ok(Self { dataset, vocabularies })
    }

    /// Later rows, in the same bins.
    pub fn beside(&self, matrix: &Matrix, part: &Part) -> Result<Dataset, Unfit> {
        Ok(with_source(matrix, part, &self.vocabularies, |source| self.dataset.beside(source))?)
    }

    /// Trains for `rounds`, or fewer where nothing is left to be learned.
    pub fn train(&self, matrix: &Matrix, context: &Context<'_>, own: &str, rounds: usize) -> Result<Fitted, Unfit> {
        let mut booster = Booster::new(&self.dataset, &parameters(matrix, context, own))?;
        for _ in 0..rounds {
            if !booster.round()? {
                break;
            }
        }
        self.fitted(booster.to_text(rounds)?)
    }

    /// Trains until later rows have not become any better for `patience` rounds.
    pub fn curve(
        &self,
        matrix: &Matrix,
        later: &Dataset,
        context: &Context<'_>,
        own: &str,
        stop: Stop,
    ) -> Result<LearningCurve, Unfit> {
        let mut booster = Booster::new(&self.dataset, &parameters(matrix, context, own))?;
        booster.validate(later)?;
        let mut curve = LearningCurve::default();
        let mut least = f64::INFINITY;
        while curve.validation.len() < stop.rounds && curve.validation.len() < curve.best + stop.patience {
            let more = booster.round()?;
            curve.train.push(booster.loss(0)?);
            let loss = booster.loss(1)?;
            curve.validation.push(loss);
            if loss < least {
                least = loss;
                curve.best = curve.validation.len();
            }
            if !more {
                break;
            }
        }
        Ok(curve)
    }

    fn fitted(&self, text: String) -> Result<Fitted, Unfit> {
        let unserved = |error: crate::model::trees::text::TextError| Unfit::Unserved(error.to_string());
        let forest = Forest::from_text(text.as_bytes()).map_err(unserved)?;
        let Objective::Logistic { sigmoid } = forest.objective else {
            return Err(Unfit::Unserved("its raw scores are no log-odds".to_owned()));
        };
        let margin = Margin { trees: if forest.averaged { forest.iterations().max(1) } else { 1 }, sigmoid };
        let (evaluator, vocabularies) = (Evaluator::new(&forest), self.vocabularies.clone());
        let served = Served::Trees { text, vocabularies: vocabularies.list.clone() };
        Ok(Fitted { scorer: Box::new(Trees { evaluator, margin, vocabularies, scratch: Mutex::default() }), served })
    }
}

/// When to stop early.
#[derive(Clone, Copy, Debug)]
pub struct Stop {
    /// At most so many.
    pub rounds: usize,
    /// So many without a gain are enough.
    pub patience: usize,
}

struct Trees {
    evaluator: Evaluator,
    margin: Margin,
    vocabularies: Vocabularies,
    scratch: Mutex<Scratch>,
}

impl Scorer for Trees {
    fn margins(&self, rows: &[f64], width: usize, margins: &mut [f64]) {
        let mut scratch = self.scratch.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if self.vocabularies.is_empty() {
            self.evaluator.sums(rows, width, &mut scratch, margins);
        } else {
            let mut mapped = rows.to_vec();
            mapped.chunks_exact_mut(width).for_each(|row| self.vocabularies.apply(row));
            self.evaluator.sums(&mapped, width, &mut scratch, margins);
        }
        margins.iter_mut().for_each(|sum| *sum = self.margin.of(*sum));
    }
}

/// LightGBM's parameters: what all of our models have in common, then what is a model's own. How many threads there are is not among them: they
/// are written into the model, which is to be the same on any machine.
pub fn parameters(matrix: &Matrix, context: &Context<'_>, own: &str) -> String {
    let columns = matrix.columns.iter().enumerate();
    let categories = columns.filter(|(_, column)| column.kind == ColumnKind::Category);
    let categories = categories.map(|(place, _)| place.to_string()).collect::<Vec<_>>().join(",");
    let categories = if categories.is_empty() { categories } else { format!("categorical_feature={categories}") };
    // 31 bits, as LightGBM reads it.
    let seed = context.seed & 0x7fff_ffff;
    // Without the filter a data set serves every size of leaf.
    format!(
        "objective=binary metric=binary_logloss verbosity=-1 deterministic=true force_row_wise=true feature_pre_filter=false \
         seed={seed} {categories} {own}"
    )
}

fn with_source<T>(matrix: &Matrix, part: &Part, vocabularies: &Vocabularies, then: impl FnOnce(&Source<'_>) -> T) -> T {
    let names: Vec<_> = matrix.columns.iter().map(|column| column.name.as_str()).collect();
    let labels: Vec<f32> = part.rows.iter().map(|&row| f32::from(u8::from(matrix.rows[row].positive))).collect();
    // 1 on average: LightGBM's smallest sum of a leaf is meant for rows that count once.
    let mean = part.weights.iter().sum::<f64>() / part.weights.len() as f64;
    let weights: Vec<f32> = part.weights.iter().map(|&weight| (weight / mean) as f32).collect();
    let write = |index: usize, row: &mut [f64]| {
        row.copy_from_slice(matrix.row(part.rows[index]));
        vocabularies.apply(row);
    };
    then(&Source { names: &names, write: &write, labels: &labels, weights: &weights })
}
