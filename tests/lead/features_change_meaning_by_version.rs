//! A feature that gives another value for the same facts has another meaning, and so must have another version.
//!
//! The golden file holds name, version, and the bits' shortest decimal form for five leads.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::features_support::{HOUR_MS, Lead, MINUTE_MS, bless, extract, golden, schema};
use needle::lead::facts::{FormFacts, TraitFact, TraitValue};
use needle::lead::text::ShortText;
use needle::touchpoint::{Channel, FormStep, Mark, Touchpoint};
use needle::wire::event::EventType;

/// 2026-11-20, a Friday, 06:00 UTC.
const START_MS: i64 = 1_795_154_400_000;

/// A touchpoint every `every_ms`, each of its own kind, channel, form step and themes.
fn regular(count: usize, every_ms: i64) -> Vec<Touchpoint> {
    let of = |n: usize| Touchpoint {
        // Not quite regular: every fourth comes twenty minutes late.
        at_ms: START_MS + n as i64 * every_ms + if n % 4 == 3 { 20 * MINUTE_MS } else { 0 },
        id: n as u64,
        kind: EventType::ALL[[0, 0, 1, 2, 0, 3, 5, 4][n % 8]],
        channel: Channel::ALL[n * 7 % 20],
        form: [FormStep::None, FormStep::None, FormStep::Started, FormStep::None, FormStep::Submitted][n % 5],
        mark: Mark::None,
        themes: [0, 0b1, 0b10, 0, 0b101, 0b1000, 0b11, 0, 0, 0b100, 0][n % 11],
    };
    (0..count).map(of).collect()
}

fn leads() -> Vec<(Lead, i64)> {
    let text = |text| TraitValue::Text(ShortText::new(text));
    let fact = |index, value| TraitFact { index, at_ms: START_MS, id: 0, value };
    let rich = Lead {
        known: true,
        touchpoints: regular(12, 50 * MINUTE_MS),
        traits: vec![
            fact(0, TraitValue::Number(250.0)),
            fact(1, text("Software & Services")),
            fact(2, text("VP of Finance")),
            fact(3, TraitValue::Flag(true)),
        ],
        form: FormFacts { best: Some(875), last: Some((START_MS, 4, 250)) },
    };
    let first = Lead { touchpoints: regular(1, 0), ..Lead::default() };
    let long = Lead { known: true, touchpoints: regular(300, 3 * HOUR_MS), ..Lead::default() };
    vec![(Lead::default(), 0), (first, 0), (rich.clone(), 0), (rich, 5 * 24 * HOUR_MS), (long, 90 * MINUTE_MS)]
}

/// Name → version and values.
fn values() -> BTreeMap<String, (String, String)> {
    let schema = schema();
    let rows: Vec<_> =
        leads().iter().map(|(lead, later)| extract(&schema, &lead.facts(), lead.newest_ms() + later)).collect();
    let line = |(slot, feature): (usize, &needle::features::Feature)| {
        let values: Vec<String> = rows.iter().map(|row| row[slot].to_string()).collect();
        (feature.name.clone(), (feature.version.to_string(), values.join(" ")))
    };
    schema.features().iter().enumerate().map(line).collect()
}

fn read(text: &str) -> BTreeMap<String, (String, String)> {
    let line = |line: &str| {
        let mut parts = line.splitn(3, ' ').map(String::from);
        Some((parts.next()?, (parts.next()?, parts.next()?)))
    };
    text.lines().filter_map(line).collect()
}

#[test]
fn values_change_only_with_the_version() {
    let file = golden("feature_values.txt");
    let golden = read(&std::fs::read_to_string(&file).unwrap_or_default());
    let now = values();
    for (name, (version, values)) in &now {
        if let Some((golden_version, golden_values)) = golden.get(name) {
            let same_meaning = version == golden_version;
            assert!(
                !same_meaning || values == golden_values,
                "{name} means something else now: give it the next version\n{golden_values}\n{values}"
            );
        }
    }
    if bless() {
        let mut text = String::new();
        for (name, (version, values)) in &now {
            writeln!(text, "{name} {version} {values}").expect("a string takes everything");
        }
        std::fs::write(&file, text).expect("golden file");
    } else {
        assert_eq!(now, golden, "changed on purpose? NEEDLE_BLESS=1 writes the golden file anew");
    }
}
