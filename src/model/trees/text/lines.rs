//! Lines of a model file, and the `key=value` of each.

use super::error::{TextError, quoted};

/// A line without its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// From 1.
    pub number: usize,
    /// Where it begins, in bytes from the beginning of the file.
    pub start: usize,
    pub bytes: &'a [u8],
}

/// Lines, one after another; they end as on Unix or as on Windows.
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Of the line read last.
    number: usize,
    /// Whether a line has ended as on Windows. Then places in the file are not those that LightGBM wrote.
    pub from_windows: bool,
}

/// The value of a key, and the line that it stands on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'a> {
    pub key: &'static str,
    pub line: usize,
    pub value: &'a [u8],
}

/// The keys that count among those of a header or a tree, each at most once. Others are passed over, as LightGBM does.
pub(super) struct Fields<'a, const N: usize> {
    /// First line of what has these keys.
    line: usize,
    keys: [&'static str; N],
    found: [Option<Field<'a>>; N],
}

impl<'a> Lines<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, number: 0, from_windows: false }
    }

    /// Number of the line read last, from 1.
    pub fn number(&self) -> usize {
        self.number.max(1)
    }

    /// The next line that is not empty.
    pub fn next_filled(&mut self) -> Option<Line<'a>> {
        self.by_ref().find(|line| !line.bytes.is_empty())
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let start = self.at;
        let rest = self.bytes.get(start..).filter(|rest| !rest.is_empty())?;
        let length = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        self.at = start + length + 1;
        self.number += 1;
        let line = &rest[..length];
        let bytes = line.strip_suffix(b"\r").unwrap_or(line);
        self.from_windows |= bytes.len() < line.len();
        Some(Line { number: self.number, start, bytes })
    }
}

impl<'a> Line<'a> {
    /// What stands before the first `=` and behind it.
    pub fn split(&self) -> Option<(&'a [u8], &'a [u8])> {
        let equals = self.bytes.iter().position(|&byte| byte == b'=')?;
        Some((&self.bytes[..equals], &self.bytes[equals + 1..]))
    }
}

impl<'a, const N: usize> Fields<'a, N> {
    pub fn new(line: usize, keys: [&'static str; N]) -> Self {
        Self { line, keys, found: [None; N] }
    }

    /// Takes one of the keys in.
    pub fn add(&mut self, line: usize, key: &[u8], value: &'a [u8]) -> Result<(), TextError> {
        let Some(place) = self.keys.iter().position(|known| known.as_bytes() == key) else { return Ok(()) };
        let key = self.keys[place];
        match self.found[place].replace(Field { key, line, value }) {
            None => Ok(()),
            Some(first) => Err(TextError::new(line, format!("`{key}` stands on line {} already", first.line))),
        }
    }

    pub fn get(&self, key: &str) -> Option<Field<'a>> {
        self.found.iter().flatten().find(|field| field.key == key).copied()
    }

    pub fn need(&self, key: &str) -> Result<Field<'a>, TextError> {
        self.get(key).ok_or_else(|| TextError::new(self.line, format!("`{key}=` is missing from what begins here")))
    }
}

impl<'a> Field<'a> {
    /// The value as text.
    pub fn text(&self) -> Result<&'a str, TextError> {
        std::str::from_utf8(self.value).map_err(|_| self.wrong(format!("{} is not UTF-8", quoted(self.value))))
    }

    /// Says what is wrong with the value.
    pub fn wrong(&self, reason: impl std::fmt::Display) -> TextError {
        TextError::new(self.line, format!("`{}`: {reason}", self.key))
    }
}
