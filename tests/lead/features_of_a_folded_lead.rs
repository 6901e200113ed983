//! Events folded in any order give the vector that the plain list of them means: the sums that the fold keeps are enough.

use crate::features_support::reference::reference;
use crate::features_support::{Lead, extract, schema, silence, themes, touchpoints};
use needle::lead::facts::Facts;
use needle::lead::fold::Said;
use needle::touchpoint::Touchpoint;
use proptest::prelude::*;

fn shuffled() -> impl Strategy<Value = (Vec<Touchpoint>, Vec<Touchpoint>)> {
    touchpoints(1..160).prop_flat_map(|ordered| {
        let arrived = Just(ordered.clone()).prop_shuffle();
        (Just(ordered), arrived)
    })
}

proptest! {
    #[test]
    fn in_any_order((ordered, arrived) in shuffled(), later_ms in silence()) {
        let mut facts = Facts::default();
        for touchpoint in arrived {
            facts.fold(touchpoint, Said::default(), &[]);
        }
        let lead = Lead { touchpoints: ordered, ..Lead::default() };
        let as_of_ms = lead.newest_ms() + later_ms;
        let schema = schema();
        let expected = reference(&lead, &themes(), &crate::features_support::traits(), as_of_ms);
        for (feature, value) in schema.features().iter().zip(extract(&schema, &facts, as_of_ms)) {
            let expected = expected[&feature.name];
            let equal = (value - expected).abs() <= 1e-12 * expected.abs().max(1.0);
            prop_assert!(equal, "{}: {value}, expected {expected}", feature.name);
        }
    }
}
