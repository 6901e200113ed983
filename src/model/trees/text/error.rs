//! Why bytes are no model that is served.

/// Characters of the file that a message quotes at most.
const QUOTED: usize = 40;

/// What is wrong with a model file, and where: in words for people, with what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct TextError {
    /// From 1. Of something that is missing: the beginning of what lacks it.
    pub line: usize,
    pub reason: String,
}

impl TextError {
    pub(super) fn new(line: usize, reason: impl Into<String>) -> Self {
        Self { line, reason: reason.into() }
    }
}

/// The beginning of `bytes`, between backquotes, fit for one line of a message.
pub(super) fn quoted(bytes: &[u8]) -> String {
    // A character has at most 4 bytes.
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * QUOTED)]);
    let mut quoted: String = text.chars().take(QUOTED).flat_map(char::escape_debug).collect();
    if text.chars().nth(QUOTED).is_some() || bytes.len() > 4 * QUOTED {
        quoted.push('…');
    }
    format!("`{quoted}`")
}
