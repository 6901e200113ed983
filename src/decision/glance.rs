//! A first look at decisions as bytes: what a walk over many leads asks of each, without taking the rest apart.

use super::encoding::{VERSION, read_byte, read_chunk, read_varint};
use super::state::Said;

/// What was last said, and by which model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glance {
    pub said: Said,
    /// [`crate::model::Model::fingerprint`]; `None` in decisions that do not tell.
    pub model: Option<u32>,
}

impl Glance {
    /// `None` where nothing was said, or `bytes` are no decisions.
    pub fn at(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let version = read_byte(&mut rest).ok()?;
        let said = Said { score: read_byte(&mut rest).ok()?, at_ms: read_varint(&mut rest).ok()? };
        for _ in 0..read_byte(&mut rest).ok()? {
            read_byte(&mut rest).ok()?;
            read_varint(&mut rest).ok()?;
            read_varint(&mut rest).ok()?;
        }
        let model = if version == VERSION { Some(u32::from_le_bytes(read_chunk(&mut rest).ok()?)) } else { None };
        Some(Self { said, model })
    }

    /// As of when something was last said, as [`Glance::at`]; 0 where nothing was.
    pub fn said_at_ms(bytes: &[u8]) -> i64 {
        let Some((_, mut at_ms)) = bytes.split_at_checked(2) else { return 0 };
        read_varint(&mut at_ms).unwrap_or(0)
    }
}
