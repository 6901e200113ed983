//! A short text kept in place, so that working on a lead allocates nothing.

use std::ops::Deref;

/// Up to 64 bytes of UTF-8.
#[derive(Clone, Copy)]
pub struct ShortText {
    bytes: [u8; Self::BYTES],
    len: u8,
}

impl ShortText {
    pub const BYTES: usize = 64;

    /// The text without surrounding white space, cut at a character's boundary where it is too long.
    /// What the cut leaves has no white space at its end either, so a short text made of a short text is the same.
    pub fn new(text: &str) -> Self {
        let text = text.trim();
        let mut len = text.len().min(Self::BYTES);
        while !text.is_char_boundary(len) {
            len -= 1;
        }
        let text = text[..len].trim_end();
        let mut bytes = [0; Self::BYTES];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Self { bytes, len: text.len() as u8 }
    }
}

impl Deref for ShortText {
    type Target = str;

    fn deref(&self) -> &str {
        // Only whole characters get in, so this never falls back.
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }
}

impl PartialEq for ShortText {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl std::fmt::Debug for ShortText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}
