//! What a `track` event says about the lead's fate, by the names that the configuration lists.

use hashbrown::HashMap;

use super::Mark;
use crate::config;

/// Names of outcomes and contacts. A name in several lists means the first of positive, negative, contact.
#[derive(Clone, Debug)]
pub(super) struct Outcomes(HashMap<Box<str>, Mark>);

impl Outcomes {
    pub(super) fn new(config: &config::Outcomes) -> Self {
        let lists =
            [(&config.contact, Mark::Contact), (&config.negative, Mark::Negative), (&config.positive, Mark::Positive)];
        let named = |(names, mark): (&'_ Vec<String>, Mark)| -> Vec<(Box<str>, Mark)> {
            names.iter().map(|name| (name.as_str().into(), mark)).collect()
        };
        Self(lists.into_iter().flat_map(named).collect())
    }

    /// Mark of a `track` event of exactly this name.
    pub(super) fn mark(&self, name: &str) -> Mark {
        self.0.get(name).copied().unwrap_or(Mark::None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_names_and_precedence() {
        let names = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
        let outcomes = Outcomes::new(&config::Outcomes {
            positive: names(&["Won", "Both"]),
            negative: names(&["Lost", "Both", "Called"]),
            contact: names(&["Called", "Mailed", "Both"]),
            repeat: false,
        });
        for (name, wanted) in [
            ("Won", Mark::Positive),
            ("Lost", Mark::Negative),
            ("Mailed", Mark::Contact),
            ("Both", Mark::Positive),
            ("Called", Mark::Negative),
            ("won", Mark::None),
            ("", Mark::None),
        ] {
            assert_eq!(outcomes.mark(name), wanted, "{name}");
        }
    }
}
