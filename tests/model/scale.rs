//! The score scale: the anchor is 50, twice the odds is 10 more, and no margin is too large for it.

use needle::model::scale::{Scale, log_odds, probability, score};
use proptest::prelude::*;

fn anchor() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.01), 1e-9f64..0.5, 0.5f64..0.999_999]
}

/// Log-odds, extreme ones too.
fn any_log_odds() -> impl Strategy<Value = f64> {
    prop_oneof![-20.0f64..20.0, -5000.0f64..5000.0, -1e30f64..1e30]
}

proptest! {
    #[test]
    fn more_margin_is_never_less(anchor in anchor(), one in any_log_odds(), other in any_log_odds()) {
        let scale = Scale::new(anchor).unwrap();
        let (low, high) = (scale.scored(one.min(other)), scale.scored(one.max(other)));
        prop_assert!(low.points <= high.points);
        prop_assert!(low.score <= high.score);
        prop_assert!(low.probability <= high.probability);
    }

    #[test]
    fn every_score_is_within_bounds(anchor in anchor(), log_odds in any_log_odds()) {
        let scored = Scale::new(anchor).unwrap().scored(log_odds);
        prop_assert!(scored.points.is_finite());
        prop_assert!(scored.score <= 100);
        prop_assert!((0.0..=1.0).contains(&scored.probability));
    }

    /// The formula as the interface states it, where the probability still has digits to spare.
    #[test]
    fn points_are_those_of_the_odds(anchor in 0.001f64..0.5, chance in 0.0001f64..0.99) {
        let odds = |p: f64| p / (1.0 - p);
        let points = 50.0 + 10.0 * (odds(chance) / odds(anchor)).log2();
        let scored = Scale::new(anchor).unwrap().scored(log_odds(chance));
        prop_assert!((scored.points - points).abs() < 1e-9);
        prop_assert!((scored.probability - chance).abs() < 1e-12);
        prop_assert_eq!(scored.score, score(scored.points));
    }

    #[test]
    fn points_add(anchor in anchor(), one in -20.0f64..20.0, more in -20.0f64..20.0) {
        let scale = Scale::new(anchor).unwrap();
        let doublings = more / std::f64::consts::LN_2;
        prop_assert!((scale.points(one + more) - scale.points(one) - 10.0 * doublings).abs() < 1e-9);
        prop_assert!((scale.log_odds(scale.points(one)) - one).abs() < 1e-9);
    }
}

#[test]
fn a_half_goes_up_and_the_ends_hold() {
    let scores = [-1e30, -0.6, 0.499_999_999_999_999_94, 0.5, 1.5, 2.5, 79.499_999, 79.5, 100.4, 1e30].map(score);
    assert_eq!(scores, [0, 0, 0, 1, 2, 3, 79, 80, 100, 100]);
}

#[test]
fn the_anchor_is_fifty() {
    let scored = Scale::new(0.01).unwrap().scored(log_odds(0.01));
    assert_eq!((scored.points, scored.score), (50.0, 50));
    assert_eq!(probability(0.0), 0.5);
}

#[test]
fn an_anchor_is_a_probability() {
    for anchor in [0.0, 1.0, -0.1, 1.1, f64::NAN, f64::INFINITY] {
        assert_eq!(Scale::new(anchor), None);
    }
}
