//! A row has the same score, to the bit, in whatever batch it is scored.

use needle::model::bundle::{Columns, Manifest, NeededFeature, WeightedTerm, Weights};
use needle::model::linear::Transform;
use needle::model::scale::Calibration;
use needle::model::{LinearModel, Model, Scored};
use proptest::prelude::*;

const WIDTH: usize = 7;
const FEATURES: [(&str, u32); WIDTH] = [("a", 1), ("b", 1), ("c", 1), ("d", 1), ("e", 1), ("f", 1), ("g", 1)];

fn transform() -> impl Strategy<Value = Transform> {
    prop_oneof![
        (-50.0f64..0.0, 0.0f64..50.0).prop_map(|(low, high)| Transform::Clamp { low, high }),
        (0.1f64..100.0).prop_map(|cap| Transform::Log1p { cap }),
        (0.1f64..1000.0).prop_map(|half_life| Transform::Decay { half_life }),
    ]
}

fn model() -> impl Strategy<Value = Model> {
    let term = (0usize..WIDTH, -3.0f64..3.0, -1.0f64..20.0, any::<bool>(), transform());
    (prop::collection::vec(term, 0..WIDTH), -5.0f64..5.0, 0.1f64..3.0).prop_map(|(terms, bias, slope)| {
        let terms = terms.into_iter().map(|(column, weight, reference, can_miss, transform)| WeightedTerm {
            feature: FEATURES[column].0.into(),
            weight,
            reference,
            can_miss,
            transform,
        });
        let mut terms: Vec<_> = terms.collect();
        terms.sort_by(|a, b| a.feature.cmp(&b.feature));
        terms.dedup_by(|a, b| a.feature == b.feature);
        let features = terms.iter().map(|term| NeededFeature { name: term.feature.clone(), version: 1 }).collect();
        let calibration = Calibration { slope, intercept: 0.3 };
        let (version, kind, themes) = ("v".into(), "linear".into(), Vec::new());
        let manifest = Manifest {
            version,
            kind,
            features,
            themes,
            vocabularies: Vec::new(),
            calibration,
            anchor_probability: 0.02,
        };
        Model::Linear(LinearModel::bind(&manifest, &Weights { bias, terms }, Columns::of(&FEATURES), None).unwrap())
    })
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(-1.0), Just(f64::NAN), Just(f64::MAX), Just(f64::NEG_INFINITY), 0.0f64..300.0]
}

fn bits(scored: &[Scored]) -> Vec<(u64, u8, u64)> {
    scored.iter().map(|s| (s.points.to_bits(), s.score, s.probability.to_bits())).collect()
}

proptest! {
    #[test]
    fn a_batch_can_be_cut_anywhere(
        model in model(),
        rows in prop::collection::vec(prop::collection::vec(value(), WIDTH), 1..200),
        cuts in prop::collection::vec(1usize..90, 1..200),
    ) {
        let matrix = rows.concat();
        let (mut whole, mut part, mut parts) = (Vec::new(), Vec::new(), Vec::new());
        model.score(&matrix, WIDTH, &mut Default::default(), &mut whole);
        prop_assert_eq!(whole.len(), rows.len());
        prop_assert!(whole.iter().all(|scored| scored.points.is_finite() && scored.probability.is_finite()));
        let mut rest = &matrix[..];
        for cut in cuts.into_iter().cycle() {
            let (batch, later) = rest.split_at(rest.len().min(cut * WIDTH));
            model.score(batch, WIDTH, &mut Default::default(), &mut part);
            parts.extend_from_slice(&part);
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(bits(&parts), bits(&whole));
    }
}

#[test]
fn an_empty_batch_has_no_scores() {
    let model = needle::model::day_zero::model(&FEATURES, Default::default(), 0.01).unwrap();
    let mut out = vec![Scored::default()];
    Model::Linear(model).score(&[], WIDTH, &mut Default::default(), &mut out);
    assert!(out.is_empty());
}
