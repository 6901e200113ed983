//! The kind of trees: a text model of LightGBM, trained anywhere on columns that have the names of features.
//!
//! The file names the columns that it was trained on, in the order of its own rows. Each is one of the manifest's features, and is
//! looked up by name among the columns here, so that neither order has to be the other's.
//!
//! **Which objectives.** A score is made of log-odds, so that reasons in points add up. `binary` gives them (its raw score times its
//! `sigmoid`), and so does `cross_entropy`. A random forest averages its trees instead of summing them; that is as linear, so its
//! average is taken for log-odds too, and what it is worth is the calibration's to say. Other raw scores (a value, a rank, a logarithm
//! of a rate, one of several classes) are no log-odds by any calibration, and are refused by name.

use std::collections::{HashMap, HashSet};

use super::check::Checker;
use super::{Columns, MODEL, Manifest, Refused};
use crate::model::trees::forest::{Forest, Tree};
use crate::model::trees::objective::Objective;
use crate::model::trees_model::{Margin, PointsScale, TreesModel};
use crate::model::vocabulary::{Places, Vocabulary};

/// So much of the name of an objective is looked at.
const LONGEST_OBJECTIVE: usize = 100;

impl TreesModel {
    /// Reads a text model and binds it to columns. An `anchor_probability` from the configuration overrides the manifest's.
    pub fn read(
        manifest: &Manifest,
        text: &[u8],
        columns: Columns<'_>,
        anchor_probability: Option<f64>,
    ) -> Result<Self, Refused> {
        // Before the trees are read: whatever is wrong here is found sooner.
        let scale = manifest.check(columns, anchor_probability)?;
        let unreadable = |cause: String| Refused::Unreadable { file: MODEL, cause };
        let forest = Forest::from_text(text).map_err(|error| unreadable(error.to_string()))?;
        let margin = margin(manifest, &forest, text)?;
        check_leaves(manifest, &forest, margin)?;
        let forest = on_columns(manifest, forest, columns)?;
        let vocabularies = vocabularies(manifest, columns)?;
        let points = PointsScale { scale, calibration: manifest.calibration, margin };
        let fingerprint = manifest.fingerprint(columns, scale);
        Self::new(manifest.version.clone(), fingerprint, points, vocabularies, &forest)
            .map_err(|error| unreadable(error.to_string()))
    }
}

/// How a sum of leaves becomes log-odds.
fn margin(manifest: &Manifest, forest: &Forest, text: &[u8]) -> Result<Margin, Refused> {
    let sigmoid = match forest.objective {
        Objective::Logistic { sigmoid } if forest.classes == 1 => sigmoid,
        _ => {
            let (version, objective) = (manifest.version.clone(), objective(text));
            return Err(Refused::Objective { version, objective, classes: forest.classes });
        }
    };
    Checker { version: &manifest.version }.number("the sigmoid", sigmoid, |sigmoid| sigmoid > 0.0)?;
    Ok(Margin { trees: if forest.averaged { forest.iterations() } else { 1 }, sigmoid })
}

/// The objective as the file calls it.
fn objective(text: &[u8]) -> Option<String> {
    let mut header = text.split(|byte| *byte == b'\n').take_while(|line| !line.starts_with(b"Tree="));
    let line = header.find_map(|line| line.strip_prefix(b"objective="))?;
    let words = String::from_utf8_lossy(&line[..line.len().min(LONGEST_OBJECTIVE)]).into_owned();
    words.split_whitespace().next().map(str::to_owned)
}

/// No row can make the margin infinite.
fn check_leaves(manifest: &Manifest, forest: &Forest, margin: Margin) -> Result<(), Refused> {
    let largest = |tree: &Tree| tree.leaf_values.iter().fold(0.0f64, |largest, leaf| largest.max(leaf.abs()));
    let sum: f64 = forest.trees.iter().map(largest).sum();
    let largest = margin.of(sum) * manifest.calibration.slope;
    Checker { version: &manifest.version }.number("the largest sum of leaves", largest, |_| true)
}

/// Those of the manifest, on the columns.
fn vocabularies(manifest: &Manifest, columns: Columns<'_>) -> Result<Places, Refused> {
    let mut placed: Vec<(usize, &[u32])> = Vec::with_capacity(manifest.vocabularies.len());
    for Vocabulary { feature, codes } in &manifest.vocabularies {
        let (version, feature_name) = (|| manifest.version.clone(), || feature.clone());
        let declared = manifest.features.iter().any(|needed| needed.name == *feature);
        let column = columns.features.iter().position(|(name, _)| name == feature).filter(|_| declared);
        let Some(column) = column else {
            return Err(Refused::Undeclared { version: version(), feature: feature_name() });
        };
        if placed.iter().any(|(known, _)| *known == column) {
            return Err(Refused::Repeated { version: version(), feature: feature_name() });
        }
        placed.push((column, codes));
    }
    Ok(Places::new(placed))
}

/// The forest on the rows of `columns` instead of those that it was trained on.
fn on_columns(manifest: &Manifest, mut forest: Forest, columns: Columns<'_>) -> Result<Forest, Refused> {
    let version = || manifest.version.clone();
    let declared: HashSet<&str> = manifest.features.iter().map(|feature| feature.name.as_str()).collect();
    let places: HashMap<&str, usize> =
        columns.features.iter().enumerate().rev().map(|(place, (name, _))| (*name, place)).collect();
    let mut taken = vec![false; columns.features.len()];
    let mut column_of = Vec::with_capacity(forest.feature_names.len());
    for name in &forest.feature_names {
        let place = places.get(name.as_str()).copied().filter(|_| declared.contains(name.as_str()));
        let Some(place) = place else {
            return Err(Refused::Undeclared { version: version(), feature: name.clone() });
        };
        if std::mem::replace(&mut taken[place], true) {
            return Err(Refused::Repeated { version: version(), feature: name.clone() });
        }
        column_of.push(place as u32);
    }
    for split in forest.trees.iter_mut().flat_map(|tree| &mut tree.splits) {
        split.feature = column_of[split.feature as usize];
    }
    forest.feature_names = columns.features.iter().map(|(name, _)| (*name).to_owned()).collect();
    Ok(forest)
}
