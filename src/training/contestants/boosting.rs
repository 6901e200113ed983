//! Gradient boosting by LightGBM, its settings found by a small search.

use super::trees::{Binned, Stop};
use super::{Class, Contestant, Context, Fitted, LearningCurve, Tuned, Unfit};
use crate::random::Random;
use crate::training::matrix::Matrix;
use crate::training::part::Part;

/// Trees that each correct the ones before.
#[derive(Clone, Debug, PartialEq)]
pub struct Boosting {
    pub settings: Settings,
    /// Found by early stopping.
    pub rounds: usize,
    /// Whether a search may look for other settings.
    pub searches: bool,
}

/// What a candidate of the search is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    pub leaves: usize,
    pub learning_rate: f64,
    pub least_rows_in_leaf: usize,
    /// Share of the features that each tree sees.
    pub features: f64,
    /// Share of the rows that each tree sees.
    pub rows: f64,
    pub l2: f64,
    /// How much heavier positives count: the power of negatives per positive. 0 is not at all, 1 as heavy as all negatives.
    pub balance: f64,
}

/// No search beyond, whatever early stopping says.
const STOP: Stop = Stop { rounds: 600, patience: 40 };

impl Default for Boosting {
    fn default() -> Self {
        let settings = Settings {
            leaves: 15,
            learning_rate: 0.05,
            least_rows_in_leaf: 30,
            features: 0.8,
            rows: 0.8,
            l2: 1.0,
            balance: 0.0,
        };
        Self { settings, rounds: 100, searches: true }
    }
}

impl Contestant for Boosting {
    fn name(&self) -> &'static str {
        "gradient boosting"
    }

    fn sentence(&self) -> &'static str {
        "Hundreds of small trees, each correcting what the ones before got wrong. Finds what features say only together."
    }

    fn class(&self) -> Class {
        Class::Ensemble
    }

    fn tuned(
        &self,
        matrix: &Matrix,
        train: &Part,
        validation: &Part,
        context: &Context<'_>,
    ) -> Result<Option<Tuned>, Unfit> {
        let binned = Binned::new(matrix, train, context)?;
        let later = binned.beside(matrix, validation)?;
        let odds = negatives_per_positive(matrix, train);
        let candidates = self.candidates(context);
        let mut best: Option<(f64, Settings, LearningCurve)> = None;
        let mut tried = 0;
        for &candidate in &candidates {
            if tried > 0 && (context.time_is_up)() {
                break;
            }
            tried += 1;
            let curve = binned.curve(matrix, &later, context, &candidate.parameters(odds), STOP)?;
            let loss = curve.validation[curve.best.saturating_sub(1)];
            if best.as_ref().is_none_or(|(least, ..)| loss < *least) {
                best = Some((loss, candidate, curve));
            }
        }
        let Some((_, settings, curve)) = best else { return Ok(None) };
        let contestant = Self { settings, rounds: curve.best.max(1), searches: false };
        let words = contestant.words();
        let count = candidates.len();
        let contestant = Box::new(contestant);
        Ok(Some(Tuned { contestant, settings: words, tried, candidates: count, curve: Some(curve) }))
    }

    fn fit(&self, matrix: &Matrix, part: &Part, context: &Context<'_>) -> Result<Fitted, Unfit> {
        let own = self.settings.parameters(negatives_per_positive(matrix, part));
        Binned::new(matrix, part, context)?.train(matrix, context, &own, self.rounds)
    }
}

impl Boosting {
    /// Our own settings first, then others by chance: in few tries that finds better ones than a grid (Bergstra and Bengio 2012).
    fn candidates(&self, context: &Context<'_>) -> Vec<Settings> {
        let mut candidates = vec![self.settings];
        let mut random = Random::fork(context.seed, 0x0b00_5719);
        let most = if self.searches { context.candidates.max(1) } else { 1 };
        while candidates.len() < most {
            candidates.push(Settings {
                leaves: *random.pick(&[4, 7, 15, 31, 63]),
                learning_rate: *random.pick(&[0.03, 0.05, 0.1]),
                least_rows_in_leaf: *random.pick(&[10, 30, 100, 300]),
                features: *random.pick(&[0.3, 0.5, 0.8, 1.0]),
                rows: *random.pick(&[0.6, 0.8, 1.0]),
                l2: *random.pick(&[0.0, 1.0, 10.0]),
                balance: *random.pick(&[0.0, 0.0, 0.5]),
            });
        }
        candidates
    }

    fn words(&self) -> String {
        let Settings { leaves, learning_rate, least_rows_in_leaf, features, rows, l2, balance } = self.settings;
        let rounds = self.rounds;
        format!(
            "{rounds} rounds of trees with {leaves} leaves of at least {least_rows_in_leaf} rows, learning rate \
             {learning_rate}, {features} of the features and {rows} of the rows to a tree, L2 {l2}, balance {balance}"
        )
    }
}

impl Settings {
    fn parameters(self, negatives_per_positive: f64) -> String {
        let Self { leaves, learning_rate, least_rows_in_leaf, features, rows, l2, balance } = self;
        let bagging = u8::from(rows < 1.0);
        let heavier = negatives_per_positive.powf(balance);
        format!(
            "num_leaves={leaves} learning_rate={learning_rate} min_data_in_leaf={least_rows_in_leaf} \
             feature_fraction={features} bagging_fraction={rows} bagging_freq={bagging} lambda_l2={l2} \
             scale_pos_weight={heavier}"
        )
    }
}

/// Weighted; 1 where one side is empty.
fn negatives_per_positive(matrix: &Matrix, part: &Part) -> f64 {
    match part.base_rate(matrix) {
        Some(rate) if rate > 0.0 && rate < 1.0 => (1.0 - rate) / rate,
        _ => 1.0,
    }
}
