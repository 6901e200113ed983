//! A lead with 8 touchpoints takes well under 400 bytes of memory, its key and the index included.

use crate::lead_support::{Happened, Sent, bytes, fold};
use needle::config::{JumpRule, JumpWhen};
use needle::decision::{Decisions, Rules, Verdict};
use needle::lead::leads::{Kept, Leads, Origin};
use needle::model::Explanation;
use needle::touchpoint::{Channel, FormStep, Mark, Touchpoint};
use needle::wire::event::EventType;

const LEADS: u64 = 100_000;
const MINUTE_MS: i64 = 60_000;

/// Eight events over some days: two themes, a form, a title, a number of employees.
fn lead(n: u64) -> Vec<Happened> {
    let mut events: Vec<_> = (0..8_u64)
        .map(|step| {
            let touchpoint = Touchpoint {
                at_ms: 1_763_716_443_120 + n as i64 * 977 + step as i64 * (step as i64) * 90 * MINUTE_MS,
                id: Leads::hash(format!("{n}-{step}").as_bytes()),
                kind: EventType::Page,
                channel: Channel::ALL[(n % 20) as usize],
                form: FormStep::None,
                mark: Mark::None,
                themes: [0, 0b01, 0b10, 0b11][((n + step) % 4) as usize],
            };
            Happened { touchpoint, known: true, completeness: None, traits: vec![] }
        })
        .collect();
    let titles = ["CTO", "Head of Marketing", "Senior Software Engineer", "VP Sales, EMEA"];
    events[3].touchpoint.kind = EventType::Track;
    events[3].touchpoint.form = FormStep::Submitted;
    events[3].completeness = Some(0.75);
    events[4].touchpoint.kind = EventType::Identify;
    events[4].traits = vec![(0, Sent::Number((n % 5_000) as f64)), (3, Sent::Text(titles[(n % 4) as usize].into()))];
    events
}

/// As the service keeps them: a score is said and its shares are known, both rules of the default kind are watching.
fn decisions(n: u64, as_of_ms: i64, rules: &Rules) -> Decisions {
    let (mut decisions, mut verdict) = (Decisions::default(), Verdict::default());
    for step in 0..8 {
        let score = 20 + (n + 7 * step) % 40;
        rules.decide(&mut decisions, score as u8, as_of_ms - (8 - step as i64) * 90 * MINUTE_MS, &mut verdict);
    }
    // As a model of trees explains such a lead: each feature that counts here and there, half of them by a tenth of a point or more.
    let share = |column: usize| (5 * column, ((n as usize + 7 * column) % 40) as f64 / 10.0 - 2.0);
    let contributions = (0..24).map(share).collect();
    decisions.shares.keep(1, 38.5, &Explanation { base: 16.0, contributions });
    decisions
}

#[test]
fn a_lead_with_8_touchpoints() {
    let surge = JumpWhen::Surge { rise: 30.0, within_hours: 24.0, cooldown_hours: 24.0 };
    let rules = [("hot", JumpWhen::Crossing { above: 80.0, rearm: 70.0 }), ("surge", surge)];
    let rules = rules.map(|(name, when)| JumpRule { name: name.into(), when });
    let rules = Rules::new(1.0, &rules).expect("rules");
    let (mut leads, mut kept_bytes) = (Leads::default(), Vec::new());
    for n in 0..LEADS {
        // As long as a UUID, which is what most of them are.
        let id = Leads::hash(&n.to_le_bytes());
        let key = format!(
            "default/{:08x}-{:04x}-4{:03x}-a{:03x}-{n:012x}",
            id >> 32,
            id & 0xffff,
            id >> 20 & 0xfff,
            id >> 40 & 0xfff
        );
        let facts = fold(&lead(n));
        assert_eq!(facts.timeline.len(), 8);
        kept_bytes.clear();
        decisions(n, facts.newest_ms(), &rules).encode(&mut kept_bytes);
        let kept = Kept {
            key: key.as_bytes(),
            facts: &bytes(&facts),
            decisions: &kept_bytes,
            origin: Origin::default(),
            mark: 0,
        };
        assert!(leads.put(Leads::hash(key.as_bytes()), kept).is_ok());
    }
    assert_eq!(leads.len() as u64, LEADS);
    let each = leads.state_bytes() as f64 / LEADS as f64;
    let resident = leads.resident_bytes() as f64 / LEADS as f64;
    println!("{each:.1} bytes a lead, {resident:.1} taken from the system");
    assert!(each < 370.0, "{each:.1} bytes a lead");
    assert!(resident < 390.0, "{resident:.1} bytes a lead taken from the system");
}
