//! Building the table of features: each is named once and given its slot.

use super::layout::{Family, Layout, WINDOWS};
use super::{Feature, Group, Kind, MISSING, Sentence};

/// Ending of the name, and words, of each window.
const WINDOW: [(&str, &str); WINDOWS.len()] = [
    ("1h", "in the last hour"),
    ("1d", "in the last 24 hours"),
    ("7d", "in 7 days"),
    ("30d", "in 30 days"),
    ("ever", "so far"),
];

#[derive(Default)]
pub struct Table {
    pub features: Vec<Feature>,
    pub layout: Layout,
}

impl Table {
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

    /// Counts in the windows from `FIRST` on; `rest` stands between noun and window.
    pub fn counts<const FIRST: usize>(&mut self, group: Group, stem: &str, noun: Noun, rest: &str) -> Family<FIRST> {
        let start = self.features.len() as u16;
        for (suffix, when) in &WINDOW[FIRST..] {
            let gap = if rest.is_empty() { "" } else { " " };
            let said = Sentence::count(noun.one, noun.many, &format!("{rest}{gap}{when}"));
            self.add(number(&format!("{stem}_count_{suffix}"), group, noun.unit, said));
        }
        Family { start }
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
