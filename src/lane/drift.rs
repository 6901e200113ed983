//! How the rows that a lane scores lie in the bins of training, model by model: what the drift metrics are worked out from.
//!
//! Scores are counted of every event, features of one in [`SAMPLED`]. Once enough is counted all of it counts half, so that the
//! newest rows weigh most.

use std::sync::Arc;

use super::Lane;
use crate::features::Schema;
use crate::log::Log;
use crate::model::drift::{Bins, Trained};
use crate::model::{Scored, Served};

/// Of so many rows the features of one are counted.
const SAMPLED: u64 = 64;
/// Scores of a model after which what was counted counts half.
const MEMORY: f64 = 200_000.0;

/// Counts of each model that says how its columns lay in training.
#[derive(Default)]
pub struct Drifts {
    /// By the place of the model.
    models: Vec<Option<Counted>>,
    rows: u64,
}

/// What one model has scored.
#[derive(Clone, Debug)]
pub struct Counted {
    /// Whose model it is.
    pub tenant: String,
    pub version: String,
    pub trained: Arc<Trained>,
    /// Rows in each bin of the score.
    pub score: Vec<f64>,
    pub features: Vec<CountedFeature>,
}

#[derive(Clone, Debug)]
pub struct CountedFeature {
    pub name: String,
    column: usize,
    /// Sampled rows in each of its bins.
    pub counts: Vec<f64>,
}

impl Drifts {
    /// Of models that are served from now on: nothing is counted yet.
    pub fn of(models: &Served, schema: &Schema) -> Self {
        let counted = |(place, trained): (usize, Option<&Arc<Trained>>)| {
            let trained = trained?;
            let feature = |(name, bins): (&String, &Bins)| {
                let column = schema.index(name)?;
                Some(CountedFeature { name: name.clone(), column, counts: vec![0.0; bins.shares.len()] })
            };
            Some(Counted {
                tenant: models.owner(place).to_owned(),
                version: models.model(place).version().to_owned(),
                score: vec![0.0; trained.score.shares.len()],
                features: trained.features.iter().filter_map(feature).collect(),
                trained: trained.clone(),
            })
        };
        Self { models: models.trained().enumerate().map(counted).collect(), rows: 0 }
    }

    /// A row of the model at `place` was scored.
    pub fn count(&mut self, place: usize, scored: &Scored, row: &[f64]) {
        self.rows += 1;
        let Some(counted) = self.models.get_mut(place).and_then(Option::as_mut) else { return };
        counted.score[counted.trained.score.bin(f64::from(scored.score))] += 1.0;
        // Multiples of the golden ratio: evenly, and in step with nothing.
        if self.rows.wrapping_mul(0x9e37_79b9_7f4a_7c15) < u64::MAX / SAMPLED {
            counted.sample(row);
        }
    }

    pub fn counted(&self) -> impl Iterator<Item = &Counted> {
        self.models.iter().flatten()
    }
}

impl Counted {
    fn sample(&mut self, row: &[f64]) {
        let Self { trained, score, features, .. } = self;
        for feature in features.iter_mut() {
            if let Some(bins) = trained.features.get(&feature.name) {
                feature.counts[bins.bin(row[feature.column])] += 1.0;
            }
        }
        if score.iter().sum::<f64>() > MEMORY {
            let all = features.iter_mut().flat_map(|feature| &mut feature.counts);
            score.iter_mut().chain(all).for_each(|count| *count /= 2.0);
        }
    }

    /// Takes in what another lane has counted of the same model.
    pub fn add(&mut self, other: &Self) {
        let add = |to: &mut Vec<f64>, from: &[f64]| to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
        add(&mut self.score, &other.score);
        for (to, from) in self.features.iter_mut().zip(&other.features) {
            add(&mut to.counts, &from.counts);
        }
    }
}

impl<L: Log> Lane<L> {
    /// How what was scored lies beside what the models learned from.
    pub fn drifts(&self) -> &Drifts {
        self.step.drifts()
    }
}
