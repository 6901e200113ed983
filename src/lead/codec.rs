//! The canonical byte form of facts: equal facts, equal bytes. It is also the form that facts have in memory.
//!
//! Little-endian, no padding. Places of themes and traits are those of the configuration in force when the facts were folded;
//! whoever stores the bytes beyond a process stores those names beside them.
//!
//! ```text
//! version u8 = 1 │ flags u8 │ touchpoints u8 │ bytes per theme set u8
//! touchpoint × n:   instant u48 │ type 3, channel 5, form 2, mark 2 bits in u16 │ id u64 │ themes (0–8 bytes)
//! first outcomes:   u48 each, where flagged: positive, negative, contact
//! forms:            best u16, where flagged; last: u48 instant, u64 id, u16
//! traits:           count varint; index varint │ tag u8 │ instant u48 │ id u64 │ f64, or length u8 and text
//! older:            firsts u8, touchpoint × n │ totals varint, (dimension u8, count varint) × n │
//!                   days varint, (day before the newest u8, dimension u8, count varint) × n
//! ```

pub use super::bytes::CodecError;
use super::bytes::{Bytes, put_u48, put_varint};
use super::facts::{DAYS, DayCount, Dimension, FIRSTS, Facts, FormFacts, Outcomes, TIMELINE, TraitFact, TraitValue};
use super::older::day;
use super::text::ShortText;
use crate::touchpoint::{Channel, FormStep, Mark, Touchpoint};
use crate::wire::event::EventType;

/// Version of the byte form. A change of the form is a new number, and the old ones stay readable.
pub const VERSION: u8 = 1;

const KNOWN: u8 = 1;
const POSITIVE: u8 = 2;
const NEGATIVE: u8 = 4;
const CONTACT: u8 = 8;
const FORM_BEST: u8 = 16;
const FORM_LAST: u8 = 32;
const TRAITS: u8 = 64;
const OLDER: u8 = 128;

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

impl Facts {
    /// Appends the canonical form.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let width = self.theme_bytes();
        out.extend_from_slice(&[VERSION, self.flags(), self.timeline.len() as u8, width as u8]);
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
            put_varint(self.traits.len() as u64, out);
            self.traits.iter().for_each(|fact| put_trait(fact, out));
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
        put_varint(self.older.totals.len() as u64, out);
        for (dimension, count) in &self.older.totals {
            out.push(dimension.0);
            put_varint(u64::from(*count), out);
        }
        put_days(&self.older.days, day(self.newest_ms()), out);
    }

    /// Replaces these facts by those that `bytes` hold. After an error they are of no meaning.
    ///
    /// Strict: of all bytes that could mean the same facts those alone are taken that `encode` writes.
    pub fn decode(&mut self, bytes: &[u8]) -> Result<(), CodecError> {
        self.clear();
        let mut from = Bytes(bytes);
        let [version, flags, touchpoints, width] = from.array()?;
        if version != VERSION {
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
            for _ in 0..from.count()? {
                push(&mut self.traits, trait_fact(&mut from)?, |fact| fact.index, "order of traits")?;
            }
        }
        if flags & OLDER != 0 {
            self.decode_older(width.into(), &mut from)?;
        }
        if usize::from(width) != self.theme_bytes() {
            return Err(CodecError::Impossible("number of themes"));
        }
        if from.0.is_empty() { Ok(()) } else { Err(CodecError::Trailing(from.0.len())) }
    }

    fn decode_older(&mut self, width: usize, from: &mut Bytes<'_>) -> Result<(), CodecError> {
        let [firsts] = from.array()?;
        if usize::from(firsts) > FIRSTS {
            return Err(CodecError::Impossible("number of first touchpoints"));
        }
        read_touchpoints(from, firsts.into(), width, &mut self.older.firsts)?;
        for _ in 0..from.count()? {
            let [dimension] = from.array()?;
            let total = (Dimension(dimension), from.count()?);
            push(&mut self.older.totals, total, |total| total.0, "order of totals")?;
        }
        let newest = day(self.newest_ms());
        read_days(from, newest, &mut self.older.days)
    }
}

