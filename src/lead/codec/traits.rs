//! Traits as bytes: each with the instant and the message that said it.

use crate::lead::bytes::{Bytes, CodecError, put_u48, put_varint};
use crate::lead::facts::{TraitFact, TraitValue};
use crate::lead::text::ShortText;

pub fn put_traits(traits: &[TraitFact], out: &mut Vec<u8>) {
    put_varint(traits.len() as u64, out);
    traits.iter().for_each(|fact| put_trait(fact, out));
}

/// Appends traits, which are in order.
pub fn read_traits(from: &mut Bytes<'_>, into: &mut Vec<TraitFact>) -> Result<(), CodecError> {
    for _ in 0..from.count()? {
        let fact = trait_fact(from)?;
        if into.last().is_some_and(|before| before.index >= fact.index) {
            return Err(CodecError::Impossible("order of traits"));
        }
        into.push(fact);
    }
    Ok(())
}

fn put_trait(fact: &TraitFact, out: &mut Vec<u8>) {
    put_varint(u64::from(fact.index), out);
    let tag = match fact.value {
        TraitValue::Null => 0,
        TraitValue::Number(_) => 1,
        TraitValue::Flag(false) => 2,
        TraitValue::Flag(true) => 3,
        TraitValue::Text(_) => 4,
    };
    out.push(tag);
    put_u48(fact.at_ms, out);
    out.extend_from_slice(&fact.id.to_le_bytes());
    match &fact.value {
        TraitValue::Number(number) => out.extend_from_slice(&number.to_le_bytes()),
        TraitValue::Text(text) => {
            out.push(text.len() as u8);
            out.extend_from_slice(text.as_bytes());
        }
        TraitValue::Null | TraitValue::Flag(_) => {}
    }
}

fn trait_fact(from: &mut Bytes<'_>) -> Result<TraitFact, CodecError> {
    let index = u16::try_from(from.varint()?).map_err(|_| CodecError::Impossible("trait"))?;
    let [tag] = from.array()?;
    let at_ms = from.u48()?;
    let id = from.u64()?;
    let value = match tag {
        0 => TraitValue::Null,
        1 => TraitValue::Number(number(from.u64()?)?),
        2 => TraitValue::Flag(false),
        3 => TraitValue::Flag(true),
        4 => TraitValue::Text(short_text(from)?),
        _ => return Err(CodecError::Impossible("kind of trait")),
    };
    Ok(TraitFact { index, at_ms, id, value })
}

/// What `TraitValue::read` can have made: finite, no zero below zero.
fn number(bits: u64) -> Result<f64, CodecError> {
    let number = f64::from_bits(bits);
    let possible = number.is_finite() && bits != (-0.0_f64).to_bits();
    if possible { Ok(number) } else { Err(CodecError::Impossible("number")) }
}

fn short_text(from: &mut Bytes<'_>) -> Result<ShortText, CodecError> {
    let [len] = from.array()?;
    let text = std::str::from_utf8(from.take(len.into())?).map_err(|_| CodecError::Impossible("text"))?;
    let short = ShortText::new(text);
    if short.is_empty() || short.len() != text.len() { Err(CodecError::Impossible("text")) } else { Ok(short) }
}
