//! One vector of numbers per lead and instant: what a model sees.
//!
//! The only feature function there is: online scoring, snapshots and training all call [`Schema::extract`], so that their
//! vectors are equal to the bit. It is pure, and every value is finite.
//!
//! - **Windows.** `1h` and `1d` roll: a touchpoint counts while it is younger than that. They are read off the timeline, and
//!   so end at its 64 touchpoints. `7d` and `30d` are days of UTC: the day of the instant and the 6 (29) before it. `ever` is
//!   all that was folded. These three are exact, whatever has left the timeline.
//! - **Timeline only**: gaps, sessions, the last theme and the time since a theme. They speak of the newest 64 touchpoints.
//! - **High intent** counts visits to themes marked so: a touchpoint on two of them counts twice.
//! - **Sessions** end after 30 minutes without a touchpoint, and count in the window of their newest one.
//! - **Momentum** is the count of 7 days less the mean of the three weeks before.
//! - **Missing** is -1. Traits have a flag `…_missing` beside, because a trait's own value may be -1.
//! - **Left out on purpose**: outcomes and contacts by sales. They are what a model is to foretell, or follow from it; a model
//!   that saw them would learn to read the label.
//! - **Categories** are codes of [`Kind::Category`]; their order means nothing.
//!
//! A feature whose meaning changes gets the next `version`, so that a model trained on the old one is refused by name.

use std::collections::HashMap;

use serde::Serialize;

use crate::config::{Config, Theme, Trait};
use layout::Layout;
pub use sentence::Sentence;
pub use timeline_index::TimelineIndex;

mod catalogue;
mod extract;
mod layout;
mod older;
mod sentence;
mod table;
mod timeline_index;
mod trait_codes;

/// What stands for "not known" in a feature that can be missing.
pub const MISSING: f64 = -1.0;

/// One column of the vector.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// Unique; snake_case as far as the names of themes and traits are.
    pub name: String,
    /// Of the meaning: the same name and version give the same value for the same facts and instant.
    pub version: u32,
    pub group: Group,
    pub kind: Kind,
    pub unit: &'static str,
    /// Whether [`MISSING`] says that the value is not known.
    pub can_miss: bool,
    /// The value of a lead of whom nothing is known.
    pub default: f64,
    pub sentence: Sentence,
}

impl Feature {
    /// Whether its codes are places of themes in the configuration, from 1.
    pub fn has_theme_codes(&self) -> bool {
        self.kind == Kind::Category && self.group == Group::Path && self.name.ends_with("_theme")
    }
}

/// How a model may read the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// More is more.
    Number,
    /// 0 or 1.
    Flag,
    /// An integer code whose order means nothing.
    Category,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Flag => "flag",
            Self::Category => "category",
        }
    }
}

/// What a feature speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    Total,
    Recency,
    Rhythm,
    Session,
    Intent,
    Form,
    Type,
    Channel,
    Path,
    Calendar,
    Theme,
    Trait,
}

impl Group {
    pub fn name(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Recency => "recency",
            Self::Rhythm => "rhythm",
            Self::Session => "session",
            Self::Intent => "intent",
            Self::Form => "form",
            Self::Type => "type",
            Self::Channel => "channel",
            Self::Path => "path",
            Self::Calendar => "calendar",
            Self::Theme => "theme",
            Self::Trait => "trait",
        }
    }
}

/// All features of one configuration, in the order of the vector. Immutable: share it.
#[derive(Debug)]
pub struct Schema {
    features: Vec<Feature>,
    index: HashMap<String, usize>,
    layout: Layout,
}

impl Schema {
    pub fn new(config: &Config) -> Self {
        Self::of(&config.themes, &config.traits)
    }

    /// The features of these themes (at most 64, bit n of a touchpoint is theme n) and traits.
    pub fn of(themes: &[Theme], traits: &[Trait]) -> Self {
        let (features, layout) = catalogue::build(themes, traits);
        let index = features.iter().enumerate().map(|(slot, f)| (f.name.clone(), slot)).collect();
        Self { features, index, layout }
    }

    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// Length of a vector.
    pub fn width(&self) -> usize {
        self.features.len()
    }

    /// Place in the vector of the feature of that name.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }

    /// Writes the sentence for people of one feature's value: `3 visits to pricing in 7 days`.
    ///
    /// Appends to `out`. `feature` is below [`Schema::width`]; nothing is written for one that is not.
    pub fn sentence(&self, feature: usize, value: f64, out: &mut String) {
        if let Some(f) = self.features.get(feature) {
            let value = if f.can_miss && value == MISSING { None } else { Some(value) };
            f.sentence.write(value, out);
        }
    }
}
