//! What a model was trained for: how its raw score becomes what it predicts.

use super::forest::Forest;

/// LightGBM's objectives, as far as their output differs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Objective {
    /// The raw score itself (regression and its kin, ranking, no objective).
    Identity,
    /// Signed square: regression on square roots.
    SignedSquare,
    /// `1 / (1 + e^(−sigmoid·x))` (binary, multiclassova, cross_entropy).
    Logistic { sigmoid: f64 },
    /// `e^x` (poisson, gamma, tweedie).
    Exponential,
    /// `ln(1 + e^x)` (cross_entropy_lambda).
    Softplus,
    /// Over the classes of a row (multiclass).
    Softmax,
}

impl Objective {
    /// Makes predictions of the scores of one row, one a class. The operations and their order are those of LightGBM's `ConvertOutput`,
    /// so the bits are too, as far as both call the same `exp`.
    pub fn convert(self, scores: &mut [f64]) {
        match self {
            Self::Identity => {}
            Self::SignedSquare => each(scores, |x| sign(x) * x * x),
            Self::Logistic { sigmoid } => each(scores, |x| 1.0 / (1.0 + (-sigmoid * x).exp())),
            Self::Exponential => each(scores, f64::exp),
            Self::Softplus => each(scores, |x| x.exp().ln_1p()),
            Self::Softmax => softmax(scores),
        }
    }
}

impl Forest {
    /// Makes predictions of the sums of one row, one a class: LightGBM's raw score becomes what it predicts.
    pub fn convert(&self, sums: &mut [f64]) {
        if self.averaged {
            let iterations = self.iterations() as f64;
            each(sums, |sum| sum / iterations);
        }
        self.objective.convert(sums);
    }
}

fn each(scores: &mut [f64], convert: impl Fn(f64) -> f64) {
    for score in scores {
        *score = convert(*score);
    }
}

/// −1, 0 or 1; of NaN 0.
fn sign(x: f64) -> f64 {
    f64::from(i8::from(x > 0.0) - i8::from(x < 0.0))
}

fn softmax(scores: &mut [f64]) {
    // As `std::max` takes it: of two NaN or equal ones the newer.
    let largest = scores.iter().copied().reduce(|largest, x| if x < largest { largest } else { x });
    let Some(largest) = largest else { return };
    let mut sum = 0.0;
    for score in &mut *scores {
        *score = (*score - largest).exp();
        sum += *score;
    }
    each(scores, |score| score / sum);
}
