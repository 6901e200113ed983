//! `base` + `other` + all reasons = points, and the reasons are the strongest.

use needle::model::bundle::Columns;
use needle::model::day_zero::{self, Subjects};
use needle::model::scale::Calibration;
use needle::model::{Explanation, LinearModel, Model, Reasons};
use proptest::prelude::*;

const FEATURES: [(&str, u32); 13] = [
    ("forms_submitted_count_30d", 1),
    ("hours_since_last", 1),
    ("not_in_the_model", 1),
    ("touchpoints_count_7d", 1),
    ("active_days_7d", 1),
    ("momentum_touchpoints", 1),
    ("theme_pricing_count_7d", 1),
    ("theme_pricing_count_30d", 1),
    ("forms_started_count_30d", 1),
    ("forms_submitted_count_ever", 1),
    ("form_completeness_best", 1),
    ("known", 1),
    ("trait_title_rank", 1),
];

/// The shipped model, calibrated anew as a trained one is.
fn model() -> impl Strategy<Value = Model> {
    (0.2f64..3.0, -2.0f64..2.0).prop_map(|(slope, intercept)| {
        let subjects = Subjects { high_intent_themes: &["pricing"], titles: &["title"] };
        let (mut manifest, weights) = day_zero::bundle(&FEATURES, subjects, 0.01);
        manifest.calibration = Calibration { slope, intercept };
        Model::Linear(LinearModel::bind(&manifest, &weights, Columns::of(&FEATURES), None).unwrap())
    })
}

fn row() -> impl Strategy<Value = Vec<f64>> {
    let value = prop_oneof![Just(0.0), Just(-1.0), Just(1.0), Just(3.0), 0.0f64..500.0];
    prop::collection::vec(value, FEATURES.len())
}

proptest! {
    #[test]
    fn reasons_add_up(model in model(), row in row(), count in 0usize..15) {
        let (mut scored, mut explanation, mut reasons) = (Vec::new(), Explanation::default(), Reasons::default());
        model.score(&row, FEATURES.len(), &mut Default::default(), &mut scored);
        model.explain(&row, row.len(), &mut Default::default(), std::slice::from_mut(&mut explanation));
        let points = scored[0].points;
        let effects: f64 = explanation.contributions.iter().map(|(_, points)| points).sum();
        prop_assert!((explanation.base + effects - points).abs() < 1e-9);

        reasons.choose(&explanation, points, count);
        let said: f64 = reasons.strongest.iter().map(|(_, points)| points).sum();
        prop_assert!((reasons.base + reasons.other + said - points).abs() < 1e-9);
        if reasons.strongest.len() == explanation.contributions.len() {
            prop_assert_eq!(reasons.other, 0.0);
        }

        let mut sorted = explanation.contributions.clone();
        sorted.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
        sorted.truncate(count);
        prop_assert_eq!(&reasons.strongest, &sorted);
    }

    /// A reason is what the score would lose with that feature at its reference, whatever the others are.
    #[test]
    fn a_reason_is_exact(model in model(), row in row(), pick in any::<prop::sample::Index>()) {
        let (mut scored, mut explanation) = (Vec::new(), Explanation::default());
        model.explain(&row, row.len(), &mut Default::default(), std::slice::from_mut(&mut explanation));
        prop_assume!(!explanation.contributions.is_empty());
        let (feature, points) = *pick.get(&explanation.contributions);
        let mut rows = row.clone();
        rows.extend(&row);
        // Not a number is no value either: it scores as the reference does.
        rows[row.len() + feature] = f64::NAN;
        model.score(&rows, row.len(), &mut Default::default(), &mut scored);
        prop_assert!((scored[0].points - scored[1].points - points).abs() < 1e-9);
    }
}

#[test]
fn equal_reasons_keep_the_order_of_features_and_zeros_are_none() {
    let explanation =
        Explanation { base: 30.0, contributions: vec![(1, 2.0), (4, -5.0), (6, 0.0), (7, -2.0), (9, 5.0)] };
    let mut reasons = Reasons::default();
    reasons.choose(&explanation, 30.0, 3);
    assert_eq!(reasons.strongest, [(4, -5.0), (9, 5.0), (1, 2.0)]);
    assert_eq!((reasons.base, reasons.other), (30.0, -2.0));
    reasons.choose(&explanation, 30.0, 9);
    assert_eq!(reasons.strongest, [(4, -5.0), (9, 5.0), (1, 2.0), (7, -2.0)]);
}
