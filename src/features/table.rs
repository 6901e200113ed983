//! Building the table of features: each is named once and given its slot.

use super::layout::{Layout, Slots, Tiers, UNCOUNTED, WINDOWS};
use super::{Feature, Group, Kind, MISSING, Sentence};
use crate::lead::facts::Dimension;

/// Ending of the name, and words, of each window.
const WINDOW: [(&str, &str); WINDOWS] = [
    ("1h", "in the last hour"),
    ("1d", "in the last 24 hours"),
    ("7d", "in 7 days"),
    ("30d", "in 30 days"),
    ("ever", "so far"),
];

pub struct Table {
    pub features: Vec<Feature>,
    pub layout: Layout,
}

impl Table {
    pub fn new() -> Self {
        let layout = Layout {
            counts: Box::new([UNCOUNTED; 128]),
            high: UNCOUNTED,
            carry: Vec::new(),
            themes: 0,
            high_themes: 0,
            since_theme: Vec::new(),
            path: Vec::new(),
            defaults: Vec::new(),
            slots: Slots::default(),
            traits: Vec::new(),
        };
        Self { features: Vec::new(), layout }
    }

    /// Appends a feature; a name that is taken gets `_2`, `_3`, … behind.
    pub fn add(&mut self, mut feature: Feature) -> u16 {
        let taken = |name: &str| self.features.iter().any(|f| f.name == name);
        let mut name = feature.name.clone();
        let mut n = 1u32;
        while taken(&name) {
            n += 1;
            name = format!("{}_{n}", feature.name);
        }
        feature.name = name;
        self.features.push(feature);
        (self.features.len() - 1) as u16
    }

    /// Counts in the windows from `first` on; `rest` stands between noun and window.
    pub fn counts(&mut self, group: Group, first: usize, stem: &str, noun: Noun, rest: &str) -> Tiers {
        let start = self.features.len() as u16;
        for (suffix, when) in &WINDOW[first..] {
            let gap = if rest.is_empty() { "" } else { " " };
            let said = Sentence::count(noun.one, noun.many, &format!("{rest}{gap}{when}"));
            let slot = self.add(number(&format!("{stem}_count_{suffix}"), group, noun.unit, said));
            if slot > start {
                self.layout.carry.push(slot);
            }
        }
        std::array::from_fn(|tier| start + tier.saturating_sub(first) as u16)
    }

    /// [`Table::counts`] of what facts count as `dimension`.
    pub fn dimension(&mut self, dimension: Dimension, group: Group, first: usize, stem: &str, noun: Noun, rest: &str) {
        self.layout.counts[usize::from(dimension.0)] = self.counts(group, first, stem, noun, rest);
    }
}

/// What is counted, in words.
#[derive(Clone, Copy)]
pub struct Noun {
    pub one: &'static str,
    pub many: &'static str,
    pub unit: &'static str,
}

impl Noun {
    pub const fn new(one: &'static str, many: &'static str) -> Self {
        Self { one, many, unit: many }
    }
}

/// A number that is always known. Version 1, as of all constructors here: `Feature { version: 2, ..number(…) }` is the next meaning.
pub fn number(name: &str, group: Group, unit: &'static str, sentence: Sentence) -> Feature {
    let (name, kind) = (name.to_string(), Kind::Number);
    Feature { name, version: 1, group, kind, unit, can_miss: false, default: 0.0, sentence }
}

/// A number that can be missing.
pub fn maybe(name: &str, group: Group, unit: &'static str, sentence: Sentence) -> Feature {
    Feature { can_miss: true, default: MISSING, ..number(name, group, unit, sentence) }
}

/// A code that can be missing.
pub fn category(name: &str, group: Group, sentence: Sentence) -> Feature {
    Feature { kind: Kind::Category, ..maybe(name, group, "code", sentence) }
}

pub fn flag(name: &str, group: Group, sentence: Sentence) -> Feature {
    Feature { kind: Kind::Flag, ..number(name, group, "flag", sentence) }
}

/// A configured name as part of a column's: lower case, `_` for whatever is neither letter nor digit.
pub fn snake(name: &str) -> String {
    name.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect()
}
