//! Leads as plain sets of events, and the facts that such a set means, counted the slow way. Each test uses its part.
#![allow(dead_code)]

use std::collections::BTreeMap;

use needle::config::TraitKind;
use needle::lead::facts::{
    DAY_MS, DAYS, Dimension, FIRSTS, Facts, FormFacts, Older, Outcomes, TIMELINE, TraitFact, TraitValue,
};
use needle::lead::fold::{Folded, Said};
use needle::touchpoint::{Channel, FormStep, Mark, Touchpoint};
use needle::wire::event::{EventType, Scalar};
use proptest::prelude::*;
use proptest::sample::select;

/// The configured traits of these leads.
pub const KINDS: [TraitKind; 4] = [TraitKind::Number, TraitKind::Category, TraitKind::Flag, TraitKind::Title];
/// The end of what an instant may be.
pub const END_MS: i64 = 1 << 48;

/// One event as the fold sees it.
#[derive(Clone, Debug)]
pub struct Happened {
    pub touchpoint: Touchpoint,
    pub known: bool,
    pub completeness: Option<f64>,
    /// At most one value for a trait.
    pub traits: Vec<(u16, Sent)>,
}

#[derive(Clone, Debug)]
pub enum Sent {
    Null,
    Flag(bool),
    Number(f64),
    Text(String),
}

impl Sent {
    pub fn scalar(&self) -> Scalar<'_> {
        match self {
            Self::Null => Scalar::Null,
            Self::Flag(flag) => Scalar::Flag(*flag),
            Self::Number(number) => Scalar::Number(*number),
            Self::Text(text) => Scalar::Text(text),
        }
    }
}

pub fn at(mut event: Happened, at_ms: i64) -> Happened {
    event.touchpoint.at_ms = at_ms;
    event
}

pub fn fold_one(facts: &mut Facts, event: &Happened) -> Folded {
    let traits: Vec<_> = event.traits.iter().map(|(index, sent)| (*index, sent.scalar())).collect();
    let said = Said { known: event.known, form_completeness: event.completeness, traits: &traits };
    facts.fold(event.touchpoint, said, &KINDS)
}

pub fn fold<'a>(events: impl IntoIterator<Item = &'a Happened>) -> Facts {
    let mut facts = Facts::default();
    for event in events {
        fold_one(&mut facts, event);
    }
    facts
}

pub fn bytes(facts: &Facts) -> Vec<u8> {
    let mut bytes = Vec::new();
    facts.encode(&mut bytes);
    bytes
}

/// As [`bytes`], with older sums as version 1 wrote them.
pub fn bytes_1(facts: &Facts) -> Vec<u8> {
    let Older { dimensions, totals, days, by_day, .. } = &facts.older;
    if dimensions.is_empty() {
        return bytes(facts);
    }
    // The sums come last: written with one total alone, their length is known.
    let firsts = facts.older.firsts.clone();
    let one = Older { firsts, dimensions: vec![Dimension::ALL], totals: vec![1], ..Older::default() };
    let mut out = bytes(&Facts { older: one, ..facts.clone() });
    out.truncate(out.len() - [1, 0, 1, 0, Dimension::ALL.0, 1].len());
    out[0] = 1;
    put_varint(totals.len() as u64, &mut out);
    for (dimension, total) in dimensions.iter().zip(totals) {
        out.push(dimension.0);
        put_varint(u64::from(*total), &mut out);
    }
    let today = facts.newest_ms() / DAY_MS;
    let cells = days.iter().flat_map(|day| dimensions.iter().map(move |dimension| (*day, dimension)));
    let cells: Vec<_> = cells.zip(by_day).filter(|(_, count)| **count > 0).collect();
    put_varint(cells.len() as u64, &mut out);
    for ((day, dimension), count) in cells {
        out.extend_from_slice(&[(today - i64::from(day)) as u8, dimension.0]);
        put_varint(u64::from(*count), &mut out);
    }
    out
}

