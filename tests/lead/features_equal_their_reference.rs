//! Extraction equals the plain reading of what each feature means, for short and long leads, at and after their newest instant.

use std::collections::BTreeSet;

use crate::features_support::reference::reference;
use crate::features_support::{Lead, extract, schema, silence, themes, touchpoints, traits};
use needle::lead::facts::{FormFacts, TraitFact, TraitValue};
use needle::lead::text::ShortText;
use proptest::prelude::*;

fn leads(count: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = Lead> {
    let form = proptest::option::of((0..=1000u16, 0..=1000u16));
    (any::<bool>(), touchpoints(count), trait_facts(), form).prop_map(|(known, touchpoints, traits, form)| Lead {
        known,
        touchpoints,
        traits,
        form: FormFacts { best: form.map(|(best, _)| best), last: form.map(|(_, last)| (5, 5, last)) },
    })
}

/// Values of the configured kinds, of other kinds, and of none; and one beyond the configuration.
fn trait_facts() -> impl Strategy<Value = Vec<TraitFact>> {
    let text = prop_oneof!["[ -~]{0,20}", "\\PC{0,10}", "(senior )?(sales|finance) (manager|director)"]
        .prop_map(|text| TraitValue::Text(ShortText::new(&text)));
    let number = prop_oneof![-10.0..1e6, Just(f64::INFINITY), Just(f64::NAN)].prop_map(TraitValue::Number);
    let value = prop_oneof![Just(TraitValue::Null), number, any::<bool>().prop_map(TraitValue::Flag), text];
    proptest::collection::btree_map(0..5u16, value, 0..5).prop_map(|values| {
        let fact = |(index, value)| TraitFact { index, at_ms: 1, id: 1, value };
        values.into_iter().map(fact).collect()
    })
}

fn assert_equals_reference(lead: &Lead, later_ms: i64) -> Result<(), TestCaseError> {
    let schema = schema();
    let as_of_ms = lead.newest_ms() + later_ms;
    let row = extract(&schema, &lead.facts(), as_of_ms);
    let expected = reference(lead, &themes(), &traits(), as_of_ms);
    let names: BTreeSet<&str> = schema.features().iter().map(|f| f.name.as_str()).collect();
    prop_assert_eq!(&names, &expected.keys().map(String::as_str).collect::<BTreeSet<_>>());
    for (feature, value) in schema.features().iter().zip(row) {
        let expected = expected[&feature.name];
        // Means are rounded in another order.
        let equal = (value - expected).abs() <= 1e-12 * expected.abs().max(1.0);
        prop_assert!(equal, "{}: {value}, expected {expected}", feature.name);
    }
    Ok(())
}

proptest! {
    #[test]
    fn of_a_lead_within_its_timeline(lead in leads(0..=64), later_ms in silence()) {
        assert_equals_reference(&lead, later_ms)?;
    }

    #[test]
    fn of_a_lead_that_outgrew_its_timeline(lead in leads(65..220), later_ms in silence()) {
        assert_equals_reference(&lead, later_ms)?;
    }

    #[test]
    fn of_a_lead_long_silent(lead in leads(1..150), days in 5..60i64) {
        assert_equals_reference(&lead, days * 86_400_000)?;
    }

    #[test]
    fn as_of_its_newest_touchpoint_where_an_earlier_instant_is_asked_for(lead in leads(1..80), earlier_ms in 1..50_000_000i64) {
        let (schema, facts) = (schema(), lead.facts());
        let newest = extract(&schema, &facts, lead.newest_ms());
        prop_assert_eq!(extract(&schema, &facts, lead.newest_ms() - earlier_ms), newest);
    }
}
