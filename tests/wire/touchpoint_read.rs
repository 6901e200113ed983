//! Reading an event is total and a function of the event alone: no text panics, and what was read before leaves no trace.

use needle::config::{Outcomes, Theme};
use needle::touchpoint::{FormStep, Mark, Reader, Taxonomy, read_title};
use needle::wire::event::{Campaign, Event, EventType, Page};
use proptest::prelude::*;

fn taxonomy() -> Taxonomy {
    let rules = |rule: &str| vec![rule.to_owned()];
    let theme =
        Theme { name: "t".into(), url: rules("a"), title: rules(r"\bé"), event: rules("(?i)won"), high_intent: true };
    let outcomes =
        Outcomes { positive: rules("Won"), negative: rules("Lost"), contact: rules("Called"), repeat: false };
    Taxonomy::compile(&[theme], &outcomes).expect("good rules")
}

#[derive(Clone, Debug)]
struct Owned {
    kind: EventType,
    at_ms: i64,
    offline: bool,
    texts: Vec<Option<String>>,
}

impl Owned {
    fn event(&self) -> Event<'_> {
        let text = |n: usize| self.texts[n].as_deref();
        Event {
            tenant: "default",
            lead: "u-1",
            known: false,
            kind: self.kind,
            id: text(0).unwrap_or("m-1"),
            name: text(1),
            at_ms: self.at_ms,
            page: Page { url: text(2), path: text(3), search: text(4), title: text(5), referrer: text(6) },
            campaign: Campaign { source: text(7), medium: text(8), name: text(9) },
            offline: self.offline,
            form_completeness: None,
            traits: &[],
        }
    }
}

fn events() -> impl Strategy<Value = Owned> {
    let text = prop_oneof![
        "\\PC{0,40}",
        "[ -~]{0,20}",
        "(https?:)?//[a-zé.@:\\[\\]]{0,12}[/?#]?[a-z=&%+é]{0,12}",
        "\\?(utm_(source|medium|campaign)|gclid|fbclid)=[%+a-z0-9é]{0,9}(&utm_medium=[%+a-z0-9]{0,9})?",
        Just("Won".to_owned()),
        Just("Form Submitted".to_owned()),
    ];
    let texts = proptest::collection::vec(proptest::option::of(text), 10);
    (0..6usize, any::<i64>(), proptest::bool::weighted(0.1), texts).prop_map(|(kind, at_ms, offline, texts)| Owned {
        kind: EventType::ALL[kind],
        at_ms,
        offline,
        texts,
    })
}

proptest! {
    #[test]
    fn no_text_panics_and_no_event_leaves_a_trace(history in proptest::collection::vec(events(), 1..6)) {
        let taxonomy = taxonomy();
        let mut reader = Reader::new(&taxonomy);
        for owned in &history {
            let event = owned.event();
            let touchpoint = reader.read(&event);
            prop_assert_eq!(touchpoint, Reader::new(&taxonomy).read(&event));
            prop_assert!((0..1 << 48).contains(&touchpoint.at_ms));
            prop_assert_eq!(touchpoint.id, xxhash_rust::xxh3::xxh3_64(event.id.as_bytes()));
            prop_assert_eq!(touchpoint.kind, event.kind);
            if event.kind != EventType::Track {
                prop_assert_eq!((touchpoint.form, touchpoint.mark), (FormStep::None, Mark::None));
            }
        }
    }

    #[test]
    fn titles_are_read_alike_in_any_case(title in "[ -~é]{0,40}|(vice |co-)?(president|founder|director|engineer)s?[ ,.&]{0,2}(of )?(sales|it|R&D)?") {
        let read = read_title(&title);
        prop_assert_eq!(read, read_title(&title.to_ascii_uppercase()));
        prop_assert_eq!(read, read_title(&format!("  {}  ", title)));
    }
}

#[test]
fn outcomes_and_forms_are_of_track_events() {
    let mut reader = Reader::new(&taxonomy());
    for (name, mark, form, themes) in [
        ("Won", Mark::Positive, FormStep::None, 1),
        ("Lost", Mark::Negative, FormStep::None, 0),
        ("Called", Mark::Contact, FormStep::None, 0),
        ("Form Submitted", Mark::None, FormStep::Submitted, 0),
        ("Lead Form Viewed", Mark::None, FormStep::Started, 0),
    ] {
        let texts = std::iter::repeat_n(None, 10).collect();
        let mut owned = Owned { kind: EventType::Track, at_ms: 7, offline: false, texts };
        owned.texts[1] = Some(name.to_owned());
        let touchpoint = reader.read(&owned.event());
        assert_eq!(
            (touchpoint.mark, touchpoint.form, touchpoint.themes, touchpoint.at_ms),
            (mark, form, themes, 7),
            "{name}"
        );
    }
}
