//! JSON texts as tapes: one flat list of nodes, in document order, written into buffers that are used again and again.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use simd_json::{Buffers, ErrorType, INPUT_PADDING, Node, StaticNode, Tape, fill_tape_padded};

use super::fault::{Fault, Reason};

/// Parses one text at a time; owns what the text's tape borrows from.
/// What it keeps is bounded by the largest text that it has seen: some 30 bytes per byte of it, where that was all brackets.
pub(super) struct Parser {
    /// The text (strings are unescaped in place), then padding that the vector instructions may read.
    bytes: Vec<u8>,
    buffers: Buffers,
    /// Empty between texts: kept for its memory.
    tape: Tape<'static>,
}

impl Parser {
    /// `max_depth`: levels of nesting beyond which a text is refused.
    pub fn new(max_depth: usize) -> Self {
        Self { bytes: Vec::new(), buffers: Buffers::with_max_depth(1024, max_depth), tape: Tape(Vec::new()) }
    }

    /// Hands the value of `json` to `then`. A text that is refused comes back as [`Reason::TooDeep`] or
    /// [`Reason::InvalidJson`].
    pub fn parse<R>(&mut self, json: &[u8], then: impl FnOnce(View<'_>) -> R) -> Result<R, Fault> {
        self.bytes.clear();
        self.bytes.reserve(json.len() + INPUT_PADDING);
        self.bytes.extend_from_slice(json);
        self.bytes.resize(json.len() + INPUT_PADDING, b' ');
        let mut tape = std::mem::replace(&mut self.tape, Tape(Vec::new())).reset();
        let parsed = fill_tape_padded(&mut self.bytes, json.len(), &mut self.buffers, &mut tape);
        let result = match parsed {
            Ok(()) => Ok(then(View(&tape.0))),
            Err(error) => Err(explain(json, &error)),
        };
        self.tape = tape.reset();
        result
    }
}

/// Says in words what is wrong with a text that was refused.
#[cold]
fn explain(json: &[u8], error: &simd_json::Error) -> Fault {
    if *error.error() == ErrorType::DepthLimitExceeded {
        return Fault::new(Reason::TooDeep, format!("nested too deeply at byte {}", error.index()));
    }
    let detail = match std::str::from_utf8(json) {
        Err(utf8) => format!("invalid UTF-8 at byte {}", utf8.valid_up_to()),
        Ok(_) => match serde_json::from_slice::<IgnoredAny>(json) {
            // It knows line and column, but it does not look into numbers and escapes when it skips them.
            Err(syntax) => syntax.to_string(),
            Ok(_) => beyond_syntax(json, error).into_owned(),
        },
    };
    Fault::new(Reason::InvalidJson, detail)
}

/// The grammar holds, the content does not.
fn beyond_syntax(json: &[u8], error: &simd_json::Error) -> Cow<'static, str> {
    match error.error() {
        ErrorType::InvalidNumber => {
            let start = error.index().min(json.len());
            let in_number = |b: &u8| b.is_ascii_digit() || b"+-.eE".contains(b);
            let token: Vec<u8> = json[start..].iter().copied().take_while(in_number).take(40).collect();
            format!("number out of range at byte {start}: {}", String::from_utf8_lossy(&token)).into()
        }
        ErrorType::InvalidUnicodeCodepoint | ErrorType::InvalidUtf8 => {
            "an escape that is half of a surrogate pair".into()
        }
        other => format!("{other:?} at byte {}", error.index()).into(),
    }
}

/// A value on a tape: its first node, and whatever follows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'a>(&'a [Node<'a>]);

impl<'a> View<'a> {
    fn node(self) -> Node<'a> {
        self.0.first().copied().unwrap_or(Node::Static(StaticNode::Null))
    }

    pub fn text(self) -> Option<&'a str> {
        if let Node::String(text) = self.node() { Some(text) } else { None }
    }

    pub fn number(self) -> Option<Number> {
        match self.node() {
            Node::Static(StaticNode::I64(n)) => Some(Number::Signed(n)),
            Node::Static(StaticNode::U64(n)) => Some(Number::Unsigned(n)),
            Node::Static(StaticNode::F64(n)) => Some(Number::Float(n)),
            _ => None,
        }
    }

    pub fn flag(self) -> Option<bool> {
        if let Node::Static(StaticNode::Bool(flag)) = self.node() { Some(flag) } else { None }
    }

    pub fn is_null(self) -> bool {
        matches!(self.node(), Node::Static(StaticNode::Null))
    }

    pub fn is_object(self) -> bool {
        matches!(self.node(), Node::Object { .. })
    }

    pub fn is_array(self) -> bool {
        matches!(self.node(), Node::Array { .. })
    }

    /// What kind of value this is, with its article.
    pub fn kind(self) -> &'static str {
        match self.node() {
            Node::String(_) => "text",
            Node::Object { .. } => "an object",
            Node::Array { .. } => "an array",
            Node::Static(StaticNode::Null) => "null",
            Node::Static(StaticNode::Bool(_)) => "a boolean",
            Node::Static(_) => "a number",
        }
    }

    /// Keys and values of an object, in document order, repeated keys as often as they occur; nothing for other values.
    pub fn fields(self) -> Fields<'a> {
        let left = if let Node::Object { len, .. } = self.node() { len } else { 0 };
        Fields { nodes: self.0.get(1..).unwrap_or(&[]), left }
    }

    /// Elements of an array; nothing for other values.
    pub fn elements(self) -> Elements<'a> {
        let left = if let Node::Array { len, .. } = self.node() { len } else { 0 };
        Elements { nodes: self.0.get(1..).unwrap_or(&[]), left }
    }

    /// The value of `key` in an object; of repeated keys the last one counts, as in ECMAScript.
    pub fn get(self, key: &str) -> Option<View<'a>> {
        self.fields().filter(|(k, _)| *k == key).last().map(|(_, v)| v)
    }
}

/// A number as it was written: whole, or not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Signed(i64),
    Unsigned(u64),
    Float(f64),
}

impl Number {
    pub fn to_f64(self) -> f64 {
        match self {
            Self::Signed(n) => n as f64,
            Self::Unsigned(n) => n as f64,
            Self::Float(n) => n,
        }
    }
}

/// Splits the first value off: itself, and what follows it.
fn split<'a>(nodes: &'a [Node<'a>]) -> Option<(View<'a>, &'a [Node<'a>])> {
    let size = match nodes.first()? {
        Node::Object { count, .. } | Node::Array { count, .. } => count + 1,
        _ => 1,
    };
    Some((View(nodes), nodes.get(size..).unwrap_or(&[])))
}

pub(super) struct Fields<'a> {
    nodes: &'a [Node<'a>],
    left: usize,
}

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a str, View<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let (Node::String(key), rest) = self.nodes.split_first()? else { return None };
        let (value, rest) = split(rest)?;
        self.nodes = rest;
        Some((key, value))
    }
}

pub(super) struct Elements<'a> {
    nodes: &'a [Node<'a>],
    left: usize,
}

impl<'a> Iterator for Elements<'a> {
    type Item = View<'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let (value, rest) = split(self.nodes)?;
        self.nodes = rest;
        Some(value)
    }
}
