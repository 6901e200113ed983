//! A model as it is stored: `manifest.json` says what it needs, `weights.json` what a linear one weighs, `model.txt` holds the trees of
//! LightGBM. Binding finds the columns.
//!
//! A bundle names its features, each with the version of its meaning. One that this binary lacks or computes differently refuses
//! the whole model, by name: a score from half of a model would look like any other. Nothing in a bundle is trusted.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use super::Model;
use super::linear::LinearModel;
use super::scale::{Calibration, Scale};
use super::trees_model::TreesModel;
use super::vocabulary::Vocabulary;
use check::Checker;

pub use linear::{WeightedTerm, Weights};
pub use refused::{FeatureRefusal, Refused};

mod check;
mod linear;
mod refused;
mod trees;

/// The file that every bundle has.
pub const MANIFEST: &str = "manifest.json";
/// `kind` of a linear model, and the file of its numbers.
pub const LINEAR: &str = "linear";
pub const WEIGHTS: &str = "weights.json";
/// `kind` of a forest, and the file of its trees: LightGBM's text format.
pub const TREES: &str = "trees";
pub const MODEL: &str = "model.txt";

/// `manifest.json`. What it says beyond this (metrics, snapshots, thresholds) is of no concern to scoring and passed over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub version: String,
    pub kind: String,
    pub features: Vec<NeededFeature>,
    /// Themes in the order of their codes, 1 being the first, where a feature holds such codes; empty says nothing. Others may follow
    /// in the configuration, but these have to have the same places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub themes: Vec<String>,
    /// Categories that the trees know by their places in a list; each feature of it is declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vocabularies: Vec<Vocabulary>,
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

/// What a model is bound to: the values that this binary computes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Columns<'a> {
    /// Name and version of the meaning of each, in the order of the row.
    pub features: &'a [(&'a str, u32)],
    /// Themes in the order of their codes.
    pub themes: &'a [&'a str],
}

impl<'a> Columns<'a> {
    /// Features without themes.
    pub fn of(features: &'a [(&'a str, u32)]) -> Self {
        Self { features, themes: &[] }
    }
}

impl Manifest {
    pub fn read(bytes: &[u8]) -> Result<Self, Refused> {
        serde_json::from_slice(bytes).map_err(|error| Refused::Unreadable { file: MANIFEST, cause: error.to_string() })
    }

    /// The file that holds the model itself.
    pub fn file(&self) -> Result<&'static str, Refused> {
        match self.kind.as_str() {
            LINEAR => Ok(WEIGHTS),
            TREES => Ok(MODEL),
            _ => Err(Refused::Kind { version: self.version.clone(), kind: self.kind.clone() }),
        }
    }

    /// Refuses what no model of any kind may say. Gives the scale: an `anchor_probability` from the configuration overrides the
    /// manifest's.
    fn check(&self, columns: Columns<'_>, anchor_probability: Option<f64>) -> Result<Scale, Refused> {
        let checker = Checker { version: &self.version };
        checker.features(&self.features, columns.features)?;
        checker.themes(&self.themes, columns.themes)?;
        checker.number("the calibration's slope", self.calibration.slope, |slope| slope > 0.0)?;
        checker.number("the calibration's intercept", self.calibration.intercept, |_| true)?;
        let anchor = anchor_probability.unwrap_or(self.anchor_probability);
        Scale::new(anchor).ok_or_else(|| checker.refusal("the anchor probability", anchor))
    }

    /// Tells models apart whose explanations must not be compared.
    fn fingerprint(&self, columns: Columns<'_>, scale: Scale) -> u32 {
        let mut hasher = Xxh3::new();
        hasher.update(self.version.as_bytes());
        hasher.update(&scale.log_odds(0.0).to_le_bytes());
        for (name, version) in columns.features {
            hasher.update(name.as_bytes());
            hasher.update(&version.to_le_bytes());
        }
        hasher.digest() as u32
    }
}

impl Model {
    /// Reads the file that [`Manifest::file`] names, and binds the model to the columns. An `anchor_probability` from the configuration
    /// overrides the manifest's.
    pub fn from_bundle(
        manifest: &Manifest,
        file: &[u8],
        columns: Columns<'_>,
        anchor_probability: Option<f64>,
    ) -> Result<Self, Refused> {
        match manifest.file()? {
            MODEL => Ok(Self::Trees(TreesModel::read(manifest, file, columns, anchor_probability)?)),
            _ => Ok(Self::Linear(LinearModel::read(manifest, file, columns, anchor_probability)?)),
        }
    }
}
