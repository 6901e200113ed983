//! Decisions as bytes: canonical, so that equal decisions are equal bytes and only what `encode` writes can be decoded.
//!
//! Nothing said: no bytes at all. Otherwise
//! ```text
//! version  u8        1: without shares, 2: with them
//! score    u8        last said
//! at_ms    varint    when
//! lows     u8        how many, at most 8; then of each, from the newest to the oldest,
//!   gap    u8          its score is so much below the next newer one's; at least 1
//!   ended  varint      it was in force until so many ms before that one was said
//!   age    varint      and was said so many ms before its end
//! shares, in version 2 only:
//!   model  u32 LE      which model they are from
//!   points f64 LE      what was said, finite
//!   count  u8          how many, at most 16; then of each, ascending by column,
//!   gap    varint        columns between it and the one before
//!   tenths varint        of a point, zigzag, not 0
//! rules, to the end, ascending by hash:
//!   hash   u32 LE
//!   state  u8          0: a crossing that is disarmed; 1 + n: a surge was said, and n lows are older, then
//!   age    varint      so many ms before `at_ms`
//! ```
//! A varint is LEB128 (<https://dwarfstd.org>, 7.6) of an unsigned number below 2^63, in as few bytes as it takes.

use super::shares::{SHARES, SaidPoints};
use super::state::{Decisions, LOWS, Low, RuleState, Said};

/// Version of the byte form: the first byte.
pub const VERSION: u8 = 2;
/// What decisions without shares are written in.
const WITHOUT_SHARES: u8 = 1;

/// Whether bytes that begin with this version can be read.
pub fn is_read(version: u8) -> bool {
    (WITHOUT_SHARES..=VERSION).contains(&version)
}

/// Why bytes are no decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("decisions of version {0}, where this binary knows versions up to {VERSION}")]
    Version(u8),
    #[error("decisions end early")]
    Truncated,
    #[error("{0} of decisions is not as it is written")]
    Malformed(&'static str),
}

