//! Ids: who the lead is, and which event this is.

use std::fmt::Write;

use super::fault::{Fault, Reason, excerpt};
use super::json::{Number, View};

/// Bytes that the id of a lead, or the name of a tenant, may have.
pub const MAX_ID_BYTES: usize = 256;

/// Ids that stand for nobody.
pub(super) struct Blocked(Vec<String>);

impl Blocked {
    pub fn new(ids: &[String]) -> Self {
        Self(ids.iter().map(|id| id.trim().to_lowercase()).collect())
    }

    /// Whether `id` names nobody: it is empty, or blocked, whatever its case and the white space around it.
    pub fn names_nobody(&self, id: &str) -> bool {
        let id = id.trim();
        id.is_empty() || self.0.iter().any(|blocked| same_but_for_case(id, blocked))
    }
}

fn same_but_for_case(id: &str, lower: &str) -> bool {
    if id.is_ascii() {
        return id.eq_ignore_ascii_case(lower);
    }
    id.chars().flat_map(char::to_lowercase).eq(lower.chars())
}

/// Where the id of a lead may stand: `userId`, then `anonymousId`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct IdFields<'a> {
    pub user: Option<View<'a>>,
    pub anonymous: Option<View<'a>>,
}

/// The lead: `userId`, else `anonymousId`; and whether it is known (a `userId`).
///
/// The batch's ids count only for an item that has none of its own: an item that names somebody must not become
/// somebody else. For the same reason a `userId` that is too long is a fault and does not give way to the `anonymousId`.
pub(super) fn lead<'b>(
    own: IdFields<'b>,
    batch: IdFields<'b>,
    blocked: &Blocked,
    room: &'b mut String,
) -> Result<(&'b str, bool), Fault> {
    let places = [(own.user, true), (own.anonymous, false), (batch.user, true), (batch.anonymous, false)];
    let found = places.into_iter().find_map(|(value, known)| {
        let value = value?;
        let id = scalar_text(value, room)?;
        (!blocked.names_nobody(id)).then_some((value, known))
    });
    let Some((id, known)) = found.and_then(|(value, known)| Some((scalar_text(value, room)?, known))) else {
        return Err(nobody(own));
    };
    if id.len() > MAX_ID_BYTES {
        let field = if known { "userId" } else { "anonymousId" };
        let detail = format!("{field} has {} bytes, at most {MAX_ID_BYTES} are allowed", id.len());
        return Err(Fault::new(Reason::IdTooLong, detail));
    }
    Ok((id, known))
}

#[cold]
fn nobody(own: IdFields<'_>) -> Fault {
    let say = |name: &str, id: Option<View<'_>>| match id {
        None => format!("no {name}"),
        Some(v) => match (v.text(), v.number()) {
            (Some(text), _) if text.trim().is_empty() => format!("{name} is empty"),
            (Some(text), _) => format!("{name} {:?} counts as none", excerpt(text)),
            (_, Some(number)) if is_inexact(number) => format!("{name} is a number too large to be told from others"),
            (_, Some(number)) => format!("{name} {} counts as none", number.to_f64()),
            _ => format!("{name} is {}", v.kind()),
        },
    };
    Fault::new(Reason::MissingId, format!("{}, {}", say("userId", own.user), say("anonymousId", own.anonymous)))
}

/// From here on a double no longer tells every whole number from the next: 2^53.
const INEXACT_FROM: f64 = 9_007_199_254_740_992.0;

/// Whether other numbers could have been sent that read as this one: two leads would become one.
fn is_inexact(number: Number) -> bool {
    matches!(number, Number::Float(n) if n.abs() >= INEXACT_FROM)
}

/// Text as sent, a number in its shortest form, written into `room`; nothing for other values, and for a number that is
/// not kept exactly (a whole one beyond 64 bits).
pub(super) fn scalar_text<'b>(value: View<'b>, room: &'b mut String) -> Option<&'b str> {
    match value.number() {
        Some(number) if is_inexact(number) => None,
        Some(number) => {
            room.clear();
            write_number(number, room);
            Some(room)
        }
        None => value.text(),
    }
}

/// `17` for 17, 17.0 and 1.7e1.
fn write_number(number: Number, out: &mut String) {
    // Writing to a String never fails.
    let _ = match number {
        Number::Signed(n) => write!(out, "{n}"),
        Number::Unsigned(n) => write!(out, "{n}"),
        Number::Float(n) => {
            let mut room = ryu::Buffer::new();
            let text = if n == 0.0 { "0" } else { room.format(n) };
            write!(out, "{}", text.strip_suffix(".0").unwrap_or(text))
        }
    };
}

/// Room for `h:` and 32 hex digits.
pub(super) type HashText = [u8; 34];

/// The id of an event that brought none: a 128-bit hash (XXH3) of its bytes as sent.
pub(super) fn hash_id<'b>(bytes: &[u8], room: &'b mut HashText) -> &'b str {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let hash = xxhash_rust::xxh3::xxh3_128(bytes);
    room[..2].copy_from_slice(b"h:");
    for (place, slot) in room[2..].iter_mut().enumerate() {
        *slot = HEX[(hash >> (124 - 4 * place)) as usize & 15];
    }
    // Hex digits are ASCII.
    std::str::from_utf8(room).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_their_shortest_text() {
        let text = |n| {
            let mut out = String::new();
            write_number(n, &mut out);
            out
        };
        assert_eq!(text(Number::Unsigned(u64::MAX)), "18446744073709551615");
        assert_eq!(text(Number::Signed(-5)), "-5");
        for (n, expected) in
            [(17.0, "17"), (-0.0, "0"), (1.5, "1.5"), (1e300, "1e300"), (12345678901234567.0, "1.2345678901234568e16")]
        {
            assert_eq!(text(Number::Float(n)), expected);
        }
    }

    #[test]
    fn blocked_ids_are_compared_trimmed_and_without_case() {
        let blocked = Blocked::new(&["null".into(), "Überall".into(), "0".into()]);
        for nobody in ["", "  ", "NULL", " Null\t", "üBERALL", "0"] {
            assert!(blocked.names_nobody(nobody), "{nobody}");
        }
        for somebody in ["nulls", "00", "uberall", "x"] {
            assert!(!blocked.names_nobody(somebody), "{somebody}");
        }
    }

    #[test]
    fn a_hash_is_printed_whole() {
        let mut room = [0; 34];
        // XXH3-128 of no bytes, from the reference implementation.
        assert_eq!(hash_id(b"", &mut room), "h:99aa06d3014798d86001c324468d497f");
    }
}
