//! Older sums as bytes: a table as it is, in as many bytes a count as the largest one needs. Nothing in its loops depends on a count.

use crate::lead::bytes::{Bytes, CodecError, room};
use crate::lead::facts::{DAYS, Dimension, Older};

/// `newest` is the day of the newest touchpoint. There is one total at least.
pub fn put_sums(older: &Older, newest: i32, out: &mut Vec<u8>) {
    let Older { dimensions, totals, days, by_day, .. } = older;
    let widths = [width(totals), width(by_day)];
    out.extend_from_slice(&[dimensions.len() as u8, days.len() as u8, widths[0], widths[1]]);
    out.extend(dimensions.iter().map(|dimension| dimension.0));
    put_counts(totals, widths[0], out);
    out.extend(days.iter().map(|day| (newest - day) as u8));
    put_counts(by_day, widths[1], out);
}

/// Fills `older`, in which there are no sums yet.
pub fn read_sums(from: &mut Bytes<'_>, newest: i32, older: &mut Older) -> Result<(), CodecError> {
    let [columns, rows, of_totals, of_days] = from.array()?;
    let Older { dimensions, totals, days, by_day, .. } = older;
    dimensions.extend(from.take(columns.into())?.iter().copied().map(Dimension));
    read_counts(from, columns.into(), of_totals, totals)?;
    // The first day is the farthest back.
    let back = from.take(rows.into())?;
    days.extend(back.iter().map(|back| newest - i32::from(*back)));
    read_counts(from, usize::from(columns) * usize::from(rows), of_days, by_day)?;
    are_dimensions(dimensions)?;
    if !days.is_sorted_by(|a, b| a < b) || back.first().is_some_and(|back| i64::from(*back) >= DAYS) {
        return Err(CodecError::Impossible("order of days"));
    }
    let is_empty = |counts: &[u32]| counts.iter().fold(0, |all, count| all | count) == 0;
    if totals.contains(&0) || by_day.chunks_exact(dimensions.len()).any(is_empty) {
        return Err(CodecError::Impossible("count"));
    }
    if [of_totals, of_days] != [width(totals), width(by_day)] {
        return Err(CodecError::Impossible("width of counts"));
    }
    Ok(())
}

/// Whether there may be columns for these.
pub fn are_dimensions(dimensions: &[Dimension]) -> Result<(), CodecError> {
    let in_order = dimensions.is_sorted_by(|a, b| a < b);
    let exist = dimensions.last().is_some_and(|last| last.0 < Dimension::END);
    if in_order && exist { Ok(()) } else { Err(CodecError::Impossible("totals")) }
}

/// Bytes that hold each of these.
fn width(counts: &[u32]) -> u8 {
    match counts.iter().fold(0, |all, count| all | count) {
        0 => 0,
        1..=0xff => 1,
        0x100..=0xffff => 2,
        _ => 4,
    }
}

fn put_counts(counts: &[u32], width: u8, out: &mut Vec<u8>) {
    match width {
        0 => {}
        1 => out.extend(counts.iter().map(|count| *count as u8)),
        2 => put_packed(counts, out, |count| (count as u16).to_le_bytes()),
        _ => put_packed(counts, out, u32::to_le_bytes),
    }
}

fn put_packed<const WIDTH: usize>(counts: &[u32], out: &mut Vec<u8>, pack: impl Fn(u32) -> [u8; WIDTH]) {
    room(counts.len(), out).iter_mut().zip(counts).for_each(|(packed, count)| *packed = pack(*count));
}

fn read_counts(from: &mut Bytes<'_>, counts: usize, width: u8, into: &mut Vec<u32>) -> Result<(), CodecError> {
    let bytes = from.take(counts * usize::from(width))?;
    match width {
        0 if counts == 0 => {}
        1 => into.extend(bytes.iter().map(|count| u32::from(*count))),
        2 => into.extend(bytes.as_chunks().0.iter().map(|count| u32::from(u16::from_le_bytes(*count)))),
        4 => into.extend(bytes.as_chunks().0.iter().map(|count| u32::from_le_bytes(*count))),
        _ => return Err(CodecError::Impossible("width of counts")),
    }
    Ok(())
}