/// Counts by day and dimension, in order: most of what there is of a lead with a long history. Nearly all counts are below 128 and take one
/// byte; where all do, every entry has three, and a loop without branches reads them.
fn read_days(from: &mut Bytes<'_>, newest: i32, into: &mut Vec<DayCount>) -> Result<(), CodecError> {
    let days = from.varint()?;
    let all = usize::try_from(days).ok().and_then(|days| from.0.get(..days.checked_mul(DAY_BYTES)?));
    let (packed, _) = all.unwrap_or_default().as_chunks::<DAY_BYTES>();
    let (mut possible, mut in_order, mut before) = (true, true, -1);
    // Earlier days come first, which are further back.
    let mut check = |back: u8, dimension: u8| {
        let place = i32::from(u16::from_be_bytes([!back, dimension]));
        possible &= i64::from(back) < DAYS;
        in_order &= before < place;
        before = place;
    };
    if packed.iter().fold(0, |high, [.., count]| high | count) < 0x80 && !packed.is_empty() {
        let mut least = u8::MAX;
        into.extend(packed.iter().map(|[back, dimension, count]| {
            check(*back, *dimension);
            least = least.min(*count);
            day_count(newest, *back, *dimension, (*count).into())
        }));
        possible &= least > 0;
        from.take(packed.len() * DAY_BYTES)?;
    } else {
        into.reserve(from.0.len() / DAY_BYTES);
        for _ in 0..days {
            let [back, dimension] = from.array()?;
            check(back, dimension);
            into.push(day_count(newest, back, dimension, from.count()?));
        }
    }
    match (possible, in_order) {
        (false, _) => Err(CodecError::Impossible("day")),
        (_, false) => Err(CodecError::Impossible("order of days")),
        _ => Ok(()),
    }
}

/// Bytes of a day's count that is below 128.
const DAY_BYTES: usize = 3;

fn day_count(newest: i32, back: u8, dimension: u8, count: u32) -> DayCount {
    ((newest - i32::from(back), Dimension(dimension)), count)
}

fn put_days(days: &[DayCount], newest: i32, out: &mut Vec<u8>) {
    put_varint(days.len() as u64, out);
    if days.iter().fold(0, |high, (_, count)| high | count) < 0x80 {
        let start = out.len();
        out.resize(start + days.len() * DAY_BYTES, 0);
        let (packed, _) = out[start..].as_chunks_mut::<DAY_BYTES>();
        for (((day, dimension), count), packed) in days.iter().zip(packed) {
            *packed = [(newest - day) as u8, dimension.0, *count as u8];
        }
        return;
    }
    for ((day, dimension), count) in days {
        out.extend_from_slice(&[(newest - day) as u8, dimension.0]);
        put_varint(u64::from(*count), out);
    }
}

fn put_touchpoints(touchpoints: &[Touchpoint], width: usize, out: &mut Vec<u8>) {
    packed!(width, put_packed(touchpoints, out));
}

fn put_packed<const STRIDE: usize>(touchpoints: &[Touchpoint], out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + touchpoints.len() * STRIDE, 0);
    let (packed, _) = out[start..].as_chunks_mut::<STRIDE>();
    for (touchpoint, packed) in touchpoints.iter().zip(packed) {
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

/// Appends what comes next in `into`, if it is in order.
fn push<T, K: Ord>(into: &mut Vec<T>, next: T, key: impl Fn(&T) -> K, what: &'static str) -> Result<(), CodecError> {
    if into.last().is_some_and(|before| key(before) >= key(&next)) {
        return Err(CodecError::Impossible(what));
    }
    into.push(next);
    Ok(())
}

/// Touchpoints in order, by a reader that knows how long each is: it runs for every touchpoint of every lead that something happens to.
fn read_touchpoints(
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
    let (mut possible, mut in_order, mut before) = (true, true, None);
    into.extend(packed.iter().map(|packed| {
        let (touchpoint, is_one) = touchpoint(packed);
        possible &= is_one;
        in_order &= before.is_none_or(|before| before < touchpoint);
        before = Some(touchpoint);
        touchpoint
    }));
    match (possible, in_order) {
        (false, _) => Err(CodecError::Impossible("touchpoint")),
        (_, false) => Err(CodecError::Impossible("order of touchpoints")),
        _ => Ok(()),
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

fn thousandths(from: &mut Bytes<'_>) -> Result<u16, CodecError> {
    let share = u16::from_le_bytes(from.array()?);
    if share <= 1000 { Ok(share) } else { Err(CodecError::Impossible("completeness")) }
}

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
