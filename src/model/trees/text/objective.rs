//! The objective as a model names it: a name, then parameters.

use super::super::objective::Objective;
use super::error::{TextError, quoted};
use super::lines::Field;

/// Objectives of regression that can learn the square root of a label, under all their names.
#[rustfmt::skip]
const OF_REGRESSION: [&str; 16] = [
    "regression", "regression_l2", "mean_squared_error", "mse", "l2", "l2_root", "root_mean_squared_error", "rmse",
    "regression_l1", "mean_absolute_error", "l1", "mae",
    "quantile", "fair", "mape", "mean_absolute_percentage_error",
];

/// Reads the objective of a model with so many classes. What none says, or one of the user's own, leaves the sums as they are.
pub(super) fn read(field: Option<Field<'_>>, classes: usize) -> Result<Objective, TextError> {
    let Some(field) = field else { return Ok(Objective::Identity) };
    let mut words = field.words()?;
    let name = words.next().unwrap_or_default();
    let parameters: Vec<&str> = words.collect();
    let objective = match name {
        "custom" | "none" | "null" | "na" => return Ok(Objective::Identity),
        name if OF_REGRESSION.contains(&name) && parameters.contains(&"sqrt") => Objective::SignedSquare,
        name if OF_REGRESSION.contains(&name) => Objective::Identity,
        // It takes no square roots, whatever its parameters say.
        "huber" => Objective::Identity,
        "lambdarank" | "rank_xendcg" | "xendcg" | "xe_ndcg" | "xe_ndcg_mart" | "xendcg_mart" => Objective::Identity,
        "poisson" | "gamma" | "tweedie" => Objective::Exponential,
        "cross_entropy" | "xentropy" => Objective::Logistic { sigmoid: 1.0 },
        "cross_entropy_lambda" | "xentlambda" => Objective::Softplus,
        "binary" => Objective::Logistic { sigmoid: sigmoid(field, &parameters)? },
        "multiclass" | "softmax" => {
            check_classes(field, &parameters, classes)?;
            return Ok(Objective::Softmax);
        }
        "multiclassova" | "multiclass_ova" | "ova" | "ovr" => {
            check_classes(field, &parameters, classes)?;
            return Ok(Objective::Logistic { sigmoid: sigmoid(field, &parameters)? });
        }
        unknown => return Err(field.wrong(format!("{} is not known", quoted(unknown.as_bytes())))),
    };
    if classes != 1 {
        return Err(field.wrong(format!("`{name}` has one class, not {classes}")));
    }
    Ok(objective)
}

fn check_classes(field: Field<'_>, parameters: &[&str], classes: usize) -> Result<(), TextError> {
    let said = parameter(field, parameters, "num_class")?;
    if said.parse() == Ok(classes) {
        return Ok(());
    }
    Err(field.wrong(format!("num_class is {} here, {classes} in the header", quoted(said.as_bytes()))))
}

fn sigmoid(field: Field<'_>, parameters: &[&str]) -> Result<f64, TextError> {
    let said = parameter(field, parameters, "sigmoid")?;
    let good = positive(said).filter(|sigmoid| sigmoid.is_finite() && *sigmoid > 0.0);
    good.ok_or_else(|| field.wrong(format!("sigmoid is {}, not a number above 0", quoted(said.as_bytes()))))
}

/// The value of `name:value`, the last where it is said twice.
fn parameter<'a>(field: Field<'_>, parameters: &[&'a str], name: &str) -> Result<&'a str, TextError> {
    let value = |word: &&'a str| word.strip_prefix(name)?.strip_prefix(':');
    parameters.iter().filter_map(value).next_back().ok_or_else(|| field.wrong(format!("`{name}:` is missing")))
}

/// A number above 0 as LightGBM reads a parameter: whole part, plus fraction over its power of ten, times or over that of the exponent.
/// Each step rounds, so the last bit may differ from that of the nearest double. LightGBM writes at most 6 digits; so far all powers
/// are exact.
fn positive(text: &str) -> Option<f64> {
    // From here on it has digits, one point and one exponent at most, and no minus in front.
    text.parse().ok().filter(|nearest: &f64| nearest.is_finite() && *nearest > 0.0)?;
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().fold(0.0, |value, digit| value * 10.0 + f64::from(digit.wrapping_sub(b'0')));
    let value = digits(whole.trim_start_matches('+')) + digits(fraction) / power_of_ten(fraction.len());
    let exponent: i32 = exponent.parse().ok()?;
    let scale = power_of_ten(exponent.unsigned_abs() as usize);
    Some(if exponent < 0 { value / scale } else { value * scale })
}

fn power_of_ten(exponent: usize) -> f64 {
    // Beyond 308 it is infinite, however much farther.
    (0..exponent.min(309)).fold(1.0, |power, _| power * 10.0)
}
