//! Puts a model where services find it: checked as they will check it, its version first and `CURRENT` last.

use object_store::Error;
use serde_json::Map;

use super::parcel::{folder, version_name};
use super::{Ground, Parcel, Refusal, Shelf, places};
use crate::model::bundle::{Manifest, NeededFeature, TREES};
use crate::model::scale::Calibration;
use crate::model::trees::forest::Forest;
use crate::model::trees::text::TextError;
use crate::wire::tenant::DEFAULT_TENANT;

/// What scores 50 where neither a model nor the configuration has said.
pub const ANCHOR_PROBABILITY: f64 = 0.01;

/// A text model of LightGBM that is to be published.
#[derive(Clone, Debug)]
pub struct Draft {
    pub tenant: String,
    /// `None`: named by time and content.
    pub version: Option<String>,
    pub text: Vec<u8>,
    pub calibration: Calibration,
    /// `None`: that of what serves the tenant now, so that scores keep their meaning; else the configuration's.
    pub anchor_probability: Option<f64>,
}

/// What was published.
#[derive(Clone, Debug)]
pub struct Published {
    pub manifest: Manifest,
    pub trees: usize,
    /// Version that `CURRENT` named before.
    pub before: Option<String>,
}

/// Why nothing was published. `CURRENT` is as it was.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error("tenant {0:?} cannot have a folder: its name is empty, or longer than a folder's may be")]
    Tenant(String),
    #[error(
        "{0:?} cannot be the name of a version: it has 1 to 100 of A-Z, a-z, 0-9, '.', '_' and '-', and is neither CURRENT nor day-0"
    )]
    Version(String),
    #[error("version {0:?} is there already, and a version is written once: `needle models rollback {0}` serves it")]
    Taken(String),
    #[error("{}", unknown(.0))]
    Features(Vec<(String, Option<String>)>),
    #[error(
        "its columns have no names ({0}, …): train on a data set that names them as the snapshots do (feature_name=[…])"
    )]
    Unnamed(String),
    #[error(transparent)]
    Text(#[from] TextError),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("there is no version {version:?} of tenant {tenant:?}{}", .nearest.as_ref().map(|name| format!("; the nearest one is {name:?}")).unwrap_or_default())]
    NoVersion { tenant: String, version: String, nearest: Option<String> },
    #[error("the manifest cannot be written: {0}")]
    Manifest(#[source] serde_json::Error),
    #[error("the store: {0}")]
    Store(#[from] Error),
}

impl Shelf {
    /// Publishes a model: whoever serves the tenant takes it up with its next look.
    pub async fn publish(&self, draft: &Draft, now_ms: i64) -> Result<Published, PublishError> {
        let forest = Forest::from_text(&draft.text)?;
        let manifest = Manifest {
            version: version(draft, now_ms)?,
            kind: TREES.to_owned(),
            features: features(&self.ground, &forest)?,
            themes: themes(&self.ground, &forest.feature_names),
            vocabularies: Vec::new(),
            calibration: draft.calibration,
            anchor_probability: match draft.anchor_probability {
                Some(anchor) => anchor,
                None => self.anchor(&draft.tenant).await?.unwrap_or(ANCHOR_PROBABILITY),
            },
        };
        let model = draft.text.clone().into();
        let parcel = Parcel { tenant: draft.tenant.clone(), manifest, about: Map::new(), model, beside: Vec::new() };
        self.store(&parcel, now_ms).await?;
        let manifest = parcel.manifest;
        let before = self.promote(&draft.tenant, &manifest.version).await?;
        Ok(Published { manifest, trees: forest.trees.len(), before })
    }

    /// Lets a tenant be served by a version that is there, or by the shipped model. Returns what `CURRENT` named before.
    pub async fn roll_back(&self, tenant: &str, version: &str) -> Result<Option<String>, PublishError> {
        let folder = folder(tenant)?;
        if !Ground::is_shipped(version) {
            let versions = self.versions(&folder).await?;
            if !versions.iter().any(|known| known == version) {
                let nearest = nearest(version, versions.iter().map(String::as_str));
                return Err(PublishError::NoVersion { tenant: tenant.into(), version: version.into(), nearest });
            }
            self.load(&folder, version).await??;
        }
        self.promote(tenant, version).await
    }

    /// What scores 50 in the oldest of the tenant's own models that says so: it is kept, so that scores keep their meaning.
    pub async fn first_anchor(&self, tenant: &str) -> Result<Option<f64>, PublishError> {
        let folder = folder(tenant)?;
        for version in self.versions(&folder).await? {
            if let Ok(described) = self.described(&folder, &version).await? {
                return Ok(Some(described.manifest.anchor_probability));
            }
        }
        Ok(None)
    }

    /// What scores 50 for the tenant now: by its own model, else default's; else the configuration's. `None` where nobody has said.
    pub async fn anchor(&self, tenant: &str) -> Result<Option<f64>, PublishError> {
        for folder in [Some(folder(tenant)?), places::tenant(DEFAULT_TENANT)].into_iter().flatten() {
            let Some(Ok(version)) = self.current(&folder).await? else { continue };
            if let Ok(described) = self.described(&folder, &version).await? {
                return Ok(Some(described.manifest.anchor_probability));
            }
        }
        Ok(self.ground.anchor_probability)
    }
}

/// `2026-11-20T06-00-00Z-5f0c`: when, and the first digits of what.
fn version(draft: &Draft, now_ms: i64) -> Result<String, PublishError> {
    match &draft.version {
        Some(name) if places::is_version(name) && !Ground::is_shipped(name) => Ok(name.clone()),
        Some(name) => Err(PublishError::Version(name.clone())),
        None => Ok(version_name(&draft.text, now_ms)),
    }
}

/// The model's columns as features, in the version that is computed here: it was trained on snapshots that have it.
fn features(ground: &Ground, forest: &Forest) -> Result<Vec<NeededFeature>, PublishError> {
    let schema = &ground.schema;
    let known = |name: &String| {
        let feature = &schema.features()[schema.index(name)?];
        Some(NeededFeature { name: feature.name.clone(), version: feature.version })
    };
    let unknown: Vec<&String> = forest.feature_names.iter().filter(|name| schema.index(name).is_none()).collect();
    match unknown[..] {
        [] => Ok(forest.feature_names.iter().filter_map(known).collect()),
        // What LightGBM calls columns that were given no names.
        [first, ..] if unknown.iter().all(|name| name.starts_with("Column_")) => {
            Err(PublishError::Unnamed(first.clone()))
        }
        _ => {
            let names = || schema.features().iter().map(|feature| feature.name.as_str());
            Err(PublishError::Features(
                unknown.into_iter().map(|name| (name.clone(), nearest(name, names()))).collect(),
            ))
        }
    }
}

/// The configuration's themes, where a column holds their codes.
pub(super) fn themes(ground: &Ground, names: &[String]) -> Vec<String> {
    let schema = &ground.schema;
    let has_codes = |name: &String| schema.index(name).is_some_and(|at| schema.features()[at].has_theme_codes());
    if names.iter().any(has_codes) { ground.themes.clone() } else { Vec::new() }
}

fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let similar = known.map(|known| (strsim::normalized_damerau_levenshtein(name, known), known));
    let best = similar.max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(similarity, _)| *similarity >= 0.5).map(|(_, known)| known.to_owned())
}

/// Columns that a message names at most.
const NAMED: usize = 10;

fn unknown(names: &[(String, Option<String>)]) -> String {
    let one = |(name, nearest): &(String, Option<String>)| match nearest {
        Some(nearest) => format!("{name} (the nearest one is {nearest})"),
        None => name.clone(),
    };
    let listed: Vec<_> = names.iter().take(NAMED).map(one).collect();
    let more = names.len().saturating_sub(NAMED);
    let rest = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!(
        "its columns are not all features of this configuration: {}{rest}; `needle features` lists them",
        listed.join(", ")
    )
}
