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
        let margin = margin(manifest, &forest)?;
        check_leaves(manifest, &forest, margin)?;
        let forest = on_columns(manifest, forest, columns)?;
        let points = PointsScale { scale, calibration: manifest.calibration, margin };
        let fingerprint = manifest.fingerprint(columns, scale);
        Self::new(manifest.version.clone(), fingerprint, points, &forest).map_err(|error| unreadable(error.to_string()))
    }
}

/// How a sum of leaves becomes log-odds.
fn margin(manifest: &Manifest, forest: &Forest) -> Result<Margin, Refused> {
    let refused = |what: String| Err(Refused::Objective { version: manifest.version.clone(), what });
    if forest.classes != 1 {
        return refused(format!("one of {} classes", forest.classes));
    }
    let sigmoid = match forest.objective {
        Objective::Logistic { sigmoid } => sigmoid,
        Objective::Identity => return refused("a regression or a ranking, or says no objective".to_owned()),
        Objective::SignedSquare => return refused("a regression on square roots".to_owned()),
        Objective::Exponential => return refused("of objective poisson, gamma or tweedie".to_owned()),
        Objective::Softplus => return refused("of objective cross_entropy_lambda".to_owned()),
        Objective::Softmax => return refused("of objective multiclass".to_owned()),
    };
    Checker { version: &manifest.version }.number("the sigmoid", sigmoid, |sigmoid| sigmoid > 0.0)?;
    Ok(Margin { trees: if forest.averaged { forest.iterations() } else { 1 }, sigmoid })
}

/// No row can make the margin infinite.
fn check_leaves(manifest: &Manifest, forest: &Forest, margin: Margin) -> Result<(), Refused> {
    let largest = |tree: &Tree| tree.leaf_values.iter().fold(0.0f64, |largest, leaf| largest.max(leaf.abs()));
    let sum: f64 = forest.trees.iter().map(largest).sum();
    let largest = margin.of(sum) * manifest.calibration.slope;
    Checker { version: &manifest.version }.number("the largest sum of leaves", largest, |_| true)
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
