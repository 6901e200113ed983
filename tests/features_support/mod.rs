//! Leads as plain lists, and what their features must be. Each test uses its part.
#![allow(dead_code)]

use std::path::PathBuf;

use needle::config::{Theme, Trait, TraitKind};
use needle::features::Schema;
use needle::lead::facts::{DAY_MS, Facts, FormFacts, TIMELINE, TraitFact};
use needle::touchpoint::{Channel, FormStep, Mark, Touchpoint};
use needle::wire::event::EventType;
use proptest::prelude::*;

pub mod reference;

pub const MINUTE_MS: i64 = 60_000;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;

pub fn theme(name: &str, high_intent: bool) -> Theme {
    Theme { name: name.into(), url: vec![], title: vec![], event: vec![], high_intent }
}

pub fn themes() -> Vec<Theme> {
    vec![theme("pricing", true), theme("demo", true), theme("product", false), theme("careers", false)]
}

pub fn traits() -> Vec<Trait> {
    let of = |name: &str, kind| Trait { name: name.into(), path: vec![format!("/{name}")], kind };
    vec![
        of("employees", TraitKind::Number),
        of("industry", TraitKind::Category),
        of("title", TraitKind::Title),
        of("newsletter", TraitKind::Flag),
    ]
}

pub fn schema() -> Schema {
    Schema::of(&themes(), &traits())
}

/// Everything that ever happened to a lead, touchpoints in order.
#[derive(Clone, Debug, Default)]
pub struct Lead {
    pub known: bool,
    pub touchpoints: Vec<Touchpoint>,
    pub traits: Vec<TraitFact>,
    pub form: FormFacts,
}

impl Lead {
    /// The newest touchpoints.
    pub fn timeline(&self) -> &[Touchpoint] {
        &self.touchpoints[self.touchpoints.len().saturating_sub(TIMELINE)..]
    }

    pub fn newest_ms(&self) -> i64 {
        self.touchpoints.last().map_or(0, |t| t.at_ms)
    }

    /// Facts as their documentation has them, counted the slow way.
    pub fn facts(&self) -> Facts {
        let left = &self.touchpoints[..self.touchpoints.len() - self.timeline().len()];
        let mut facts = Facts {
            known: self.known,
            timeline: self.timeline().to_vec(),
            traits: self.traits.clone(),
            form: self.form,
            ..Facts::default()
        };
        facts.older = crate::lead_support::older(left, self.newest_ms());
        facts
    }
}

pub fn extract(schema: &Schema, facts: &Facts, as_of_ms: i64) -> Vec<f64> {
    let mut row = vec![f64::NAN; schema.width()];
    schema.extract(facts, as_of_ms, &mut row);
    row
}

/// Touchpoints in order, with silences of every length and of just the lengths at which something changes.
pub fn touchpoints(count: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = Vec<Touchpoint>> {
    let step = (silence(), 0..6usize, 0..20usize, 0..6usize, visits());
    // Hasty leads have counts by day that have left the timeline; unhurried ones have outlived them.
    let haste = proptest::sample::select(vec![1, 1, 8, 40, 400]);
    (0..3 * DAY_MS, haste, proptest::collection::vec(step, count)).prop_map(|(start, haste, steps)| {
        let mut at_ms = 1_700_000_000_000 + start;
        let mut touchpoint =
            |(id, (silence, kind, channel, form, themes)): (usize, (i64, usize, usize, usize, u64))| {
                at_ms += silence / haste;
                let form = [FormStep::Started, FormStep::Submitted].get(form).copied().unwrap_or(FormStep::None);
                let (kind, channel) = (EventType::ALL[kind], Channel::ALL[channel]);
                Touchpoint { at_ms, id: id as u64, kind, channel, form, mark: Mark::None, themes }
            };
        steps.into_iter().enumerate().map(&mut touchpoint).collect()
    })
}

pub fn silence() -> impl Strategy<Value = i64> {
    let edges = [0, 1, 30 * MINUTE_MS, 30 * MINUTE_MS + 1, HOUR_MS - 1, HOUR_MS, DAY_MS - 1, DAY_MS];
    prop_oneof![
        2 => proptest::sample::select(edges.to_vec()),
        4 => 0..40 * MINUTE_MS,
        2 => 0..2 * DAY_MS,
        1 => 0..12 * DAY_MS,
    ]
}

/// Bits of the four themes, and of two that are not configured.
fn visits() -> impl Strategy<Value = u64> {
    prop_oneof![2 => Just(0u64), 3 => (0..6u32).prop_map(|bit| 1 << bit), 1 => 0..64u64]
}

pub fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// Whether golden files are to be written anew: `NEEDLE_BLESS=1`.
pub fn bless() -> bool {
    std::env::var_os("NEEDLE_BLESS").is_some()
}
