//! A stored linear model scores as it was trained, or is refused by name.

use needle::model::bundle::{Columns, FeatureRefusal, Manifest, Refused, Weights};
use needle::model::day_zero::{self, Subjects};
use needle::model::linear::Transform;
use needle::model::{LinearModel, Model};
use proptest::prelude::*;

const MANIFEST: &[u8] = include_bytes!("../golden/linear_bundle/manifest.json");
const WEIGHTS: &[u8] = include_bytes!("../golden/linear_bundle/weights.json");
const VERSION: &str = "2026-11-20T06-00-00Z-5f0c";
const FEATURES: [(&str, u32); 4] =
    [("momentum_touchpoints", 1), ("theme_pricing_count_7d", 1), ("a_new_theme", 1), ("hours_since_last", 2)];

fn load(features: &[(&str, u32)]) -> Result<Model, Refused> {
    read(MANIFEST, WEIGHTS, features, None)
}

fn read(manifest: &[u8], file: &[u8], features: &[(&str, u32)], anchor: Option<f64>) -> Result<Model, Refused> {
    Model::from_bundle(&Manifest::read(manifest)?, file, Columns::of(features), anchor)
}

fn parts() -> (Manifest, Weights) {
    (serde_json::from_slice(MANIFEST).unwrap(), serde_json::from_slice(WEIGHTS).unwrap())
}

fn points(model: Model, row: &[f64]) -> f64 {
    let mut scored = Vec::new();
    model.score(row, row.len(), &mut Default::default(), &mut scored);
    scored[0].points
}

#[test]
fn a_stored_model_scores_by_its_weights() {
    let model = load(&FEATURES).unwrap();
    assert_eq!((model.version(), model.kind()), (VERSION, "linear"));
    let margin = -5.5 + 1.5 * ((-24.0f64 / 336.0).exp2() - 0.5) + 0.7 * 4.0f64.ln() - 0.05;
    let log_odds = 0.9 * margin - 0.1;
    let expected = 50.0 + 10.0 / std::f64::consts::LN_2 * (log_odds - (0.02f64 / 0.98).ln());
    // Minus one is a value of momentum, which cannot be missing.
    assert!((points(model, &[-1.0, 3.0, 99.0, 24.0]) - expected).abs() < 1e-9);
    // Of the time since the last visit it is none: the reference stands in.
    let missing = points(load(&FEATURES).unwrap(), &[0.0, 0.0, 0.0, -1.0]);
    assert_eq!(missing, points(load(&FEATURES).unwrap(), &[0.0, 0.0, 0.0, 336.0]));
}

#[test]
fn the_configured_anchor_wins() {
    let scored = |anchor| points(read(MANIFEST, WEIGHTS, &FEATURES, anchor).unwrap(), &[0.0; 4]);
    let doubled = (0.02f64 / 0.98) * 2.0;
    assert!((scored(None) - scored(Some(doubled / (1.0 + doubled))) - 10.0).abs() < 1e-9);
}

proptest! {
    /// A weight that moved by one bit would move scores.
    #[test]
    fn every_number_comes_back_to_the_bit(numbers in prop::array::uniform4(-1e9f64..1e9), small in -1.0f64..1.0) {
        let (manifest, mut weights) = parts();
        weights.bias = small;
        for (term, number) in weights.terms.iter_mut().zip(numbers) {
            term.weight = number * small;
            term.reference = number;
        }
        let manifest = serde_json::to_vec(&manifest).unwrap();
        let bytes = serde_json::to_vec(&weights).unwrap();
        let back: Weights = serde_json::from_slice(&bytes).unwrap();
        prop_assert_eq!(&back, &weights);
        prop_assert!(read(&manifest, &bytes, &FEATURES, None).is_ok());
    }
}

#[test]
fn the_shipped_model_comes_back_from_its_bundle() {
    let features = [("touchpoints_count_7d", 3), ("theme_demo_count_7d", 1), ("hours_since_last", 1), ("known", 1)];
    let subjects = Subjects { high_intent_themes: &["demo", "pricing"], titles: &["title"] };
    let (manifest, weights) = day_zero::bundle(&features, subjects, 0.013);
    let (manifest, weights) = (serde_json::to_vec(&manifest).unwrap(), serde_json::to_vec(&weights).unwrap());
    let Ok(Model::Linear(back)) = read(&manifest, &weights, &features, None) else { panic!("a linear model") };
    assert_eq!(back, day_zero::model(&features, subjects, 0.013).unwrap());
    assert_eq!(back.version(), "day-0");
}

