//! A new theme or trait, appended, leaves every other feature's name, version and value as they were: no model is refused for it.

use crate::features_support::{Lead, extract, schema, silence, theme, themes, touchpoints, traits};
use needle::config::{Trait, TraitKind};
use needle::features::Schema;
use proptest::prelude::*;

proptest! {
    #[test]
    fn of_any_lead(mut all in touchpoints(1..100), later_ms in silence()) {
        // The new theme's bit was no theme's until now, so no touchpoint bears it.
        all.iter_mut().for_each(|t| t.themes &= 0b10_1111);
        let lead = Lead { touchpoints: all, ..Lead::default() };
        let as_of_ms = lead.newest_ms() + later_ms;
        let before = schema();
        let more_themes: Vec<_> = themes().into_iter().chain([theme("security", true)]).collect();
        let country = Trait { name: "country".into(), path: vec![], kind: TraitKind::Category };
        let more_traits: Vec<_> = traits().into_iter().chain([country]).collect();
        let after = Schema::of(&more_themes, &more_traits);
        prop_assert_eq!(after.width(), before.width() + 8);

        let values = extract(&before, &lead.facts(), as_of_ms);
        let values_after = extract(&after, &lead.facts(), as_of_ms);
        for (feature, value) in before.features().iter().zip(values) {
            let Some(slot) = after.index(&feature.name) else {
                return Err(TestCaseError::fail(format!("{} is gone", feature.name)));
            };
            prop_assert_eq!(after.features()[slot].version, feature.version);
            prop_assert_eq!(values_after[slot].to_bits(), value.to_bits(), "{}", &feature.name);
        }
    }
}
