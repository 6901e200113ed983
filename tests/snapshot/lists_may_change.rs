//! A file that was written under other themes and traits is read as if its events had been folded under the new ones: facts stay
//! canonical, names that stayed keep their history, and those that are gone leave no trace.

use crate::lead_support::{Happened, Sent};
use crate::snapshot_support::{Owned, Plain, Side, about, leads, read, rows};
use needle::config::Config;
use needle::lead::facts::{Facts, TraitFact, TraitValue};
use needle::lead::fold::Said;
use needle::lead::text::ShortText;
use needle::touchpoint::{Channel, FormStep, Mark, Touchpoint};
use needle::wire::event::EventType;
use proptest::prelude::*;
use proptest::sample::subsequence;

const THEMES: [&str; 12] = [
    "pricing", "demo", "docs", "blog", "careers", "legal", "press", "events", "webinar", "support", "status",
    "partners",
];
const TRAITS: [(&str, &str); 4] =
    [("employees", "number"), ("industry", "category"), ("letter", "flag"), ("title", "title")];

fn toml(themes: &[&str], traits: &[(&str, &str)]) -> String {
    let theme = |name: &&str| format!("[[themes]]\nname = \"{name}\"\nurl = [\"{name}\"]\n");
    let of = |(name, kind): &(&str, &str)| {
        format!("[[traits]]\nname = \"{name}\"\npath = [\"/{name}\"]\nkind = \"{kind}\"\n")
    };
    let none = |section: &str, empty: bool| if empty { format!("{section} = []\n") } else { String::new() };
    let topics = "topics = { events = [\"events\", \"more\"] }\n";
    let (themes_none, traits_none) = (none("themes", themes.is_empty()), none("traits", traits.is_empty()));
    let lists: String = themes.iter().map(theme).chain(traits.iter().map(of)).collect();
    format!("{topics}{themes_none}{traits_none}{lists}")
}

/// An event as the reader under that configuration would make it of what happened: bit n of it is theme n of `THEMES`.
fn under(config: &Config, event: &Happened) -> Happened {
    let mut event = event.clone();
    let happened = event.touchpoint.themes;
    let has = |name: &str| THEMES.iter().position(|theme| *theme == name).is_some_and(|bit| happened >> bit & 1 == 1);
    let bits = config.themes.iter().enumerate().filter(|(_, theme)| has(&theme.name));
    event.touchpoint.themes = bits.fold(0, |bits, (place, _)| bits | 1 << place);
    let place = |(index, sent): (u16, Sent)| {
        let (name, _) = TRAITS.get(usize::from(index))?;
        Some((config.traits.iter().position(|t| t.name == *name)? as u16, sent))
    };
    event.traits = event.traits.into_iter().filter_map(place).collect();
    event.traits.sort_by_key(|(index, _)| *index);
    event
}

fn fold(config: &Config, events: &[Happened]) -> Vec<u8> {
    let kinds: Vec<_> = config.traits.iter().map(|t| t.kind).collect();
    let mut facts = Facts::default();
    for event in events.iter().map(|event| under(config, event)) {
        let traits: Vec<_> = event.traits.iter().map(|(index, sent)| (*index, sent.scalar())).collect();
        let said = Said { known: event.known, form_completeness: event.completeness, traits: &traits };
        facts.fold(event.touchpoint, said, &kinds);
    }
    crate::lead_support::bytes(&facts)
}