fn put_varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub fn decoded(bytes: &[u8]) -> Facts {
    let mut facts = Facts::default();
    facts.decode(bytes).expect("bytes of facts");
    facts
}

/// Ids that facts still know: of the timeline and of the first touchpoints.
pub fn kept_ids(facts: &Facts) -> Vec<u64> {
    facts.timeline.iter().chain(&facts.older.firsts).map(|t| t.id).collect()
}

/// The facts that a set of events means. Ids are unique.
pub fn recount(events: &[Happened]) -> Facts {
    let mut touchpoints: Vec<_> = events.iter().map(|event| event.touchpoint).collect();
    touchpoints.sort_by_key(|t| (t.at_ms, t.id));
    let (left, timeline) = touchpoints.split_at(touchpoints.len().saturating_sub(TIMELINE));
    let mut facts = Facts { timeline: timeline.to_vec(), ..Facts::default() };
    facts.known = events.iter().any(|event| event.known);
    facts.older = older(left, touchpoints.last().map_or(0, |t| t.at_ms));
    facts.traits = last_traits(events);
    facts.outcomes = first_outcomes(&touchpoints);
    facts.form = form(events);
    facts
}

/// The sums over touchpoints that have left the timeline, in order, counted the slow way.
pub fn older(left: &[Touchpoint], newest_ms: i64) -> Older {
    let first_day = newest_ms / DAY_MS - DAYS + 1;
    let (mut totals, mut counts) = (BTreeMap::new(), BTreeMap::new());
    for t in left {
        for dimension in dimensions(t) {
            *totals.entry(dimension).or_insert(0) += 1;
            if t.at_ms / DAY_MS >= first_day {
                *counts.entry(((t.at_ms / DAY_MS) as i32, dimension)).or_insert(0) += 1;
            }
        }
    }
    let mut days: Vec<i32> = counts.keys().map(|(day, _)| *day).collect();
    days.dedup();
    let cells = days.iter().flat_map(|day| totals.keys().map(|dimension| (*day, *dimension)));
    Older {
        firsts: left.iter().take(FIRSTS).copied().collect(),
        by_day: cells.map(|cell| counts.get(&cell).copied().unwrap_or(0)).collect(),
        days,
        dimensions: totals.keys().copied().collect(),
        totals: totals.into_values().collect(),
    }
}

fn dimensions(t: &Touchpoint) -> Vec<Dimension> {
    let mut all = vec![Dimension(0), Dimension(1 + t.kind as u8), Dimension(32 + t.channel as u8)];
    match t.form {
        FormStep::None => {}
        FormStep::Started => all.push(Dimension(10)),
        FormStep::Submitted => all.push(Dimension(11)),
    }
    all.extend((0..64).filter(|theme| t.themes >> theme & 1 == 1).map(|theme| Dimension(64 + theme)));
    all
}

fn last_traits(events: &[Happened]) -> Vec<TraitFact> {
    let mut last: BTreeMap<u16, TraitFact> = BTreeMap::new();
    for event in events {
        let Touchpoint { at_ms, id, .. } = event.touchpoint;
        for (index, sent) in &event.traits {
            let Some(kind) = KINDS.get(usize::from(*index)) else { continue };
            let Some(value) = TraitValue::read(*kind, sent.scalar()) else { continue };
            if last.get(index).is_none_or(|before| (before.at_ms, before.id) < (at_ms, id)) {
                last.insert(*index, TraitFact { index: *index, at_ms, id, value });
            }
        }
    }
    last.into_values().collect()
}

fn first_outcomes(touchpoints: &[Touchpoint]) -> Outcomes {
    let first = |mark| touchpoints.iter().filter(|t| t.mark == mark).map(|t| t.at_ms).min();
    Outcomes {
        positive_ms: first(Mark::Positive),
        negative_ms: first(Mark::Negative),
        contact_ms: first(Mark::Contact),
    }
}

