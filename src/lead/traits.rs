//! Traits of a lead: the newest value of each, last writer wins by (instant, id).

use std::cmp::Ordering;

use super::facts::{TraitFact, TraitValue};
use super::text::ShortText;
use crate::config::TraitKind;
use crate::wire::event::Scalar;

impl TraitValue {
    /// What a value as sent means for a trait of that kind; `None` where it means nothing (a text that is no number).
    ///
    /// | sent | number | flag | category, title |
    /// |---|---|---|---|
    /// | null | null | null | null |
    /// | flag | 0 or 1 | itself | `true`, `false` |
    /// | number | itself | whether it is not 0 | its shortest digits |
    /// | text | the finite number that it spells | true yes y on 1, false no n off 0, in any case | itself, null where blank |
    pub fn read(kind: TraitKind, sent: Scalar<'_>) -> Option<Self> {
        match (kind, sent) {
            (_, Scalar::Null) => Some(Self::Null),
            (TraitKind::Number, Scalar::Number(number)) => finite(number).map(Self::Number),
            (TraitKind::Number, Scalar::Flag(flag)) => Some(Self::Number(f64::from(u8::from(flag)))),
            (TraitKind::Number, Scalar::Text(text)) => text.trim().parse().ok().and_then(finite).map(Self::Number),
            (TraitKind::Flag, Scalar::Flag(flag)) => Some(Self::Flag(flag)),
            (TraitKind::Flag, Scalar::Number(number)) => finite(number).map(|number| Self::Flag(number != 0.0)),
            (TraitKind::Flag, Scalar::Text(text)) => flag(text.trim()).map(Self::Flag),
            (TraitKind::Category | TraitKind::Title, Scalar::Text(text)) => {
                Some(if text.trim().is_empty() { Self::Null } else { Self::Text(ShortText::new(text)) })
            }
            (TraitKind::Category | TraitKind::Title, Scalar::Number(number)) => {
                let mut digits = ryu::Buffer::new();
                let text = digits.format_finite(finite(number)?);
                Some(Self::Text(ShortText::new(text.strip_suffix(".0").unwrap_or(text))))
            }
            (TraitKind::Category | TraitKind::Title, Scalar::Flag(flag)) => {
                Some(Self::Text(ShortText::new(if flag { "true" } else { "false" })))
            }
        }
    }

    /// Any total order will do: it decides between two values that one message id has sent at one instant.
    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Flag(a), Self::Flag(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
            _ => self.tag().cmp(&other.tag()),
        }
    }

    fn tag(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Number(_) => 1,
            Self::Flag(_) => 2,
            Self::Text(_) => 3,
        }
    }
}

/// Takes in one value. Where its own message has said it before, the smaller instant and the larger value stand.
pub fn fold_trait(traits: &mut Vec<TraitFact>, new: TraitFact) {
    let at = match traits.binary_search_by_key(&new.index, |fact| fact.index) {
        Err(at) => return traits.insert(at, new),
        Ok(at) => at,
    };
    let standing = &mut traits[at];
    if standing.id == new.id {
        standing.at_ms = standing.at_ms.min(new.at_ms);
        if new.value.order(&standing.value) == Ordering::Greater {
            standing.value = new.value;
        }
    } else if (new.at_ms, new.id) > (standing.at_ms, standing.id) {
        *standing = new;
    }
}

/// A number that has one form only: no infinity, and no zero below zero, which equals the other one but for its bytes.
fn finite(number: f64) -> Option<f64> {
    number.is_finite().then_some(number + 0.0)
}

fn flag(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(&["true", "yes", "y", "on", "1"]) {
        Some(true)
    } else if is(&["false", "no", "n", "off", "0"]) {
        Some(false)
    } else {
        None
    }
}
