//! What is asked of a bundle before it is believed.

use std::collections::HashMap;

use super::{FeatureRefusal, NeededFeature, Refused};

/// No number of a bundle may be larger. With it no row can make a margin or its points infinite.
pub const LARGEST: f64 = 1e9;

/// Refusals of one model.
pub struct Checker<'a> {
    pub version: &'a str,
}

impl Checker<'_> {
    pub fn refusal(&self, what: &str, value: f64) -> Refused {
        Refused::Number { version: self.version.to_owned(), what: what.to_owned(), value }
    }

    pub fn number(&self, what: &str, value: f64, allowed: impl Fn(f64) -> bool) -> Result<(), Refused> {
        let good = value.abs() <= LARGEST && allowed(value);
        if good { Ok(()) } else { Err(self.refusal(what, value)) }
    }

    /// All that is needed is there, and means the same.
    pub fn features(&self, needed: &[NeededFeature], computed: &[(&str, u32)]) -> Result<(), Refused> {
        let computed: HashMap<&str, u32> = computed.iter().rev().copied().collect();
        let refusal = |needed: &NeededFeature| {
            let has = computed.get(needed.name.as_str()).copied();
            let refusal = FeatureRefusal { name: needed.name.clone(), needs: needed.version, has };
            (has != Some(needed.version)).then_some(refusal)
        };
        let refused: Vec<_> = needed.iter().filter_map(refusal).collect();
        if refused.is_empty() {
            return Ok(());
        }
        Err(Refused::Features { version: self.version.to_owned(), features: refused })
    }

    /// Every theme has the code under which it was learned.
    pub fn themes(&self, learned: &[String], configured: &[&str]) -> Result<(), Refused> {
        let moved = |(place, needs): (usize, &String)| {
            let has = configured.get(place).copied();
            (has != Some(needs)).then(|| Refused::Theme {
                version: self.version.to_owned(),
                code: place + 1,
                needs: needs.clone(),
                has: has.map_or("none".to_owned(), |has| format!("{has:?}")),
            })
        };
        learned.iter().enumerate().find_map(moved).map_or(Ok(()), Err)
    }
}
