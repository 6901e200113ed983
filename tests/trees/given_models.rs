//! Models that others have written give what they gave there, and to the bit what LightGBM gives here.
//!
//! The models are in `../shared/data/lightgbm-models`; where that is absent the tests are skipped.

use std::fs;
use std::path::Path;

use crate::trees_support::agreement::{check, converted, leaves, reference};
use crate::trees_support::given::{self, Matrix};
use crate::trees_support::lightgbm::Booster;
use crate::trees_support::rows;
use needle::model::trees::forest::Forest;

/// As near as LightGBM itself comes to what older versions of it have written down, relative.
const TOLERANCE: f64 = 1e-13;

/// What an expected output holds.
#[derive(Clone, Copy)]
enum Output {
    Normal,
    Raw,
    Leaf,
    /// Averaged, but not converted.
    Average,
}

/// A model, its rows, and files of what came out.
struct Case {
    model: &'static str,
    rows: Matrix,
    outputs: Vec<(Output, &'static str)>,
}

fn cases(folder: &Path) -> Vec<Case> {
    use Output::{Average, Leaf, Normal, Raw};
    let dense = |name: &str, skipped| Matrix::dense(&folder.join(name), skipped);
    let sparse = |name: &str, width, absent| Matrix::sparse(&folder.join(name), width, absent);
    let case = |model, rows, outputs: &[_]| Case { model, rows, outputs: outputs.to_vec() };
    vec![
        case(
            "leaves/genlin_fmtp_gamma_AvgClaimAmount.model",
            dense("leaves/genlin_fmtp_gamma_AvgClaimAmount_features.tsv", 0),
            &[(Normal, "leaves/genlin_fmtp_gamma_AvgClaimAmount_true_predictions.txt")],
        ),
        case(
            "leaves/genlin_fmtp_poisson_Frequency.model",
            dense("leaves/genlin_fmtp_poisson_Frequency_features.tsv", 0),
            &[(Normal, "leaves/genlin_fmtp_poisson_Frequency_true_predictions.txt")],
        ),
        case(
            "leaves/genlin_fmtp_tweedie_PurePremium.model",
            dense("leaves/genlin_fmtp_tweedie_PurePremium_features.tsv", 0),
            &[(Normal, "leaves/genlin_fmtp_tweedie_PurePremium_true_predictions.txt")],
        ),
        case(
            "leaves/lg_breast_cancer.txt",
            dense("leaves/lg_breast_cancer_data.txt", 0),
            &[(Leaf, "leaves/lg_breast_cancer_data_pred_leaves.txt")],
        ),
        case(
            "leaves/lg_dart_breast_cancer.model",
            dense("leaves/breast_cancer_test.tsv", 0),
            &[(Normal, "leaves/lg_dart_breast_cancer_true_predictions.txt")],
        ),
        case(
            "leaves/lg_kddcup99.model",
            dense("leaves/kddcup99_test.tsv", 0),
            &[(Raw, "leaves/lg_kddcup99_true_predictions.txt")],
        ),
        case(
            "leaves/lg_rf_iris.model",
            sparse("leaves/iris_test.libsvm", 4, 0.0),
            &[(Average, "leaves/lg_rf_iris_true_predictions.txt")],
        ),
        case(
            "leaves/lgmulticlass.model",
            dense("leaves/multiclass_test.tsv", 1),
            &[
                (Raw, "leaves/lgmulticlass_true_raw_predictions.txt"),
                (Normal, "leaves/lgmulticlass_true_predictions.txt"),
            ],
        ),
        case(
            "treelite/sparse_categorical_model.txt",
            sparse("treelite/sparse_categorical.test", 5057, f64::NAN),
            &[(Raw, "treelite/sparse_categorical.test.margin")],
        ),
        case(
            "treelite/toy_categorical_model.txt",
            sparse("treelite/toy_categorical.test", 2, f64::NAN),
            &[(Normal, "treelite/toy_categorical.test.pred")],
        ),
    ]
}

#[test]
fn expected_outputs_are_reproduced() {
    let Some(folder) = given::folder() else { return };
    for Case { model, rows: Matrix { values, width }, outputs } in cases(&folder) {
        let forest = Forest::from_text(&fs::read(folder.join(model)).unwrap()).unwrap();
        assert_eq!(width, forest.feature_names.len(), "{model}");
        for (output, file) in outputs {
            let expected = Matrix::dense(&folder.join(file), 0).values;
            let sums = reference(&forest, &values, width);
            let iterations = forest.iterations() as f64;
            let ours = match output {
                Output::Normal => converted(&forest, sums),
                Output::Raw => sums,
                Output::Leaf => leaves(&forest, &values, width),
                Output::Average => sums.iter().map(|sum| sum / iterations).collect(),
            };
            assert_eq!(ours.len(), expected.len(), "{file}");
            for (place, (ours, expected)) in ours.iter().zip(&expected).enumerate() {
                assert!((ours - expected).abs() <= TOLERANCE * expected.abs(), "{file}[{place}]: {ours} {expected}");
            }
        }
    }
}

#[test]
fn they_agree_with_lightgbm_to_the_bit() {
    let Some(folder) = given::folder() else { return };
    for Case { model, rows: Matrix { values, .. }, .. } in cases(&folder) {
        let bytes = fs::read(folder.join(model)).unwrap();
        let forest = Forest::from_text(&bytes).unwrap();
        let booster = Booster::from_text(std::str::from_utf8(&bytes).unwrap());
        check(model, &forest, &booster, &values, &reference);
        // Rows of the widest have 5,057 values.
        let count = 1_000_000 / forest.feature_names.len().max(500);
        check(model, &forest, &booster, &rows::awkward(&forest, count, 3), &reference);
    }
}

/// Three files hold one tree each, and nothing around it.
#[test]
fn single_trees_are_read() {
    let Some(folder) = given::folder() else { return };
    let header = "tree\nversion=v3\nnum_class=1\nmax_feature_idx=1\nfeature_names=a b\n\n";
    let forest = |name: &str| {
        let tree = fs::read_to_string(folder.join("leaves").join(name)).unwrap();
        Forest::from_text(format!("{header}{tree}\n\nend of trees\n").as_bytes()).unwrap()
    };
    let sum = |forest: &Forest, row: &[f64]| reference(forest, row, 2)[0];
    assert_eq!(sum(&forest("tree_1leaf.txt"), &[1.0, f64::NAN]), 0.123);
    let two = forest("tree_2leaves.txt");
    assert_eq!([sum(&two, &[5.0, 0.0]), sum(&two, &[5.1, 0.0])], [0.43, 0.59]);
    let three = forest("tree_3leaves.txt");
    // Category 100 of the second feature, then 756 of the first.
    assert_eq!(
        [sum(&three, &[9e9, 100.0]), sum(&three, &[756.0, 99.0]), sum(&three, &[757.0, -1.0])],
        [0.54, 0.35, 0.38]
    );
}

#[test]
fn a_dump_in_json_is_refused_as_what_it_is() {
    let Some(folder) = given::folder() else { return };
    for name in ["lg_1tree.json", "lg_1tree_1leaf.json", "lg_dart_breast_cancer.json"] {
        let refused = Forest::from_text(&fs::read(folder.join("leaves").join(name)).unwrap()).unwrap_err();
        let expected = "line 1: this is JSON, perhaps a model that LightGBM has dumped: save it as text";
        assert_eq!(refused.to_string(), expected);
    }
}
