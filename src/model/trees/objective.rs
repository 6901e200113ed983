//! What a model was trained for: how its raw score becomes what it predicts.

/// LightGBM's objectives, as far as their output differs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Objective {
    /// The raw score itself (regression and its kin, ranking, no objective).
    Identity,
    /// Signed square: regression on square roots.
    SignedSquare,
    /// `1 / (1 + e^(−sigmoid·x))` (binary, multiclassova).
    Logistic { sigmoid: f64 },
    /// `e^x` (poisson, gamma, tweedie).
    Exponential,
    /// `ln(1 + e^x)` (cross_entropy_lambda).
    Softplus,
    /// Over the classes of a row (multiclass).
    Softmax,
}
