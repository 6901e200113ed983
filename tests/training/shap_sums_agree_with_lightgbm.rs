//! What the report says of each feature over all rows (mean absolute points, mean points by value, the base) is what LightGBM's own SHAP values
//! add up to, through calibration and scale.

use std::collections::BTreeMap;

use bytes::Bytes;
use needle::features::Schema;
use needle::model::bundle::{Manifest, NeededFeature, TREES};
use needle::model::scale::{Calibration, POINTS_PER_NAT, Scale};
use needle::training::contestants::{Boosting, Contestant, Context, Served};
use needle::training::part::Part;
use needle::training::tell::learned::learned;
use serde::{Deserialize, Serialize};

use crate::sklearn::ask;
use crate::training_support::called::{Sales, world};

const CALIBRATION: Calibration = Calibration { slope: 0.8, intercept: -0.3 };
const ANCHOR: f64 = 0.02;

#[derive(Serialize)]
struct Question<'a> {
    model: &'a str,
    rows: Vec<&'a [f64]>,
    weights: &'a [f64],
}

#[derive(Deserialize)]
struct Answer {
    sizes: Vec<f64>,
    sums: Vec<f64>,
}

fn manifest(schema: &Schema) -> Manifest {
    let needed =
        |feature: &needle::features::Feature| NeededFeature { name: feature.name.clone(), version: feature.version };
    Manifest {
        version: "v".to_owned(),
        kind: TREES.to_owned(),
        features: schema.features().iter().map(needed).collect(),
        themes: vec!["pricing".to_owned(), "docs".to_owned()],
        vocabularies: Vec::new(),
        calibration: CALIBRATION,
        anchor_probability: ANCHOR,
    }
}

fn close(ours: f64, theirs: f64, what: &str) {
    assert!((ours - theirs).abs() <= 1e-9 * theirs.abs().max(1.0), "{what}: {ours} here, {theirs} by LightGBM");
}

#[test]
fn sums_over_all_rows_are_lightgbms() {
    // Its rows have weights.
    let archive = world(0.15, Sales::HeedsFlags, 2000, 8);
    let (matrix, schema) = (archive.read().matrix, &archive.assembly.schema);
    let part = Part::all(&matrix);
    assert!(part.len() < 10_000 && part.weights.iter().any(|weight| *weight > 1.0), "{} rows", part.len());
    let fitted = Boosting::default().fit(&matrix, &part, &Context::seeded(1)).expect("a model");
    let Served::Trees { text, .. } = fitted.served else { panic!("trees") };
    let model = archive.assembly.ground().bind(&manifest(schema), &Bytes::from(text.clone())).expect("it is bound");
    let told = learned(&model, schema, &matrix, &part).expect("something is learned");

    let rows = (0..part.len()).map(|row| matrix.row(row)).collect();
    let Some(theirs) = ask::<Answer>("shap.py", &Question { model: &text, rows, weights: &part.weights }) else {
        return;
    };
    let total: f64 = part.weights.iter().sum();
    let points = |sum: f64| sum / total * CALIBRATION.slope * POINTS_PER_NAT;
    let names = matrix.columns.iter().map(|column| column.name.as_str());
    let place: BTreeMap<&str, usize> = names.enumerate().map(|(place, name)| (name, place)).collect();
    assert!(told.factors.len() >= 5, "{} features", told.factors.len());
    for factor in &told.factors {
        let at = place[factor.feature.as_str()];
        close(factor.mean_abs_points, points(theirs.sizes[at]), &factor.feature);
        let sum: f64 = factor.effects.iter().map(|effect| effect.rows * effect.mean_points).sum();
        close(sum / total, points(theirs.sums[at]), &factor.feature);
    }
    // None that is left out is larger, and those are all that there are if they are few.
    let least = told.factors.last().map_or(0.0, |factor| factor.mean_abs_points);
    let larger = theirs.sizes.iter().filter(|size| points(**size) > least + 1e-9).count();
    assert_eq!(larger, told.factors.len() - 1);
    let base = theirs.sums.last().expect("the base") / total;
    let scale = Scale::new(ANCHOR).expect("a scale");
    close(told.base_points, scale.points(CALIBRATION.log_odds(base)), "the base");
}
