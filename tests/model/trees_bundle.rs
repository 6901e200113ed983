//! A text model of LightGBM, trained on columns in any order, scores here as it does there; or is refused by name.

use crate::bundle_support::{SmallTree, text};
use needle::model::bundle::{Columns, FeatureRefusal, Manifest, NeededFeature, Refused};
use needle::model::scale::{self, Calibration};
use needle::model::{Model, Scored};
use proptest::prelude::*;

const FEATURES: [(&str, u32); 5] = [("a", 1), ("b", 2), ("c", 1), ("path_1_theme", 1), ("e", 1)];
const COLUMNS: Columns<'_> = Columns { features: &FEATURES, themes: &["pricing", "docs"] };

fn manifest(names: &[&str]) -> Manifest {
    let version = |name: &str| FEATURES.iter().find(|(known, _)| *known == name).map_or(1, |(_, version)| *version);
    let features = names.iter().map(|name| NeededFeature { name: (*name).into(), version: version(name) }).collect();
    let (version, kind, themes) = ("v".into(), "trees".into(), Vec::new());
    Manifest {
        version,
        kind,
        features,
        themes,
        vocabularies: Vec::new(),
        calibration: Calibration::IDENTITY,
        anchor_probability: 0.02,
    }
}

fn tree(first: usize, second: usize) -> SmallTree {
    SmallTree { splits: [(first, 1.5), (second, 0.0)], values: [-0.75, 0.125, 0.5] }
}

fn bind(manifest: &Manifest, text: &str) -> Result<Model, Refused> {
    Model::from_bundle(manifest, text.as_bytes(), COLUMNS, None)
}

fn scored(model: &Model, rows: &[f64]) -> Vec<Scored> {
    let mut out = Vec::new();
    model.score(rows, FEATURES.len(), &mut Default::default(), &mut out);
    out
}

fn trees() -> impl Strategy<Value = Vec<SmallTree>> {
    let splits = prop::array::uniform2((0..3usize, -3.0f64..3.0));
    let tree = (splits, prop::array::uniform3(-1.0f64..1.0)).prop_map(|(splits, values)| SmallTree { splits, values });
    prop::collection::vec(tree, 1..20)
}

proptest! {
    /// The model knows three of the columns, in an order of its own.
    #[test]
    fn by_name_and_not_by_place(
        names in Just(FEATURES.map(|(name, _)| name).to_vec()).prop_shuffle(),
        trees in trees(),
        rows in prop::collection::vec(prop::array::uniform5(-4.0f64..4.0), 1..70),
        (slope, intercept, sigmoid) in (0.2f64..3.0, -1.0f64..1.0, prop_oneof![Just(1.0), Just(0.5)]),
        averaged in any::<bool>(),
    ) {
        let names = &names[..3];
        let mut manifest = manifest(names);
        manifest.calibration = Calibration { slope, intercept };
        let header = if averaged { "average_output\n" } else { "" };
        let model = bind(&manifest, &text(&format!("binary sigmoid:{sigmoid}"), header, names, &trees)).unwrap();
        prop_assert_eq!((model.kind(), model.version()), ("trees", "v"));
        let column = |name: &str| FEATURES.iter().position(|(known, _)| *known == name).unwrap();
        for (row, scored) in rows.iter().zip(scored(&model, &rows.concat())) {
            let mut sum = 0.0;
            trees.iter().for_each(|tree| sum += tree.value(|feature| row[column(names[feature])]));
            let raw = if averaged { sum / trees.len() as f64 } else { sum };
            let log_odds = slope * (sigmoid * raw) + intercept;
            prop_assert_eq!(scored.probability, scale::probability(log_odds));
            let points = 50.0 + 10.0 * (log_odds - (0.02f64 / 0.98).ln()) / std::f64::consts::LN_2;
            prop_assert!((scored.points - points).abs() < 1e-9, "{} {}", scored.points, points);
        }
    }
}

#[test]
fn the_model_says_what_lightgbm_predicts() {
    let names = ["a", "b"];
    for objective in ["binary sigmoid:1", "cross_entropy"] {
        let model = bind(&manifest(&names), &text(objective, "", &names, &[tree(0, 1), tree(1, 0)])).unwrap();
        // Both trees fail their first test, and the second ones as well: 0.5 + 0.5.
        let probability = scored(&model, &[2.0, 2.0, 0.0, 0.0, 0.0])[0].probability;
        assert_eq!(probability, 1.0 / (1.0 + (-1.0f64).exp()), "{objective}");
    }
}