fn form(events: &[Happened]) -> FormFacts {
    let share = |event: &Happened| event.completeness.map(|share| (share * 1000.0).round() as u16);
    let seen = |event: &Happened| share(event).map(|share| (event.touchpoint.at_ms, event.touchpoint.id, share));
    FormFacts { best: events.iter().filter_map(share).max(), last: events.iter().filter_map(seen).max() }
}

/// Events of one lead, ids unique and in no order that means anything; instants come in clusters and are often equal.
pub fn events(count: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = Vec<Happened>> {
    // Within minutes everything lies on one day, within months days are left behind.
    let span_ms = select(vec![1, 5_000, DAY_MS, 40 * DAY_MS, 200 * DAY_MS]);
    let start_ms = select(vec![0, 1_700_000_000_000, END_MS - 201 * DAY_MS]);
    let themes = select(vec![0, 0b11, u64::MAX]);
    (span_ms, start_ms, themes, any::<u64>(), proptest::collection::vec(event(), count)).prop_map(
        |(span_ms, start_ms, themes, salt, mut events)| {
            for (number, event) in events.iter_mut().enumerate() {
                let t = &mut event.touchpoint;
                t.at_ms = start_ms + (t.at_ms as i128 * i128::from(span_ms) / i128::from(END_MS)) as i64;
                t.id = (number as u64 ^ salt).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                t.themes &= themes;
            }
            events
        },
    )
}

/// One event; its instant is a share of 2^48, its id 0.
pub fn event() -> impl Strategy<Value = Happened> {
    let at_ms = prop_oneof![(0..8i64).prop_map(|eighth| eighth * (END_MS / 8)), Just(END_MS - 1), 0..END_MS];
    let themes = prop_oneof![Just(0), (0..64u32).prop_map(|theme| 1 << theme), any::<u64>(), 0..4u64];
    let form = prop_oneof![4 => Just(FormStep::None), 1 => select(FormStep::ALL.to_vec())];
    let mark = prop_oneof![9 => Just(Mark::None), 1 => select(Mark::ALL.to_vec())];
    let channel = prop_oneof![Just(Channel::Direct), select(Channel::ALL.to_vec())];
    let touchpoint = (at_ms, select(EventType::ALL.to_vec()), channel, form, mark, themes).prop_map(
        |(at_ms, kind, channel, form, mark, themes)| Touchpoint { at_ms, id: 0, kind, channel, form, mark, themes },
    );
    let completeness = prop_oneof![4 => Just(None), 1 => (0..=100u32).prop_map(|n| Some(f64::from(n) / 100.0))];
    (touchpoint, proptest::bool::weighted(0.05), completeness, traits())
        .prop_map(|(touchpoint, known, completeness, traits)| Happened { touchpoint, known, completeness, traits })
}

/// Values for some of the traits, and now and then for one that is not configured.
fn traits() -> impl Strategy<Value = Vec<(u16, Sent)>> {
    let some = proptest::collection::btree_map(0..5u16, sent(), 1..3).prop_map(|traits| traits.into_iter().collect());
    prop_oneof![5 => Just(Vec::new()), 1 => some]
}

pub fn sent() -> impl Strategy<Value = Sent> {
    prop_oneof![
        Just(Sent::Null),
        any::<bool>().prop_map(Sent::Flag),
        prop_oneof![Just(-0.0), Just(0.0), Just(200.0), any::<f64>()].prop_map(Sent::Number),
        "[ \\PC]{0,3}".prop_map(Sent::Text),
        select(vec!["yes", "OFF", " 12 ", "1e400", "head of sales"]).prop_map(|text| Sent::Text(text.into())),
        // At the length where a text is cut, white space and wide characters around the cut.
        "[a-z]{60,62}[ é€]{1,4}[a-z ]{0,4}".prop_map(Sent::Text),
    ]
}

/// These in another order.
pub fn shuffled(events: Vec<Happened>) -> impl Strategy<Value = (Vec<Happened>, Vec<Happened>)> {
    let arrived = Just(events.clone()).prop_shuffle();
    (Just(events), arrived)
}
