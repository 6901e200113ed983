//! Facts that were folded under another configuration: places of themes and traits are those of that one's lists.
//!
//! By name: what is no longer configured is dropped, what is new has no history. The result is what folding the same events under
//! the new lists would give, as far as the old facts tell. A trait whose kind has changed is read anew from the value that was kept
//! of it, as if that had been sent.

use super::metadata::Lists;
use crate::config::TraitKind;
use crate::lead::facts::{Dimension, Facts, TraitValue};
use crate::wire::event::Scalar;

/// From the places of one configuration to those of another.
pub struct Remap {
    /// By old bit: the new one.
    themes: Vec<Option<u32>>,
    /// By old number: the new one, and the kind where it is another.
    traits: Vec<Option<(u16, Option<TraitKind>)>>,
}

impl Remap {
    /// `None` where places stand for the same.
    pub fn new(from: &Lists, to: &Lists) -> Option<Self> {
        if from == to {
            return None;
        }
        let theme = |name: &String| to.themes.iter().position(|new| new == name).map(|place| place as u32);
        let traits = from.traits.iter().map(|old| {
            let place = to.traits.iter().position(|new| new.name == old.name)?;
            let kind = to.traits[place].kind;
            Some((place as u16, (kind != old.kind).then_some(kind)))
        });
        Some(Self { themes: from.themes.iter().map(theme).collect(), traits: traits.collect() })
    }

    pub fn apply(&self, facts: &mut Facts) {
        for touchpoint in facts.timeline.iter_mut().chain(&mut facts.older.firsts) {
            touchpoint.themes = self.bits(touchpoint.themes);
        }
        facts.older.rename(|dimension| self.dimension(dimension));
        facts.traits.retain_mut(|fact| {
            let Some(Some((place, kind))) = self.traits.get(usize::from(fact.index)) else { return false };
            fact.index = *place;
            match kind.map(|kind| TraitValue::read(kind, sent(&fact.value))) {
                None => true,
                Some(None) => false,
                Some(Some(value)) => {
                    fact.value = value;
                    true
                }
            }
        });
        facts.traits.sort_unstable_by_key(|fact| fact.index);
    }

    fn bits(&self, mut old: u64) -> u64 {
        let mut new = 0;
        while old != 0 {
            let bit = old.trailing_zeros();
            old &= old - 1;
            new |= self.themes.get(bit as usize).copied().flatten().map_or(0, |bit| 1 << bit);
        }
        new
    }

    /// `None` where there is no such dimension any more.
    fn dimension(&self, dimension: Dimension) -> Option<Dimension> {
        match dimension.0.checked_sub(Dimension::theme(0).0) {
            None => Some(dimension),
            Some(bit) => self.themes.get(usize::from(bit)).copied().flatten().map(Dimension::theme),
        }
    }
}

/// A kept value, as an event would send it.
fn sent(value: &TraitValue) -> Scalar<'_> {
    match value {
        TraitValue::Null => Scalar::Null,
        TraitValue::Number(number) => Scalar::Number(*number),
        TraitValue::Flag(flag) => Scalar::Flag(*flag),
        TraitValue::Text(text) => Scalar::Text(text),
    }
}
