//! The byte form is canonical: equal facts have equal bytes, what is encoded is decoded, and of all other bytes those alone are taken
//! that are the form of some facts. Whatever the bytes say, reading them takes no more room than they do.

use crate::lead_support::{bytes, events, fold};
use needle::lead::codec::CodecError;
use needle::lead::facts::{DAYS, Dimension, FIRSTS, Facts, TIMELINE};
use proptest::prelude::*;
use proptest::sample::Index;

/// An error, or facts whose form these bytes are.
fn check(bytes: &[u8]) -> Result<(), CodecError> {
    let mut facts = Facts::default();
    let result = facts.decode(bytes);
    let entries = facts.timeline.len() + facts.older.firsts.len() + facts.traits.len();
    let entries = entries + facts.older.totals.len() + facts.older.days.len();
    assert!(entries <= bytes.len(), "{entries} entries of {} bytes", bytes.len());
    if result.is_ok() {
        assert_eq!(crate::lead_support::bytes(&facts), bytes);
        assert!(facts.timeline.len() <= TIMELINE && facts.older.firsts.len() <= FIRSTS);
        assert!(facts.timeline.is_sorted() && facts.older.firsts.is_sorted());
        assert!(facts.traits.is_sorted_by(|a, b| a.index < b.index));
        assert!(facts.older.totals.is_sorted_by(|a, b| a.0 < b.0) && facts.older.totals.iter().all(|t| t.1 > 0));
        assert!(facts.older.days.is_sorted_by(|a, b| a.0 < b.0) && facts.older.days.iter().all(|d| d.1 > 0));
        assert_eq!(facts, facts.clone(), "facts that do not equal themselves");
    }
    result
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(events in events(0..200), used in events(0..100)) {
        let facts = fold(&events);
        let bytes = bytes(&facts);
        // Buffers that held another lead before.
        let mut decoded = fold(&used);
        prop_assert_eq!(decoded.decode(&bytes), Ok(()));
        prop_assert_eq!(&decoded, &facts);
        prop_assert_eq!(crate::lead_support::bytes(&decoded), bytes);
    }

    #[test]
    fn other_bytes_are_an_error_or_the_form_of_other_facts(
        events in events(0..100),
        edits in proptest::collection::vec((any::<Index>(), 0..3usize, proptest::collection::vec(any::<u8>(), 0..3)), 1..4),
    ) {
        let mut bytes = bytes(&fold(&events));
        for (place, cut, put) in edits {
            let start = place.index(bytes.len() + 1);
            let end = (start + cut).min(bytes.len());
            bytes.splice(start..end, put);
        }
        let _ = check(&bytes);
    }

    /// Where lengths and flags stand, and a bit anywhere.
    #[test]
    fn a_changed_bit_is_an_error_or_the_form_of_other_facts(events in events(0..80), place in any::<Index>(), bit in 0..8u8) {
        let before = bytes(&fold(&events));
        for place in [0, 1, 2, 3, place.index(before.len())] {
            let mut bytes = before.clone();
            bytes[place] ^= 1 << bit;
            let _ = check(&bytes);
        }
    }

    #[test]
    fn arbitrary_bytes(head in any::<[u8; 3]>(), tail in proptest::collection::vec(prop_oneof![Just(0), Just(1), Just(0xff), any::<u8>()], 0..200)) {
        let _ = check(&[&[1], &head[..], &tail].concat());
        let _ = check(&tail);
    }

    #[test]
    fn cut_anywhere_or_longer(events in events(1..100), extra in any::<u8>()) {
        let whole = bytes(&fold(&events));
        let mut facts = Facts::default();
        for len in 0..whole.len() {
            prop_assert!(facts.decode(&whole[..len]).is_err(), "{} bytes of {}", len, whole.len());
        }
        let longer = [&whole[..], &[extra]].concat();
        prop_assert_eq!(facts.decode(&longer), Err(CodecError::Trailing(1)));
    }
}

const TOUCHPOINT: [u8; 16] = [0; 16];

/// No touchpoints, and these flags and bytes.
fn flagged(flags: u8, rest: &[&[u8]]) -> Vec<u8> {
    [&[1, flags, 0, 0], &rest.concat()[..]].concat()
}