impl Decisions {
    /// Appends the canonical bytes.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let Some(said) = self.said else { return };
        let version = if self.shares.said.is_some() { VERSION } else { WITHOUT_SHARES };
        out.extend([version, said.score]);
        write_varint(out, said.at_ms);
        out.push(self.lows.len() as u8);
        let mut newer = said;
        for low in self.lows.iter().rev() {
            out.push(newer.score - low.said.score);
            write_varint(out, newer.at_ms - low.until_ms);
            write_varint(out, low.until_ms - low.said.at_ms);
            newer = low.said;
        }
        self.encode_shares(out);
        for (hash, state) in &self.rules {
            out.extend(hash.to_le_bytes());
            match *state {
                RuleState::Disarmed => out.push(0),
                RuleState::Surged { at_ms, before } => {
                    out.push(1 + before);
                    write_varint(out, said.at_ms - at_ms);
                }
            }
        }
    }

    fn encode_shares(&self, out: &mut Vec<u8>) {
        let Some(said) = self.shares.said else { return };
        out.extend(said.model.to_le_bytes());
        out.extend(said.points.to_le_bytes());
        out.push(self.shares.tenths.len() as u8);
        let mut next = 0;
        for &(column, tenths) in &self.shares.tenths {
            write_varint(out, i64::from(column) - next);
            write_varint(out, zigzag(tenths));
            next = i64::from(column) + 1;
        }
    }

    /// Reads bytes that [`Decisions::encode`] wrote, all of them.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut decisions = Self::default();
        decisions.decode_into(bytes)?;
        Ok(decisions)
    }

    /// Replaces these decisions by those in `bytes`; after an error nothing has been said.
    pub fn decode_into(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        self.clear();
        let read = self.read(bytes);
        if read.is_err() {
            self.clear();
        }
        read
    }

    fn read(&mut self, mut bytes: &[u8]) -> Result<(), DecodeError> {
        if bytes.is_empty() {
            return Ok(());
        }
        let bytes = &mut bytes;
        let version = read_byte(bytes)?;
        if !is_read(version) {
            return Err(DecodeError::Version(version));
        }
        let said = Said { score: read_byte(bytes)?, at_ms: read_varint(bytes)? };
        self.said = Some(said);
        self.read_lows(bytes, said)?;
        if version == VERSION {
            self.read_shares(bytes)?;
        }
        while !bytes.is_empty() {
            self.read_rule(bytes, said.at_ms)?;
        }
        Ok(())
    }

    fn read_lows(&mut self, bytes: &mut &[u8], said: Said) -> Result<(), DecodeError> {
        let count = usize::from(read_byte(bytes)?);
        if count > LOWS {
            return Err(DecodeError::Malformed("the number of lows"));
        }
        let mut newer = said;
        for _ in 0..count {
            let gap = read_byte(bytes)?;
            let score = newer.score.checked_sub(gap).filter(|_| gap > 0);
            let score = score.ok_or(DecodeError::Malformed("the score of a low"))?;
            let until_ms = earlier(bytes, newer.at_ms)?;
            newer = Said { score, at_ms: earlier(bytes, until_ms)? };
            self.lows.push(Low { said: newer, until_ms });
        }
        self.lows.reverse();
        Ok(())
    }

    fn read_shares(&mut self, bytes: &mut &[u8]) -> Result<(), DecodeError> {
        let model = u32::from_le_bytes(read_chunk(bytes)?);
        let points = f64::from_le_bytes(read_chunk(bytes)?);
        let count = usize::from(read_byte(bytes)?);
        if !points.is_finite() || count > SHARES {
            return Err(DecodeError::Malformed("the points or the number of shares"));
        }
        self.shares.said = Some(SaidPoints { model, points });
        let mut next = 0_i64;
        for _ in 0..count {
            let column = next.saturating_add(read_varint(bytes)?);
            let tenths = unzigzag(read_varint(bytes)?).filter(|tenths| *tenths != 0);
            let share = u16::try_from(column).ok().zip(tenths);
            self.shares.tenths.push(share.ok_or(DecodeError::Malformed("a share"))?);
            next = column + 1;
        }
        Ok(())
    }

    fn read_rule(&mut self, bytes: &mut &[u8], said_at_ms: i64) -> Result<(), DecodeError> {
        let hash = u32::from_le_bytes(read_chunk(bytes)?);
        if self.rules.last().is_some_and(|(last, _)| *last >= hash) {
            return Err(DecodeError::Malformed("the order of rules"));
        }
        let state = match read_byte(bytes)?.checked_sub(1) {
            None => RuleState::Disarmed,
            Some(before) if usize::from(before) > self.lows.len() => {
                return Err(DecodeError::Malformed("the state of a rule"));
            }
            Some(before) => RuleState::Surged { at_ms: earlier(bytes, said_at_ms)?, before },
        };
        self.rules.push((hash, state));
        Ok(())
    }
}

pub(super) fn read_byte(bytes: &mut &[u8]) -> Result<u8, DecodeError> {
    let (byte, rest) = bytes.split_first().ok_or(DecodeError::Truncated)?;
    *bytes = rest;
    Ok(*byte)
}

pub(super) fn read_chunk<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], DecodeError> {
    let (chunk, rest) = bytes.split_first_chunk().ok_or(DecodeError::Truncated)?;
    *bytes = rest;
    Ok(*chunk)
}

/// Small numbers of either sign as small ones without: 0, −1, 1, −2, …
fn zigzag(number: i16) -> i64 {
    i64::from((number << 1 ^ number >> 15) as u16)
}

fn unzigzag(number: i64) -> Option<i16> {
    let number = u16::try_from(number).ok()?;
    Some((number >> 1) as i16 ^ -((number & 1) as i16))
}

/// An instant, written as how long before `at_ms` it was.
fn earlier(bytes: &mut &[u8], at_ms: i64) -> Result<i64, DecodeError> {
    let instant = at_ms - read_varint(bytes)?;
    if instant < 0 { Err(DecodeError::Malformed("an instant")) } else { Ok(instant) }
}

/// `number` is not negative.
fn write_varint(out: &mut Vec<u8>, number: i64) {
    let mut rest = number as u64;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

pub(super) fn read_varint(bytes: &mut &[u8]) -> Result<i64, DecodeError> {
    let mut number = 0;
    // Nine groups of seven bits: all that is below 2^63.
    for group in 0..9 {
        let byte = read_byte(bytes)?;
        number |= i64::from(byte & 0x7f) << (7 * group);
        if byte < 0x80 {
            let overlong = byte == 0 && group > 0;
            return if overlong { Err(DecodeError::Malformed("a number")) } else { Ok(number) };
        }
    }
    Err(DecodeError::Malformed("a number"))
}
