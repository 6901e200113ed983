//! The linear kind: weights by name.

use serde::{Deserialize, Serialize};

use super::check::Checker;
use super::{Columns, LINEAR, Manifest, Refused, WEIGHTS};
use crate::model::linear::{LinearModel, Term, Transform};

/// `weights.json` of a linear model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Margin of the reference lead.
    pub bias: f64,
    /// At most one per feature; each feature is declared in the manifest.
    pub terms: Vec<WeightedTerm>,
}

/// `weight·(transform(x) − transform(reference))`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightedTerm {
    pub feature: String,
    pub weight: f64,
    /// Value of the reference lead; it also stands in for a missing one.
    pub reference: f64,
    /// Whether -1 says that the value is not known.
    pub can_miss: bool,
    pub transform: Transform,
}

impl LinearModel {
    /// Reads the weights of a linear model and binds it, as [`LinearModel::bind`] does.
    pub fn read(
        manifest: &Manifest,
        weights: &[u8],
        columns: Columns<'_>,
        anchor_probability: Option<f64>,
    ) -> Result<Self, Refused> {
        // Before the weights are read: another kind has none.
        check_kind(manifest)?;
        let unreadable = |cause: serde_json::Error| Refused::Unreadable { file: WEIGHTS, cause: cause.to_string() };
        let weights = serde_json::from_slice(weights).map_err(unreadable)?;
        Self::bind(manifest, &weights, columns, anchor_probability)
    }

    /// Binds a model to columns. An `anchor_probability` from the configuration overrides the manifest's.
    pub fn bind(
        manifest: &Manifest,
        weights: &Weights,
        columns: Columns<'_>,
        anchor_probability: Option<f64>,
    ) -> Result<Self, Refused> {
        check_kind(manifest)?;
        let scale = manifest.check(columns, anchor_probability)?;
        let checked = Checker { version: &manifest.version };
        checked.number("the bias", weights.bias, |_| true)?;

        let features = columns.features;
        let mut terms = Vec::with_capacity(weights.terms.len());
        for term in &weights.terms {
            let declared = manifest.features.iter().any(|feature| feature.name == term.feature);
            let column = features.iter().position(|(name, _)| *name == term.feature).filter(|_| declared);
            let Some(column) = column else {
                return Err(Refused::Undeclared { version: manifest.version.clone(), feature: term.feature.clone() });
            };
            check_term(&checked, term)?;
            let WeightedTerm { weight, reference, can_miss, transform, .. } = *term;
            let at_reference = transform.apply(reference);
            terms.push(Term { column, weight, reference, can_miss, transform, at_reference });
        }
        terms.sort_by_key(|term| term.column);
        if let Some(pair) = terms.windows(2).find(|pair| pair[0].column == pair[1].column) {
            let feature = features[pair[0].column].0.to_owned();
            return Err(Refused::Repeated { version: manifest.version.clone(), feature });
        }
        let (version, fingerprint) = (manifest.version.clone(), manifest.fingerprint(columns, scale));
        Ok(Self { version, fingerprint, scale, calibration: manifest.calibration, bias: weights.bias, terms })
    }
}

fn check_kind(manifest: &Manifest) -> Result<(), Refused> {
    match manifest.kind.as_str() {
        LINEAR => Ok(()),
        kind => Err(Refused::Kind { version: manifest.version.clone(), kind: kind.to_owned() }),
    }
}

fn check_term(checked: &Checker<'_>, term: &WeightedTerm) -> Result<(), Refused> {
    let of = |part: &str| format!("{part} of {}", term.feature);
    checked.number(&of("the weight"), term.weight, |_| true)?;
    checked.number(&of("the reference"), term.reference, |_| true)?;
    match term.transform {
        Transform::Clamp { low, high } => {
            checked.number(&of("the upper bound"), high, |_| true)?;
            checked.number(&of("the lower bound"), low, |low| low <= high)
        }
        Transform::Log1p { cap } => checked.number(&of("the cap"), cap, |cap| cap > 0.0),
        Transform::Decay { half_life } => checked.number(&of("the half-life"), half_life, |half| half > 0.0),
    }
}