#[test]
fn each_way_to_say_the_same_otherwise_is_refused() {
    let at_and_id = [0; 14];
    let number = |number: f64| flagged(64, &[&[1, 0, 1], &at_and_id, &number.to_le_bytes()]);
    let text = |text: &[u8]| flagged(64, &[&[1, 0, 4], &at_and_id, &[text.len() as u8], text]);
    let older = |rest: &[u8]| [&[1, 128, 1, 0], &TOUCHPOINT[..], &[0], rest].concat();
    let null = |index: u8| [&[index, 0], &at_and_id[..]].concat();
    let taken: [(&str, Vec<u8>); 9] = [
        ("nothing", flagged(0, &[])),
        ("a touchpoint", [&[1, 0, 1, 0], &TOUCHPOINT[..]].concat()),
        ("a number", number(-1.5)),
        ("a text", text(b"a b")),
        ("two traits", flagged(64, &[&[2], &null(0), &null(1)])),
        ("a total", older(&[1, 0, 1, 0])),
        ("a large total", older(&[1, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 0])),
        ("two days", older(&[1, 0, 2, 2, 34, 0, 1, 0, 0, 1])),
        ("a form", flagged(48, &[&[0xe8, 3], &at_and_id, &[0xe8, 3]])),
    ];
    for (name, bytes) in taken {
        assert_eq!(check(&bytes), Ok(()), "{name}");
    }
    let mut wide = [&[1, 0, 1, 1], &TOUCHPOINT[..], &[0]].concat();
    let wider = |bit: u8| [&[1, 0, 1, 0][..], &[0; 7], &[bit], &[0; 8]].concat();
    let refused: [(&str, Vec<u8>); 25] = [
        ("no version", vec![]),
        ("another version", vec![2, 0, 0, 0]),
        ("themes that nobody has", std::mem::take(&mut wide)),
        ("bytes of themes without touchpoints", vec![1, 0, 0, 1]),
        ("nine bytes of themes", vec![1, 0, 0, 9]),
        ("65 touchpoints", [&[1, 0, 65, 0], &vec![0; 65 * 16][..]].concat()),
        ("the same touchpoint twice", [&[1, 0, 2, 0], &TOUCHPOINT[..], &TOUCHPOINT].concat()),
        ("a bit beyond the mark", wider(0x10)),
        ("the highest bit", wider(0x80)),
        ("no traits, said", flagged(64, &[&[0]])),
        ("traits out of order", flagged(64, &[&[2], &null(1), &null(0)])),
        ("a trait twice", flagged(64, &[&[2], &null(1), &null(1)])),
        ("a long form of a count", flagged(64, &[&[0x81, 0], &null(0)])),
        ("a number beyond 64 bits", flagged(64, &[&[0xff; 9], &[2]])),
        ("a number without end", flagged(64, &[&[0xff; 40]])),
        ("a lying count", flagged(64, &[&[0xff, 0xff, 0xff, 0xff, 0x0f], &null(0)])),
        ("infinity", number(f64::INFINITY)),
        ("no number", number(f64::NAN)),
        ("zero below zero", number(-0.0)),
        ("white space around", text(b"a ")),
        ("an empty text", text(b"")),
        ("a text too long", text(&[b'a'; 65])),
        ("no text", text(&[0xff])),
        ("a kind of trait that there is not", flagged(64, &[&[1, 0, 5], &at_and_id])),
        ("more than the whole form", flagged(16, &[&[0xe9, 3]])),
    ];
    for (name, bytes) in refused {
        assert!(check(&bytes).is_err(), "{name}");
    }
    let refused_older: [(&str, &[u8]); 8] = [
        ("no totals", &[0, 0]),
        ("a total of nothing", &[1, 0, 0, 0]),
        ("a total beyond 32 bits", &[1, 0, 0x80, 0x80, 0x80, 0x80, 0x10, 0]),
        ("totals out of order", &[2, 1, 1, 0, 1, 0]),
        ("a day of nothing", &[1, 0, 1, 1, 0, 0, 0]),
        ("days out of order", &[1, 0, 2, 2, 0, 0, 1, 34, 0, 1]),
        ("a day twice", &[1, 0, 2, 2, 3, 0, 1, 3, 0, 1]),
        ("a day too long ago", &[1, 0, 2, 1, DAYS as u8, 0, 1]),
    ];
    for (name, rest) in refused_older {
        assert!(check(&older(rest)).is_err(), "{name}");
    }
    let six = [&[1, 128, 1, 0], &TOUCHPOINT[..], &[6], &[0; 96], &[1, 0, 1, 0]].concat();
    assert!(check(&six).is_err(), "six first touchpoints");
}

/// Counts at their end: nothing wraps, neither there nor back.
#[test]
fn counts_stay_at_their_end() {
    let mut facts = Facts::default();
    facts.older.totals.push((Dimension::ALL, u32::MAX));
    let mut twice = facts.clone();
    twice.known = true;
    twice.merge(&facts);
    assert_eq!(twice.older.totals, facts.older.totals);
    let mut decoded = Facts::default();
    assert_eq!(decoded.decode(&bytes(&twice)), Ok(()));
    assert_eq!(decoded, twice);
}