#[test]
fn what_is_no_log_odds_is_refused_by_name() {
    for other in ["regression", "regression sqrt", "lambdarank", "poisson", "cross_entropy_lambda", "custom"] {
        let refused = bind(&manifest(&["a"]), &text(other, "", &["a"], &[tree(0, 0)])).unwrap_err();
        let objective = other.split(' ').next().map(str::to_owned);
        assert_eq!(refused, Refused::Objective { version: "v".into(), objective, classes: 1 });
    }
    let silent = text("custom", "", &["a"], &[tree(0, 0)]).replace("objective=custom\n", "");
    assert_eq!(
        bind(&manifest(&["a"]), &silent).unwrap_err().to_string(),
        "model v has no objective; a score is made of log-odds, which the objectives binary and cross_entropy give"
    );
    for objective in ["multiclass num_class:2", "multiclassova num_class:2 sigmoid:1"] {
        let several = text(objective, "", &["a"], &[tree(0, 0), tree(0, 0)])
            .replace("num_class=1\nnum_tree_per_iteration=1", "num_class=2\nnum_tree_per_iteration=2");
        let refused = bind(&manifest(&["a"]), &several).unwrap_err().to_string();
        let name = objective.split(' ').next().unwrap();
        assert!(refused.starts_with(&format!("model v has the objective {name} of 2 classes; ")), "{refused}");
    }
}

#[test]
fn a_feature_that_is_missing_or_another_refuses_the_model_by_name() {
    let mut needs = manifest(&["a", "b", "nobody"]);
    needs.features[1].version = 1;
    let refused = bind(&needs, &text("binary sigmoid:1", "", &["a", "b", "nobody"], &[tree(0, 1)])).unwrap_err();
    let features = vec![
        FeatureRefusal { name: "b".into(), needs: 1, has: Some(2) },
        FeatureRefusal { name: "nobody".into(), needs: 1, has: None },
    ];
    assert_eq!(refused, Refused::Features { version: "v".into(), features });
}

#[test]
fn a_column_that_the_manifest_does_not_name_has_no_known_meaning() {
    let refused = bind(&manifest(&["a"]), &text("binary sigmoid:1", "", &["a", "b"], &[tree(0, 0)])).unwrap_err();
    assert_eq!(refused, Refused::Undeclared { version: "v".into(), feature: "b".into() });
    let refused = bind(&manifest(&["a"]), &text("binary sigmoid:1", "", &["a", "a"], &[tree(0, 1)])).unwrap_err();
    assert_eq!(refused, Refused::Repeated { version: "v".into(), feature: "a".into() });
}

/// Codes of themes are places in the configuration: a theme put before the others would turn one into another, silently.
#[test]
fn themes_that_have_other_codes_refuse_the_model_by_name() {
    let names = ["path_1_theme"];
    let with = |themes: &[&str]| {
        let themes = themes.iter().map(|theme| (*theme).to_owned()).collect();
        bind(&Manifest { themes, ..manifest(&names) }, &text("binary sigmoid:1", "", &names, &[tree(0, 0)]))
    };
    for same in [&["pricing", "docs"][..], &["pricing"], &[]] {
        assert!(with(same).is_ok(), "{same:?}");
    }
    assert_eq!(
        with(&["docs", "pricing"]).unwrap_err().to_string(),
        "model v has learned \"docs\" as theme 1, which is \"pricing\" in this configuration"
    );
    assert_eq!(
        with(&["pricing", "docs", "jobs"]).unwrap_err().to_string(),
        "model v has learned \"jobs\" as theme 3, which is none in this configuration"
    );
}

#[test]
fn a_file_that_is_cut_off_is_refused_with_its_name_and_line() {
    let whole = text("binary sigmoid:1", "", &["a"], &[tree(0, 0)]);
    let refused = bind(&manifest(&["a"]), &whole[..whole.find("leaf_value").unwrap() + 14]).unwrap_err();
    assert!(matches!(refused, Refused::Unreadable { file: "model.txt", .. }), "{refused:?}");
    assert!(refused.to_string().starts_with("model.txt: line "), "{refused}");
}

#[test]
fn numbers_that_make_no_model_are_refused() {
    let large = SmallTree { splits: [(0, 0.0), (0, 0.0)], values: [0.0, -4e8, 1.0] };
    let three = vec![large; 3];
    let refused = bind(&manifest(&["a"]), &text("binary sigmoid:1", "", &["a"], &three)).unwrap_err();
    assert_eq!(refused.to_string(), "model v: the largest sum of leaves cannot be 1200000000");
    // A mean of them is no larger than one.
    assert!(bind(&manifest(&["a"]), &text("binary sigmoid:1", "average_output\n", &["a"], &three)).is_ok());
    let mut slope = manifest(&["a"]);
    slope.calibration.slope = -1.0;
    let refused = bind(&slope, &text("binary sigmoid:1", "", &["a"], &[tree(0, 0)])).unwrap_err();
    assert_eq!(refused.to_string(), "model v: the calibration's slope cannot be -1");
}
