//! The canonical byte form of facts: equal facts, equal bytes. It is also the form that facts have in memory.
//!
//! Little-endian, no padding. Places of themes and traits are those of the configuration in force when the facts were folded;
//! whoever stores the bytes beyond a process stores those names beside them.
//!
//! ```text
//! version u8 │ flags u8 │ touchpoints u8 │ bytes per theme set u8
//! touchpoint × n:   instant u48 │ type 3, channel 5, form 2, mark 2 bits in u16 │ id u64 │ themes (0–8 bytes)
//! first outcomes:   u48 each, where flagged: positive, negative, contact
//! forms:            best u16, where flagged; last: u48 instant, u64 id, u16
//! traits:           count varint; index varint │ tag u8 │ instant u48 │ id u64 │ f64, or length u8 and text
//! older:            firsts u8, touchpoint × n │ dimensions u8, days u8, bytes of a total u8, bytes of a day's count u8 │
//!                   dimension u8 × n │ total × n │ day before the newest u8 × d │ count × n × d, day by day
//! ```
//!
//! Facts with older sums are of version 2, others of version 1, in which older sums were written otherwise ([`older_1`]). Whoever reads such
//! facts from a file writes them anew at once, so that in memory, and in what is written, there is one form.

use older::{put_sums, read_sums};
use touchpoints::{put_touchpoints, read_touchpoints};
use traits::{put_traits, read_traits};

pub use super::bytes::CodecError;
use super::bytes::{Bytes, put_u48};
use super::facts::{FIRSTS, Facts, FormFacts, Outcomes, TIMELINE};
use super::older::day;

mod older;
mod older_1;
mod touchpoints;
mod traits;

/// Versions of the byte form that are read, ascending. A change of the form is a new number, and the old ones stay readable.
pub const VERSIONS: [u8; 2] = [PLAIN, WITH_OLDER];
/// Without older sums, or with those of [`older_1`].
const PLAIN: u8 = 1;
const WITH_OLDER: u8 = 2;

const KNOWN: u8 = 1;
const POSITIVE: u8 = 2;
const NEGATIVE: u8 = 4;
const CONTACT: u8 = 8;
const FORM_BEST: u8 = 16;
const FORM_LAST: u8 = 32;
const TRAITS: u8 = 64;
const OLDER: u8 = 128;

/// Whether these are bytes as they are written now, if they are the form of any facts.
pub fn is_current(bytes: &[u8]) -> bool {
    !matches!(bytes, [PLAIN, flags, ..] if flags & OLDER != 0)
}

impl Facts {
    /// Appends the canonical form.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let width = self.theme_bytes();
        let version = if self.older.is_empty() { PLAIN } else { WITH_OLDER };
        out.extend_from_slice(&[version, self.flags(), self.timeline.len() as u8, width as u8]);
        put_touchpoints(&self.timeline, width, out);
        let Outcomes { positive_ms, negative_ms, contact_ms } = self.outcomes;
        for instant in [positive_ms, negative_ms, contact_ms].into_iter().flatten() {
            put_u48(instant, out);
        }
        if let Some(best) = self.form.best {
            out.extend_from_slice(&best.to_le_bytes());
        }
        if let Some((at_ms, id, share)) = self.form.last {
            put_u48(at_ms, out);
            out.extend_from_slice(&id.to_le_bytes());
            out.extend_from_slice(&share.to_le_bytes());
        }
        if !self.traits.is_empty() {
            put_traits(&self.traits, out);
        }
        if !self.older.is_empty() {
            self.put_older(width, out);
        }
    }

    /// Bytes that hold the themes of every touchpoint.
    fn theme_bytes(&self) -> usize {
        let themes = self.timeline.iter().chain(&self.older.firsts).fold(0, |all, t| all | t.themes);
        (64 - themes.leading_zeros() as usize).div_ceil(8)
    }

    fn flags(&self) -> u8 {
        let mut flags = 0;
        for (bit, set) in [
            (KNOWN, self.known),
            (POSITIVE, self.outcomes.positive_ms.is_some()),
            (NEGATIVE, self.outcomes.negative_ms.is_some()),
            (CONTACT, self.outcomes.contact_ms.is_some()),
            (FORM_BEST, self.form.best.is_some()),
            (FORM_LAST, self.form.last.is_some()),
            (TRAITS, !self.traits.is_empty()),
            (OLDER, !self.older.is_empty()),
        ] {
            flags |= if set { bit } else { 0 };
        }
        flags
    }

    fn put_older(&self, width: usize, out: &mut Vec<u8>) {
        out.push(self.older.firsts.len() as u8);
        put_touchpoints(&self.older.firsts, width, out);
        put_sums(&self.older, day(self.newest_ms()), out);
    }

    /// Replaces these facts by those that `bytes` hold. After an error they are of no meaning.
    ///
    /// Strict: of all bytes that could mean the same facts those alone are taken that `encode` writes, or wrote as an earlier version.
    pub fn decode(&mut self, bytes: &[u8]) -> Result<(), CodecError> {
        self.clear();
        let mut from = Bytes(bytes);
        let [version, flags, touchpoints, width] = from.array()?;
        if !VERSIONS.contains(&version) {
            return Err(CodecError::Version(version));
        }
        if usize::from(touchpoints) > TIMELINE || width > 8 {
            return Err(CodecError::Impossible("number of touchpoints or themes"));
        }
        self.known = flags & KNOWN != 0;
        read_touchpoints(&mut from, touchpoints.into(), width.into(), &mut self.timeline)?;
        let mut instant = |bit| if flags & bit != 0 { from.u48().map(Some) } else { Ok(None) };
        self.outcomes = Outcomes {
            positive_ms: instant(POSITIVE)?,
            negative_ms: instant(NEGATIVE)?,
            contact_ms: instant(CONTACT)?,
        };
        self.form = FormFacts {
            best: if flags & FORM_BEST != 0 { Some(thousandths(&mut from)?) } else { None },
            last: if flags & FORM_LAST != 0 { Some((from.u48()?, from.u64()?, thousandths(&mut from)?)) } else { None },
        };
        if flags & TRAITS != 0 {
            read_traits(&mut from, &mut self.traits)?;
        }
        match (version, flags & OLDER != 0) {
            (PLAIN, false) => {}
            (_, true) => self.decode_older(version, width.into(), &mut from)?,
            (_, false) => return Err(CodecError::Impossible("version")),
        }
        if usize::from(width) != self.theme_bytes() {
            return Err(CodecError::Impossible("number of themes"));
        }
        if from.0.is_empty() { Ok(()) } else { Err(CodecError::Trailing(from.0.len())) }
    }

    fn decode_older(&mut self, version: u8, width: usize, from: &mut Bytes<'_>) -> Result<(), CodecError> {
        let [firsts] = from.array()?;
        if usize::from(firsts) > FIRSTS {
            return Err(CodecError::Impossible("number of first touchpoints"));
        }
        read_touchpoints(from, firsts.into(), width, &mut self.older.firsts)?;
        let newest = day(self.newest_ms());
        match version {
            PLAIN => older_1::read_sums(from, newest, &mut self.older),
            _ => read_sums(from, newest, &mut self.older),
        }
    }
}

fn thousandths(from: &mut Bytes<'_>) -> Result<u16, CodecError> {
    let share = u16::from_le_bytes(from.array()?);
    if share <= 1000 { Ok(share) } else { Err(CodecError::Impossible("completeness")) }
}
