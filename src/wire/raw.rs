//! Stretches of a JSON text as it was sent: an event without an id is known by a hash of its bytes.
//!
//! Only texts that have been parsed before come here; all but `trim` are for the rare cases and may allocate.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// The text without a byte order mark and without the white space around it.
pub(super) fn trim(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let is_space = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n');
    let start = bytes.iter().position(|b| !is_space(b)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|b| !is_space(b)).map_or(start, |last| last + 1);
    &bytes[start..end]
}

/// The value of `key`; of repeated keys the last.
pub(super) fn member<'r>(object: &'r [u8], key: &str) -> Option<&'r [u8]> {
    let members: BTreeMap<Cow<'r, str>, &'r RawValue> = serde_json::from_slice(object).ok()?;
    members.get(key).map(|value| value.get().as_bytes())
}

/// The elements of an array.
pub(super) fn elements(array: &[u8]) -> Option<Vec<&[u8]>> {
    let elements: Vec<&RawValue> = serde_json::from_slice(array).ok()?;
    Some(elements.into_iter().map(|value| value.get().as_bytes()).collect())
}

/// Levels of nesting: 0 for a scalar, 1 for `{}`.
pub(super) fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_text, mut escaped) = (0usize, 0, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Where the bytes of one event lie in the record.
pub(super) enum Origin<'o, 'r> {
    Whole(&'r [u8]),
    Item(&'o mut Items<'r>, usize),
    /// The member `data` of the object.
    DataOf(&'r [u8]),
    DataOfItem(&'o mut Items<'r>, usize),
}

impl<'r> Origin<'_, 'r> {
    /// `None` only if the two JSON readers disagreed on what is JSON.
    pub fn bytes(&mut self) -> Option<&'r [u8]> {
        match self {
            Self::Whole(bytes) => Some(bytes),
            Self::Item(items, index) => items.get(*index),
            Self::DataOf(object) => member(object, "data"),
            Self::DataOfItem(items, index) => member(items.get(*index)?, "data"),
        }
    }
}

/// The items of a batch, found when the first of them is asked for.
pub(super) struct Items<'r> {
    text: &'r [u8],
    /// The member that holds the array; `None` where the text itself is the array.
    key: Option<&'static str>,
    found: Option<Vec<&'r [u8]>>,
}

impl<'r> Items<'r> {
    pub fn new(text: &'r [u8], key: Option<&'static str>) -> Self {
        Self { text, key, found: None }
    }

    pub fn get(&mut self, index: usize) -> Option<&'r [u8]> {
        if self.found.is_none() {
            let array = match self.key {
                Some(key) => member(self.text, key)?,
                None => self.text,
            };
            self.found = Some(elements(array)?);
        }
        self.found.as_ref()?.get(index).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_elements_are_the_bytes_as_sent() {
        let text = br#" {"x":1, "\u0062atch" : [ {"a": "]\"" } ,2,[ ] ],"x":{ "y":0}}"#;
        let batch = member(text, "batch").expect("the key is escaped");
        assert_eq!(elements(batch).expect("array"), [br#"{"a": "]\"" }"# as &[u8], b"2", b"[ ]"]);
        assert_eq!(member(text, "x"), Some(br#"{ "y":0}"# as &[u8]), "the last one counts");
        assert_eq!(member(text, "y"), None);
    }

    #[test]
    fn depth_counts_levels_outside_of_text() {
        for (json, expected) in [("1", 0), ("{}", 1), (r#"{"a":"[[[\"{{{{","b":[[1],{}]}"#, 3), ("[[],[[]]]", 3)] {
            assert_eq!(depth(json.as_bytes()), expected, "{json}");
        }
    }

    #[test]
    fn trim_takes_a_byte_order_mark_and_white_space() {
        assert_eq!(trim(b"\xef\xbb\xbf \n{ }\t\r\n"), b"{ }");
        assert_eq!(trim(b" \n"), b"");
    }
}