fn lists() -> impl Strategy<Value = String> {
    let themes = subsequence(THEMES.to_vec(), 0..=THEMES.len()).prop_shuffle();
    let traits = subsequence(TRAITS.to_vec(), 0..=TRAITS.len()).prop_shuffle();
    (themes, traits).prop_map(|(themes, traits)| toml(&themes, &traits))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// The old lists had all that the new ones have, so the old facts tell it.
    #[test]
    fn as_if_folded_anew(leads in leads(1..12, 160), new in lists()) {
        let old = Side::new(&toml(&THEMES, &TRAITS));
        let new = Side::new(&new);
        let under = |side: &Side| -> Vec<Owned> {
            let row = |(name, plain): (&String, &Plain)| Owned {
                facts: fold(&side.assembly.config, &plain.events),
                ..plain.row("acme", name)
            };
            leads.iter().map(row).collect()
        };
        let file = old.encode(&about(), "acme", &rows(&under(&old))).expect("a file");
        prop_assert_eq!(read(&new.codec, file).expect("readable"), under(&new));
    }

    /// What only the new lists have has no history; what both have is there.
    #[test]
    fn between_any_two(leads in leads(1..12, 160), old in lists(), new in lists()) {
        let (old, new) = (Side::new(&old), Side::new(&new));
        let row = |(name, plain): (&String, &Plain)| Owned {
            facts: fold(&old.assembly.config, &plain.events),
            ..plain.row("acme", name)
        };
        let written: Vec<Owned> = leads.iter().map(row).collect();
        let file = old.encode(&about(), "acme", &rows(&written)).expect("a file");
        let both = |name: &str| old.assembly.config.themes.iter().any(|theme| theme.name == name);
        let themes = new.assembly.config.themes.iter().enumerate().filter(|(_, theme)| both(&theme.name));
        let shared = themes.fold(0u64, |bits, (place, _)| bits | 1 << place);
        for (found, plain) in read(&new.codec, file).expect("readable").iter().zip(leads.values()) {
            // Strict: takes canonical bytes alone.
            let facts = crate::lead_support::decoded(&found.facts);
            let anew = crate::lead_support::decoded(&fold(&new.assembly.config, &plain.events));
            let unthemed = |facts: &Facts| -> Vec<_> { facts.timeline.iter().map(|t| (t.at_ms, t.id, t.themes & shared)).collect() };
            prop_assert_eq!(unthemed(&facts), unthemed(&anew));
            prop_assert!(facts.timeline.iter().all(|t| t.themes & !shared == 0));
            prop_assert_eq!((facts.outcomes, facts.form, facts.known), (anew.outcomes, anew.form, anew.known));
        }
    }
}

#[test]
fn a_trait_of_another_kind_is_read_anew() {
    let event = |value: Sent| {
        let touchpoint = Touchpoint {
            at_ms: 1_763_716_443_120,
            id: 7,
            kind: EventType::Identify,
            channel: Channel::Direct,
            form: FormStep::None,
            mark: Mark::None,
            themes: 0,
        };
        Happened { touchpoint, known: true, completeness: None, traits: vec![(0, value)] }
    };
    for (sent, kind) in [
        (Sent::Number(250.0), "category"),
        (Sent::Number(0.0), "flag"),
        (Sent::Number(-3.5), "title"),
        (Sent::Null, "flag"),
    ] {
        let old = Side::new(&toml(&[], &TRAITS));
        let new = Side::new(&toml(&[], &[("employees", kind)]));
        let row = |side: &Side| Owned {
            key: "acme/a".into(),
            facts: fold(&side.assembly.config, &[event(sent.clone())]),
            decisions: vec![],
            origin: Default::default(),
        };
        let file = old.encode(&about(), "acme", &rows(&[row(&old)])).expect("a file");
        let found = read(&new.codec, file).expect("readable");
        assert_eq!(found, [row(&new)], "{sent:?} as {kind}");
        assert_eq!(crate::lead_support::decoded(&found[0].facts).traits.len(), 1);
    }
}

#[test]
fn a_value_that_means_nothing_now_is_dropped() {
    let old = Side::new(&toml(&[], &[("employees", "category")]));
    let new = Side::new(&toml(&[], &[("employees", "number")]));
    let bytes = |text: &str| {
        let mut facts = crate::lead_support::decoded(&crate::lead_support::bytes(&crate::lead_support::fold(&[])));
        let value = TraitValue::Text(ShortText::new(text));
        facts.traits.push(TraitFact { index: 0, at_ms: 1, id: 1, value });
        crate::lead_support::bytes(&facts)
    };
    let of =
        |lead: &str, facts| Owned { key: format!("acme/{lead}"), facts, decisions: vec![], origin: Default::default() };
    let written = [of("a", bytes("many")), of("b", bytes("12"))];
    let file = old.encode(&about(), "acme", &rows(&written)).expect("a file");
    let found = read(&new.codec, file).expect("readable");
    let traits = |row: &Owned| {
        crate::lead_support::decoded(&row.facts).traits.iter().map(|t| t.value.clone()).collect::<Vec<_>>()
    };
    assert_eq!(traits(&found[0]), []);
    assert_eq!(traits(&found[1]), [TraitValue::Number(12.0)]);
}
