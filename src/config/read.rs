//! Takes typed values out of what was said. A value that will not do becomes a mistake, and its default goes on.

use std::ops::RangeInclusive;

use super::report::{Mistakes, Origin};
use super::tree::{Node, Table, Value};

/// One table of the configuration, there or not.
pub(super) struct Section<'a> {
    /// Dotted, as in `scoring` or `themes[2]`.
    path: String,
    origin: &'a Origin,
    entries: &'a [(String, Node)],
    mistakes: &'a Mistakes,
}

impl<'a> Section<'a> {
    /// The whole configuration.
    pub fn root(table: &'a Table, mistakes: &'a Mistakes) -> Self {
        Self { path: String::new(), origin: &Origin::Nowhere, entries: table, mistakes }
    }

    /// The table under `key`; an empty one where there is none.
    pub fn section(&self, key: &str) -> Section<'a> {
        let path = self.dotted(key);
        let (origin, entries) = match self.get(key) {
            None => (&Origin::Nowhere, &[][..]),
            Some(Node { value: Value::Table(table), origin, .. }) => (origin, table.as_slice()),
            Some(Node { value, origin, .. }) => {
                self.refuse(key, format!("must be a table, not {}: write [{path}] above its keys", value.describe()));
                (origin, &[][..])
            }
        };
        Section { path, origin, entries, mistakes: self.mistakes }
    }

    /// The tables of a `[[list]]`; `None` where the key is absent.
    pub fn tables(&self, key: &str) -> Option<Vec<Section<'a>>> {
        let path = self.dotted(key);
        let node = self.get(key)?;
        let Value::List(items) = &node.value else {
            let what = format!("must be a list of tables, not {}: write [[{path}]] above each", node.value.describe());
            self.refuse(key, what);
            return Some(Vec::new());
        };
        let mut sections = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let path = format!("{path}[{index}]");
            match &item.value {
                Value::Table(table) => {
                    sections.push(Section { path, origin: &item.origin, entries: table, mistakes: self.mistakes });
                }
                other => self.mistakes.add(path, &item.origin, format!("must be a table, not {}", other.describe())),
            }
        }
        Some(sections)
    }

    /// Keys and whole numbers of a table whose keys are the operator's, in their order; `None` where it is absent or wrong.
    pub fn numbers_by_name(&self, key: &str, range: RangeInclusive<u64>) -> Option<Vec<(String, u64)>> {
        let node = self.get(key)?;
        let Value::Table(entries) = &node.value else {
            self.refuse(key, format!("must be a table, not {}", node.value.describe()));
            return None;
        };
        let mut numbers = Vec::with_capacity(entries.len());
        for (name, node) in entries {
            match whole(node, &range) {
                Ok(number) => numbers.push((name.clone(), number)),
                Err(what) => self.mistakes.add(format!("{}.{name}", self.dotted(key)), &node.origin, what),
            }
        }
        (numbers.len() == entries.len()).then_some(numbers)
    }

    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Whether `key` is absent or an empty list.
    pub fn lacks(&self, key: &str) -> bool {
        match self.get(key).map(|node| &node.value) {
            None => true,
            Some(Value::List(items)) => items.is_empty(),
            Some(_) => false,
        }
    }

    pub fn text(&self, key: &str, default: &str, check: impl Fn(&str) -> Result<(), String>) -> String {
        self.text_if_said(key, check).unwrap_or_else(|| default.to_owned())
    }

    /// `None` where the key is absent or wrong.
    pub fn text_if_said(&self, key: &str, check: impl Fn(&str) -> Result<(), String>) -> Option<String> {
        self.take(key, |node| {
            let text = string(node)?;
            check(&text).map(|()| text)
        })
    }

    /// A list of strings, each of which passes `check`.
    pub fn texts(&self, key: &str, default: &[&str], check: impl Fn(&str) -> Result<(), String>) -> Vec<String> {
        let Some(node) = self.get(key) else { return default.iter().map(|&text| text.to_owned()).collect() };
        let Value::List(items) = &node.value else {
            self.refuse(key, format!("must be a list of strings, as in [\"…\"], not {}", node.value.describe()));
            return Vec::new();
        };
        let mut texts = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            match string(item).and_then(|text| check(&text).map(|()| text)) {
                Ok(text) => texts.push(text),
                Err(what) => self.mistakes.add(format!("{}[{index}]", self.dotted(key)), &item.origin, what),
            }
        }
        texts
    }

    /// A whole number within `range`.
    pub fn whole<T: TryFrom<u64>>(&self, key: &str, default: T, range: RangeInclusive<u64>) -> T {
        self.take(key, |node| {
            let number = whole(node, &range)?;
            T::try_from(number).map_err(|_| format!("is too large: {number}"))
        })
        .unwrap_or(default)
    }

    pub fn number(&self, key: &str, default: f64, check: impl Fn(f64) -> Result<(), String>) -> f64 {
        self.number_if_said(key, check).unwrap_or(default)
    }

    /// `None` where the key is absent or wrong.
    pub fn number_if_said(&self, key: &str, check: impl Fn(f64) -> Result<(), String>) -> Option<f64> {
        self.take(key, |node| {
            let number = match &node.value {
                Value::Integer(number) => *number as f64,
                Value::Float(number) if number.is_finite() => *number,
                other => return Err(format!("must be a number, not {}", other.describe())),
            };
            check(number).map(|()| number)
        })
    }

    pub fn flag(&self, key: &str, default: bool) -> bool {
        self.take(key, |node| match &node.value {
            Value::Flag(flag) => Ok(*flag),
            other => Err(format!("must be true or false, not {}", other.describe())),
        })
        .unwrap_or(default)
    }

    /// Records a mistake at `key`, or at this table where the key is absent.
    pub fn refuse(&self, key: &str, what: impl Into<String>) {
        let origin = self.get(key).map_or(self.origin, |node| &node.origin);
        self.mistakes.add(self.dotted(key), origin, what);
    }

    /// Records a mistake of this table as a whole.
    pub fn refuse_whole(&self, what: impl Into<String>) {
        self.mistakes.add(self.path.clone(), self.origin, what);
    }

    fn take<T>(&self, key: &str, read: impl FnOnce(&Node) -> Result<T, String>) -> Option<T> {
        read(self.get(key)?).map_err(|what| self.refuse(key, what)).ok()
    }

    fn get(&self, key: &str) -> Option<&'a Node> {
        self.entries.iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    fn dotted(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

/// A string; of a value from outside of TOML its very text, so that `NEEDLE_SERVICE__INSTANCE=0` is the string "0".
fn string(node: &Node) -> Result<String, String> {
    match (&node.value, &node.raw) {
        (Value::Text(text), _) => Ok(text.clone()),
        (Value::Integer(_) | Value::Float(_) | Value::Flag(_) | Value::Other(_), Some(raw)) => Ok(raw.clone()),
        (other, _) => Err(format!("must be a string in quotes, not {}", other.describe())),
    }
}

fn whole(node: &Node, range: &RangeInclusive<u64>) -> Result<u64, String> {
    let wanted = || format!("must be a whole number from {} to {}", range.start(), range.end());
    match &node.value {
        Value::Integer(number) => u64::try_from(*number)
            .ok()
            .filter(|n| range.contains(n))
            .ok_or_else(|| format!("{}, not {number}", wanted())),
        other => Err(format!("{}, not {}", wanted(), other.describe())),
    }
}