#[test]
fn a_feature_that_is_missing_or_another_refuses_the_model_by_name() {
    let refused = load(&[("momentum_touchpoints", 1), ("hours_since_last", 1)]).unwrap_err();
    let features = vec![
        FeatureRefusal { name: "hours_since_last".into(), needs: 2, has: Some(1) },
        FeatureRefusal { name: "theme_pricing_count_7d".into(), needs: 1, has: None },
    ];
    assert_eq!(refused, Refused::Features { version: VERSION.into(), features });
    assert_eq!(
        refused.to_string(),
        "model 2026-11-20T06-00-00Z-5f0c needs hours_since_last in version 2, where this binary computes version 1; \
         theme_pricing_count_7d, which this binary does not have"
    );
}

#[test]
fn a_manifest_and_weights_that_disagree_are_refused() {
    let (mut manifest, weights) = parts();
    manifest.features.remove(1);
    let refused = LinearModel::bind(&manifest, &weights, Columns::of(&FEATURES), None).unwrap_err();
    let feature = "theme_pricing_count_7d".to_owned();
    assert_eq!(refused, Refused::Undeclared { version: VERSION.into(), feature: feature.clone() });
    let (manifest, mut weights) = parts();
    weights.terms.push(weights.terms[1].clone());
    let refused = LinearModel::bind(&manifest, &weights, Columns::of(&FEATURES), None).unwrap_err();
    assert_eq!(refused, Refused::Repeated { version: VERSION.into(), feature });
}

#[test]
fn another_kind_is_refused_before_its_weights_are_read() {
    let (mut manifest, _) = parts();
    manifest.kind = "neurons".into();
    assert_eq!(manifest.file(), Err(Refused::Kind { version: VERSION.into(), kind: "neurons".into() }));
    let manifest = serde_json::to_vec(&manifest).unwrap();
    let refused = read(&manifest, b"spikes", &FEATURES, None).unwrap_err();
    assert_eq!(refused, Refused::Kind { version: VERSION.into(), kind: "neurons".into() });
}

#[test]
fn what_is_no_bundle_is_refused_with_the_files_name() {
    let cut = &MANIFEST[..40];
    let refused = read(cut, WEIGHTS, &FEATURES, None).unwrap_err();
    assert!(refused.to_string().starts_with("manifest.json: EOF"), "{refused}");
    let unknown = String::from_utf8_lossy(WEIGHTS).replace("log1p", "log10");
    let refused = read(MANIFEST, unknown.as_bytes(), &FEATURES, None).unwrap_err();
    assert!(refused.to_string().contains("weights.json: unknown variant `log10`"), "{refused}");
}

#[test]
fn numbers_that_make_no_model_are_refused() {
    type Change = fn(&mut Manifest, &mut Weights);
    let refused = |change: Change| {
        let (mut manifest, mut weights) = parts();
        change(&mut manifest, &mut weights);
        LinearModel::bind(&manifest, &weights, Columns::of(&FEATURES), None).unwrap_err().to_string()
    };
    let cases: [(Change, &str); 9] = [
        (|m, _| m.anchor_probability = 1.0, "the anchor probability cannot be 1"),
        (|m, _| m.calibration.slope = 0.0, "the calibration's slope cannot be 0"),
        (|m, _| m.calibration.intercept = f64::NAN, "the calibration's intercept cannot be NaN"),
        (|_, w| w.bias = f64::INFINITY, "the bias cannot be inf"),
        (|_, w| w.terms[0].weight = 1e10, "the weight of hours_since_last cannot be 10000000000"),
        (|_, w| w.terms[0].reference = f64::NAN, "the reference of hours_since_last cannot be NaN"),
        (
            |_, w| w.terms[0].transform = Transform::Decay { half_life: 0.0 },
            "the half-life of hours_since_last cannot be 0",
        ),
        (
            |_, w| w.terms[1].transform = Transform::Log1p { cap: -1.0 },
            "the cap of theme_pricing_count_7d cannot be -1",
        ),
        (
            |_, w| w.terms[2].transform = Transform::Clamp { low: 2.0, high: 1.0 },
            "the lower bound of momentum_touchpoints cannot be 2",
        ),
    ];
    for (change, what) in cases {
        assert_eq!(refused(change), format!("model {VERSION}: {what}"));
    }
}
