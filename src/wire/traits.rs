//! Values at the configured places of `traits`.

use super::event::Scalar;
use super::json::View;
use crate::config::Trait;

/// A JSON pointer (RFC 6901), cut into its keys once.
#[derive(Debug)]
pub(super) struct Pointer(Vec<Box<str>>);

impl Pointer {
    /// A text that is no JSON pointer (the configuration refuses it before) is read as one with its slash missing.
    pub fn new(pointer: &str) -> Self {
        if pointer.is_empty() {
            return Self(Vec::new());
        }
        let keys = pointer.strip_prefix('/').unwrap_or(pointer).split('/');
        Self(keys.map(|key| key.replace("~1", "/").replace("~0", "~").into()).collect())
    }

    /// The value there, whatever it is.
    pub fn find<'a>(&self, root: View<'a>) -> Option<View<'a>> {
        self.0.iter().try_fold(root, |value, key| if value.is_array() { element(value, key) } else { value.get(key) })
    }
}

fn element<'a>(array: View<'a>, key: &str) -> Option<View<'a>> {
    let is_index = key == "0" || (key.bytes().all(|b| b.is_ascii_digit()) && !key.starts_with('0'));
    array.elements().nth(key.parse().ok().filter(|_| is_index)?)
}

/// The configured traits: for each its pointers, in the order in which they are tried.
pub(super) struct TraitPaths(Vec<Vec<Pointer>>);

impl TraitPaths {
    pub fn new(traits: &[Trait]) -> Self {
        Self(traits.iter().map(|t| t.path.iter().map(|p| Pointer::new(p)).collect()).collect())
    }

    /// Appends (index of the trait, value) for each trait that is found in `places`.
    ///
    /// The first pointer that holds something wins; each is tried in all places, in their order. Null and blank text are
    /// something only where nothing better is found: then the trait is said to be null. Objects and arrays are no values.
    pub fn read<'a>(&self, places: [Option<View<'a>>; 2], found: &mut Vec<(u16, Scalar<'a>)>) {
        if places.iter().all(Option::is_none) {
            return;
        }
        for (index, pointers) in self.0.iter().enumerate() {
            let Ok(index) = u16::try_from(index) else { return };
            let mut values = pointers
                .iter()
                .flat_map(|pointer| places.iter().flatten().filter_map(|place| pointer.find(*place)))
                .filter_map(scalar);
            let mut said = None;
            for value in &mut values {
                said = Some(value);
                if value != Scalar::Null {
                    break;
                }
            }
            if let Some(value) = said {
                found.push((index, value));
            }
        }
    }
}

fn scalar(value: View<'_>) -> Option<Scalar<'_>> {
    if let Some(text) = value.text() {
        return Some(if text.trim().is_empty() { Scalar::Null } else { Scalar::Text(text) });
    }
    if let Some(number) = value.number() {
        return Some(Scalar::Number(number.to_f64()));
    }
    value.flag().map(Scalar::Flag).or_else(|| value.is_null().then_some(Scalar::Null))
}
