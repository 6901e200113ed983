//! Older sums as version 1 wrote them. They are only read:
//!
//! ```text
//! totals varint, (dimension u8, count varint) × n │ days varint, (day before the newest u8, dimension u8, count varint) × n
//! ```

use super::older::are_dimensions;
use crate::lead::bytes::{Bytes, CodecError};
use crate::lead::facts::{DAYS, Dimension, Older};

/// Fills `older`, in which there are no sums yet. `newest` is the day of the newest touchpoint.
pub fn read_sums(from: &mut Bytes<'_>, newest: i32, older: &mut Older) -> Result<(), CodecError> {
    let Older { dimensions, totals, days, by_day, .. } = older;
    for _ in 0..from.count()? {
        let [dimension] = from.array()?;
        dimensions.push(Dimension(dimension));
        totals.push(from.count()?);
    }
    are_dimensions(dimensions)?;
    let mut before = None;
    for _ in 0..from.varint()? {
        let [back, dimension] = from.array()?;
        let day = newest - i32::from(back);
        let place = Some((day, Dimension(dimension)));
        if i64::from(back) >= DAYS {
            return Err(CodecError::Impossible("day"));
        }
        if place <= std::mem::replace(&mut before, place) {
            return Err(CodecError::Impossible("order of days"));
        }
        let column = dimensions.binary_search(&Dimension(dimension));
        let column = column.map_err(|_| CodecError::Impossible("count of a day without a total"))?;
        if days.last() != Some(&day) {
            days.push(day);
            by_day.resize(by_day.len() + dimensions.len(), 0);
        }
        let row = by_day.len() - dimensions.len();
        by_day[row + column] = from.count()?;
    }
    Ok(())
}
