//! The byte form of a few leads is what it was: bytes that were stored stay readable, and a change of the form needs a new version.

use crate::lead_support::{Happened, Sent, bytes, decoded, fold};
use needle::lead::codec::VERSIONS;
use needle::lead::facts::{DAY_MS, Facts};
use needle::touchpoint::{Channel, FormStep, Mark, Touchpoint};
use needle::wire::event::EventType;

/// What is written, and what older sums were like in version 1.
const GOLDEN: &str = include_str!("../golden/lead_facts_2.txt");
const GOLDEN_1: &str = include_str!("../golden/lead_facts.txt");
const START_MS: i64 = 1_763_716_443_120;

/// A page view, the n-th.
fn page(n: u64) -> Happened {
    let touchpoint = Touchpoint {
        at_ms: START_MS + n as i64 * 60_000,
        id: 0x0123_4567_89ab_cdef ^ n,
        kind: EventType::Page,
        channel: Channel::Direct,
        form: FormStep::None,
        mark: Mark::None,
        themes: n % 4,
    };
    Happened { touchpoint, known: false, completeness: None, traits: vec![] }
}

/// Every field, every event type, form step and mark, themes at both ends, each kind of trait.
fn everything() -> Vec<Happened> {
    let mut events: Vec<_> = (1..=6).map(page).collect();
    for (event, kind) in events.iter_mut().zip(EventType::ALL) {
        event.touchpoint.kind = kind;
    }
    events[0].known = true;
    events[0].touchpoint.form = FormStep::Started;
    events[1].touchpoint.form = FormStep::Submitted;
    events[1].completeness = Some(0.875);
    events[4].completeness = Some(0.25);
    events[1].touchpoint.themes = 1 << 63 | 1;
    events[2].touchpoint.mark = Mark::Contact;
    events[3].touchpoint.mark = Mark::Positive;
    events[4].touchpoint.mark = Mark::Negative;
    events[5].touchpoint.channel = Channel::Offline;
    events[2].traits = vec![(0, Sent::Number(250.5)), (2, Sent::Flag(true))];
    events[3].traits = vec![(1, Sent::Null), (3, Sent::Text("Head of Größe".into()))];
    events
}

/// 75 of them, nine days and more apart: eleven have left the timeline, some for days that still count.
fn long() -> Vec<Happened> {
    let mut events: Vec<_> = (0..75).map(page).collect();
    for event in &mut events[..4] {
        event.touchpoint.at_ms -= 40 * DAY_MS;
    }
    for event in &mut events[4..8] {
        event.touchpoint.at_ms -= 9 * DAY_MS;
    }
    events
}

fn cases() -> [(&'static str, Facts); 4] {
    [
        ("nothing", Facts::default()),
        ("one page", fold(&[page(0)])),
        ("everything", fold(&everything())),
        ("a long history", fold(&long())),
    ]
}

#[test]
fn golden_bytes() {
    let hex = |facts: &Facts| bytes(facts).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let written: String = cases().iter().map(|(name, facts)| format!("{name}: {}\n", hex(facts))).collect();
    assert_eq!(VERSIONS, [1, 2], "what was written must stay readable: keep its file and its decoder, and add another");
    assert_eq!(written, GOLDEN);
}

#[test]
fn stored_bytes_are_read() {
    for (golden, of_long_history) in [(GOLDEN_1, 1), (GOLDEN, 2)] {
        assert_eq!(golden.lines().count(), cases().len());
        for (line, (name, facts)) in golden.lines().zip(cases()) {
            let hex = line.strip_prefix(name).and_then(|line| line.strip_prefix(": ")).expect("a line of its name");
            let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex digits");
            let stored: Vec<_> = (0..hex.len()).step_by(2).map(byte).collect();
            assert_eq!(stored[0], if name == "a long history" { of_long_history } else { 1 });
            assert_eq!(decoded(&stored), facts, "{name}");
        }
    }
}
