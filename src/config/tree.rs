//! What was said, before anybody asks what it means: TOML values that remember where they stand.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::report::{Mistakes, Origin};

/// A value and where it was said.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub value: Value,
    pub origin: Origin,
    /// The text as it was given outside of TOML (environment, `--set`): what is meant where a string is wanted.
    pub raw: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Float(f64),
    Flag(bool),
    /// Nothing that a key of ours could hold; the word names it.
    Other(&'static str),
    List(Vec<Node>),
    Table(Table),
}

/// Keys in the order in which they were written.
pub(super) type Table = Vec<(String, Node)>;

/// Reads a TOML document. What is no TOML becomes mistakes; the rest of the document is still read.
pub(super) fn parse_document(text: &str, mistakes: &Mistakes) -> Table {
    let lines = Lines::of(text);
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let line = error.span().map_or(1, |span| lines.line(span.start));
        mistakes.add("", &Origin::Line(line), format!("this is not TOML: {}", error.message()));
    }
    table(document.get_ref(), &|offset| Origin::Line(lines.line(offset)))
}

/// Reads a value from outside of a file: as TOML, else as the text that it is.
pub(super) fn parse_value(text: &str, origin: Origin) -> Node {
    let mut node = match DeValue::parse(text.trim()) {
        Ok(value) => node(&value, value.span().start, &|_| origin.clone()),
        Err(_) => Node { value: Value::Text(text.to_owned()), origin, raw: None },
    };
    node.raw = Some(text.to_owned());
    node
}

/// Parts of a dotted key, each bare or quoted as in TOML. `None` where it is no key.
pub(super) fn parse_key(key: &str) -> Option<Vec<String>> {
    if key.contains('\n') {
        return None;
    }
    let line = format!("{key} = 0");
    let document = DeTable::parse(&line).ok()?;
    let mut parts = Vec::new();
    let mut table = document.get_ref();
    loop {
        let mut entries = table.iter();
        let (Some((part, value)), None) = (entries.next(), entries.next()) else { return None };
        parts.push(part.get_ref().to_string());
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            // The zero that was put there, not one out of a longer text.
            DeValue::Integer(_) if value.span().end == line.len() => return Some(parts),
            _ => return None,
        }
    }
}

type Place<'a> = &'a dyn Fn(usize) -> Origin;

fn table(source: &DeTable<'_>, place: Place<'_>) -> Table {
    let mut entries: Vec<_> = source.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries.into_iter().map(|(key, value)| (key.get_ref().to_string(), node(value, key.span().start, place))).collect()
}

fn node(source: &Spanned<DeValue<'_>>, offset: usize, place: Place<'_>) -> Node {
    let value = match source.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::Other("a number that is too large"), Value::Integer),
        DeValue::Float(number) => number.as_str().parse().map_or(Value::Other("a number out of range"), Value::Float),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(_) => Value::Other("a date or time"),
        DeValue::Array(items) => Value::List(items.iter().map(|i| node(i, i.span().start, place)).collect()),
        DeValue::Table(inner) => Value::Table(table(inner, place)),
    };
    Node { value, origin: place(offset), raw: None }
}

impl Value {
    /// For people, in a sentence: `not the string "many"`.
    pub fn describe(&self) -> String {
        match self {
            Value::Text(text) => format!("the string {text:?}"),
            Value::Integer(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            Value::Flag(flag) => flag.to_string(),
            Value::Other(word) => (*word).to_owned(),
            Value::List(_) => "a list".to_owned(),
            Value::Table(_) => "a table".to_owned(),
        }
    }
}

/// Turns byte offsets into line numbers.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(offset, _)| offset).collect())
    }

    fn line(&self, offset: usize) -> usize {
        1 + self.0.partition_point(|newline| *newline < offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_bare_or_quoted() {
        let parts = |key| parse_key(key).map(|parts| parts.join("|"));
        assert_eq!(parts("scoring.reasons").as_deref(), Some("scoring|reasons"));
        assert_eq!(parts(r#"kafka."bootstrap.servers""#).as_deref(), Some("kafka|bootstrap.servers"));
        assert_eq!(parts("kafka.bootstrap.servers").as_deref(), Some("kafka|bootstrap|servers"));
        assert_eq!(parts(r#"a."b=c#d""#).as_deref(), Some("a|b=c#d"));
        for wrong in ["", ".", "a.", "a b", "a = 1\nb", "a\nb", "a #", "\"a\"=1\nb", "[a]\nb", "'a' = 2 #"] {
            assert_eq!(parts(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn values_are_toml_or_text() {
        let value = |text| parse_value(text, Origin::Nowhere).value.describe();
        assert_eq!(value("3"), "3");
        assert_eq!(value("true"), "true");
        assert_eq!(value("[1]"), "a list");
        assert_eq!(value("\"3\""), "the string \"3\"");
        assert_eq!(value("127.0.0.1:9092"), "the string \"127.0.0.1:9092\"");
        assert_eq!(value(""), "the string \"\"");
        assert_eq!(value("99999999999999999999"), "a number that is too large");
    }
}
