//! Touchpoints as bytes: all of one lead equally long, so that a loop without branches writes and reads them. It runs for every
//! touchpoint of every lead that something happens to.

use crate::lead::bytes::{Bytes, CodecError, room};
use crate::touchpoint::{Channel, FormStep, Mark, Touchpoint};
use crate::wire::event::EventType;

/// A call by the bytes of a packed touchpoint, which the compiler then knows: copies of fixed length are a few instructions, one of any
/// length is a call.
macro_rules! packed {
    ($width:expr, $call:ident($($argument:expr),*)) => {
        match $width {
            0 => $call::<16>($($argument),*),
            1 => $call::<17>($($argument),*),
            2 => $call::<18>($($argument),*),
            3 => $call::<19>($($argument),*),
            4 => $call::<20>($($argument),*),
            5 => $call::<21>($($argument),*),
            6 => $call::<22>($($argument),*),
            7 => $call::<23>($($argument),*),
            _ => $call::<24>($($argument),*),
        }
    };
}

pub fn put_touchpoints(touchpoints: &[Touchpoint], width: usize, out: &mut Vec<u8>) {
    packed!(width, put_packed(touchpoints, out));
}

fn put_packed<const STRIDE: usize>(touchpoints: &[Touchpoint], out: &mut Vec<u8>) {
    for (touchpoint, packed) in touchpoints.iter().zip(room::<STRIDE>(touchpoints.len(), out)) {
        let bits = touchpoint.kind as u16
            | (touchpoint.channel as u16) << 3
            | (touchpoint.form as u16) << 8
            | (touchpoint.mark as u16) << 10;
        let head = touchpoint.at_ms as u64 | u64::from(bits) << 48;
        let mut bytes = [0; 24];
        bytes[..8].copy_from_slice(&head.to_le_bytes());
        bytes[8..16].copy_from_slice(&touchpoint.id.to_le_bytes());
        bytes[16..].copy_from_slice(&touchpoint.themes.to_le_bytes());
        packed.copy_from_slice(&bytes[..STRIDE]);
    }
}

/// Appends touchpoints, which are in order. `width`: bytes of each that hold its themes.
pub fn read_touchpoints(
    from: &mut Bytes<'_>,
    count: usize,
    width: usize,
    into: &mut Vec<Touchpoint>,
) -> Result<(), CodecError> {
    let bytes = from.take(count * (16 + width))?;
    packed!(width, read_packed(bytes, into))
}

/// What is wrong is told when all are read: a branch to each would cost more than the touchpoints do.
fn read_packed<const STRIDE: usize>(bytes: &[u8], into: &mut Vec<Touchpoint>) -> Result<(), CodecError> {
    let (packed, _) = bytes.as_chunks::<STRIDE>();
    let start = into.len();
    into.resize(start + packed.len(), NONE);
    let (mut possible, mut in_order, mut before) = (true, true, -1);
    for (packed, to) in packed.iter().zip(&mut into[start..]) {
        let (touchpoint, is_one) = touchpoint(packed);
        let place = i128::from(touchpoint.at_ms) << 64 | i128::from(touchpoint.id);
        possible &= is_one;
        // One message has one touchpoint.
        in_order &= before < place;
        before = place;
        *to = touchpoint;
    }
    match (possible, in_order) {
        (false, _) => Err(CodecError::Impossible("touchpoint")),
        (_, false) => Err(CodecError::Impossible("order of touchpoints")),
        _ => Ok(()),
    }
}

/// Stands where one is about to be written.
const NONE: Touchpoint = Touchpoint {
    at_ms: 0,
    id: 0,
    kind: EventType::ALL[0],
    channel: Channel::ALL[0],
    form: FormStep::ALL[0],
    mark: Mark::ALL[0],
    themes: 0,
};

/// A touchpoint, and whether the bytes are one's.
fn touchpoint<const STRIDE: usize>(packed: &[u8; STRIDE]) -> (Touchpoint, bool) {
    let mut bytes = [0; 24];
    bytes[..STRIDE].copy_from_slice(packed);
    let [head, id, themes] = [0, 8, 16].map(|at| {
        let mut word = [0; 8];
        word.copy_from_slice(&bytes[at..at + 8]);
        u64::from_le_bytes(word)
    });
    let bits = (head >> 48) as usize;
    let (kind, channel) = (KINDS[bits & 7], CHANNELS[bits >> 3 & 31]);
    let (form, mark) = (FORMS[bits >> 8 & 3], MARKS[bits >> 10 & 3]);
    let is_one = bits >> 12 == 0 && kind.1 && channel.1 && form.1 && mark.1;
    let at_ms = (head & ((1 << 48) - 1)) as i64;
    (Touchpoint { at_ms, id, kind: kind.0, channel: channel.0, form: form.0, mark: mark.0, themes }, is_one)
}

const KINDS: [(EventType, bool); 8] = by_number(EventType::ALL);
const CHANNELS: [(Channel, bool); 32] = by_number(Channel::ALL);
const FORMS: [(FormStep, bool); 4] = by_number(FormStep::ALL);
const MARKS: [(Mark, bool); 4] = by_number(Mark::ALL);

/// What each number stands for, and whether it stands for anything.
const fn by_number<T: Copy, const LEN: usize, const ALL: usize>(all: [T; ALL]) -> [(T, bool); LEN] {
    let mut table = [(all[0], false); LEN];
    let mut number = 0;
    while number < ALL {
        table[number] = (all[number], true);
        number += 1;
    }
    table
}
