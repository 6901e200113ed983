//! A model as it is stored: `manifest.json` says what it needs, `weights.json` what a linear one weighs. Binding finds the columns.
//!
//! A bundle names its features, each with the version of its meaning. One that this binary lacks or computes differently refuses
//! the whole model, by name: a score from half of a model would look like any other.

use std::fmt;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use super::linear::{LinearModel, Term, Transform};
use super::scale::{Calibration, Scale};

/// `kind` of a linear model.
pub const LINEAR: &str = "linear";

/// No number of a bundle may be larger. With it no row can make a margin or its points infinite.
const LARGEST: f64 = 1e9;

/// `manifest.json`. What it says beyond this (metrics, snapshots, thresholds) is of no concern to scoring and passed over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub version: String,
    pub kind: String,
    pub features: Vec<NeededFeature>,
    pub calibration: Calibration,
    /// The probability that scores 50, unless the configuration decides.
    pub anchor_probability: f64,
}

/// A feature, and the version of the meaning that the model learned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeededFeature {
    pub name: String,
    pub version: u32,
}

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

/// Why a model is not served.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refused {
    #[error("{file}: {cause}")]
    Unreadable { file: &'static str, cause: String },
    #[error("model {version} is of kind {kind:?}, which this binary does not know")]
    Kind { version: String, kind: String },
    #[error("model {version} needs {}", list(features))]
    Features { version: String, features: Vec<FeatureRefusal> },
    #[error("model {version} weighs {feature}, which its manifest does not name")]
    Undeclared { version: String, feature: String },
    #[error("model {version} weighs {feature} twice")]
    Repeated { version: String, feature: String },
    #[error("model {version}: {what} cannot be {value}")]
    Number { version: String, what: String, value: f64 },
}

/// A feature that keeps a model from being served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeatureRefusal {
    pub name: String,
    /// Version of the meaning that the model needs.
    pub needs: u32,
    /// Version that this binary computes; `None` where it lacks the feature.
    pub has: Option<u32>,
}

impl fmt::Display for FeatureRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, needs, has } = self;
        match has {
            None => write!(f, "{name}, which this binary does not have"),
            Some(has) => write!(f, "{name} in version {needs}, where this binary computes version {has}"),
        }
    }
}

fn list(features: &[FeatureRefusal]) -> String {
    features.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl LinearModel {
    /// Reads the two files of a bundle and binds them, as [`LinearModel::bind`] does.
    pub fn from_bundle(
        manifest: &[u8],
        weights: &[u8],
        features: &[(&str, u32)],
        anchor_probability: Option<f64>,
    ) -> Result<Self, Refused> {
        let unreadable = |file| move |cause: serde_json::Error| Refused::Unreadable { file, cause: cause.to_string() };
        let manifest: Manifest = serde_json::from_slice(manifest).map_err(unreadable("manifest.json"))?;
        // Before the weights are read: another kind has none.
        check_kind(&manifest)?;
        let weights = serde_json::from_slice(weights).map_err(unreadable("weights.json"))?;
        Self::bind(&manifest, &weights, features, anchor_probability)
    }

    /// Binds a model to the columns of `features` (name and version of the meaning, in the order of the row). An
    /// `anchor_probability` from the configuration overrides the manifest's.
    pub fn bind(
        manifest: &Manifest,
        weights: &Weights,
        features: &[(&str, u32)],
        anchor_probability: Option<f64>,
    ) -> Result<Self, Refused> {
        check_kind(manifest)?;
        check_features(manifest, features)?;
        let anchor = anchor_probability.unwrap_or(manifest.anchor_probability);
        let checked = Checker { version: &manifest.version };
        let scale = Scale::new(anchor).ok_or_else(|| checked.refusal("the anchor probability", anchor))?;
        checked.number("the calibration's slope", manifest.calibration.slope, |slope| slope > 0.0)?;
        checked.number("the calibration's intercept", manifest.calibration.intercept, |_| true)?;
        checked.number("the bias", weights.bias, |_| true)?;

        let mut terms = Vec::with_capacity(weights.terms.len());
        for term in &weights.terms {
            let declared = manifest.features.iter().any(|feature| feature.name == term.feature);
            let column = features.iter().position(|(name, _)| *name == term.feature).filter(|_| declared);
            let Some(column) = column else {
                return Err(Refused::Undeclared { version: manifest.version.clone(), feature: term.feature.clone() });
            };
            checked.term(term)?;
            let WeightedTerm { weight, reference, can_miss, transform, .. } = *term;
            let at_reference = transform.apply(reference);
            terms.push(Term { column, weight, reference, can_miss, transform, at_reference });
        }
        terms.sort_by_key(|term| term.column);
        if let Some(pair) = terms.windows(2).find(|pair| pair[0].column == pair[1].column) {
            let feature = features[pair[0].column].0.to_owned();
            return Err(Refused::Repeated { version: manifest.version.clone(), feature });
        }
        let version = manifest.version.clone();
        let fingerprint = fingerprint(&version, anchor, features);
        Ok(Self { version, fingerprint, scale, calibration: manifest.calibration, bias: weights.bias, terms })
    }
}

/// Of a version, scored on the scale of an anchor, bound to these columns.
fn fingerprint(version: &str, anchor_probability: f64, features: &[(&str, u32)]) -> u32 {
    let mut hasher = Xxh3::new();
    hasher.update(version.as_bytes());
    hasher.update(&anchor_probability.to_le_bytes());
    for (name, version) in features {
        hasher.update(name.as_bytes());
        hasher.update(&version.to_le_bytes());
    }
    hasher.digest() as u32
}

fn check_kind(manifest: &Manifest) -> Result<(), Refused> {
    match manifest.kind.as_str() {
        LINEAR => Ok(()),
        kind => Err(Refused::Kind { version: manifest.version.clone(), kind: kind.to_owned() }),
    }
}

fn check_features(manifest: &Manifest, features: &[(&str, u32)]) -> Result<(), Refused> {
    let refusal = |needed: &NeededFeature| {
        let has = features.iter().find(|(name, _)| *name == needed.name).map(|(_, version)| *version);
        let refusal = FeatureRefusal { name: needed.name.clone(), needs: needed.version, has };
        (has != Some(needed.version)).then_some(refusal)
    };
    let refused: Vec<_> = manifest.features.iter().filter_map(refusal).collect();
    if refused.is_empty() {
        return Ok(());
    }
    Err(Refused::Features { version: manifest.version.clone(), features: refused })
}

struct Checker<'a> {
    version: &'a str,
}

impl Checker<'_> {
    fn refusal(&self, what: &str, value: f64) -> Refused {
        Refused::Number { version: self.version.to_owned(), what: what.to_owned(), value }
    }

    fn number(&self, what: &str, value: f64, allowed: impl Fn(f64) -> bool) -> Result<(), Refused> {
        let good = value.abs() <= LARGEST && allowed(value);
        if good { Ok(()) } else { Err(self.refusal(what, value)) }
    }

    fn term(&self, term: &WeightedTerm) -> Result<(), Refused> {
        let of = |part: &str| format!("{part} of {}", term.feature);
        self.number(&of("the weight"), term.weight, |_| true)?;
        self.number(&of("the reference"), term.reference, |_| true)?;
        match term.transform {
            Transform::Clamp { low, high } => {
                self.number(&of("the upper bound"), high, |_| true)?;
                self.number(&of("the lower bound"), low, |low| low <= high)
            }
            Transform::Log1p { cap } => self.number(&of("the cap"), cap, |cap| cap > 0.0),
            Transform::Decay { half_life } => self.number(&of("the half-life"), half_life, |half| half > 0.0),
        }
    }
}
