//! The byte form is canonical: equal facts have equal bytes, what is encoded is decoded, and of all other bytes those alone are taken
//! that are the form of some facts, or were as an earlier version. Whatever the bytes say, reading them takes little more room than they do.

use crate::lead_support::{bytes, bytes_1, events, fold};
use needle::lead::codec::{CodecError, is_current};
use needle::lead::facts::{DAYS, Dimension, FIRSTS, Facts, Older, TIMELINE};
use proptest::prelude::*;
use proptest::sample::Index;

/// An error, or facts whose form these bytes are, or were before older sums were a table.
fn check(bytes: &[u8]) -> Result<(), CodecError> {
    let mut facts = Facts::default();
    let result = facts.decode(bytes);
    let Older { firsts, dimensions, totals, days, by_day } = &facts.older;
    let entries = facts.timeline.len() + firsts.len() + facts.traits.len() + totals.len() + days.len();
    assert!(entries <= bytes.len(), "{entries} entries of {} bytes", bytes.len());
    assert!(
        entries + by_day.len() <= bytes.len() || !is_current(bytes),
        "{entries} entries and {} counts",
        by_day.len()
    );
    assert!(by_day.len() <= DAYS as usize * usize::from(Dimension::END), "{} counts", by_day.len());
    if result.is_ok() {
        let written = if is_current(bytes) { crate::lead_support::bytes(&facts) } else { bytes_1(&facts) };
        assert_eq!(written, bytes);
        assert!(facts.timeline.len() <= TIMELINE && facts.older.firsts.len() <= FIRSTS);
        assert!(facts.timeline.is_sorted() && facts.older.firsts.is_sorted());
        assert!(facts.traits.is_sorted_by(|a, b| a.index < b.index));
        assert!(dimensions.is_sorted_by(|a, b| a < b) && totals.iter().all(|total| *total > 0));
        assert_eq!((totals.len(), by_day.len()), (dimensions.len(), days.len() * dimensions.len()));
        assert!(days.is_sorted_by(|a, b| a < b));
        assert!(by_day.chunks(dimensions.len().max(1)).all(|row| row.iter().any(|count| *count > 0)));
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
    fn what_was_encoded_as_version_1_is_decoded(events in events(0..200), used in events(0..100)) {
        let facts = fold(&events);
        let bytes = bytes_1(&facts);
        let mut decoded = fold(&used);
        prop_assert_eq!(decoded.decode(&bytes), Ok(()));
        prop_assert_eq!(decoded, facts.clone());
        prop_assert_eq!(is_current(&bytes), facts.older.is_empty());
    }

    #[test]
    fn other_bytes_are_an_error_or_the_form_of_other_facts(
        events in events(0..100),
        edits in proptest::collection::vec((any::<Index>(), 0..3usize, proptest::collection::vec(any::<u8>(), 0..3)), 1..4),
    ) {
        let facts = fold(&events);
        for mut bytes in [bytes(&facts), bytes_1(&facts)] {
            for (place, cut, put) in &edits {
                let start = place.index(bytes.len() + 1);
                let end = (start + cut).min(bytes.len());
                bytes.splice(start..end, put.iter().copied());
            }
            let _ = check(&bytes);
        }
    }

    /// Where lengths and flags stand, and a bit anywhere.
    #[test]
    fn a_changed_bit_is_an_error_or_the_form_of_other_facts(events in events(0..80), place in any::<Index>(), bit in 0..8u8) {
        let facts = fold(&events);
        for before in [bytes(&facts), bytes_1(&facts)] {
            for place in [0, 1, 2, 3, place.index(before.len())] {
                let mut bytes = before.clone();
                bytes[place] ^= 1 << bit;
                let _ = check(&bytes);
            }
        }
    }

    #[test]
    fn arbitrary_bytes(head in any::<[u8; 3]>(), tail in proptest::collection::vec(prop_oneof![Just(0), Just(1), Just(0xff), any::<u8>()], 0..200)) {
        let _ = check(&[&[1], &head[..], &tail].concat());
        let _ = check(&[&[2], &head[..], &tail].concat());
        let _ = check(&tail);
    }

    #[test]
    fn cut_anywhere_or_longer(events in events(1..100), extra in any::<u8>()) {
        let mut facts = fold(&events);
        for whole in [bytes(&facts), bytes_1(&facts)] {
            for len in 0..whole.len() {
                prop_assert!(facts.decode(&whole[..len]).is_err(), "{} bytes of {}", len, whole.len());
            }
            let longer = [&whole[..], &[extra]].concat();
            prop_assert_eq!(facts.decode(&longer), Err(CodecError::Trailing(1)));
        }
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
    let of_version = |version: u8, rest: &[u8]| [&[version, 128, 1, 0], &TOUCHPOINT[..], &[0], rest].concat();
    let (older_1, older) = (|rest: &[u8]| of_version(1, rest), |rest: &[u8]| of_version(2, rest));
    let null = |index: u8| [&[index, 0], &at_and_id[..]].concat();
    let taken: [(&str, Vec<u8>); 13] = [
        ("nothing", flagged(0, &[])),
        ("a touchpoint", [&[1, 0, 1, 0], &TOUCHPOINT[..]].concat()),
        ("a number", number(-1.5)),
        ("a text", text(b"a b")),
        ("two traits", flagged(64, &[&[2], &null(0), &null(1)])),
        ("a total", older(&[1, 0, 1, 0, 0, 1])),
        ("a large total", older(&[1, 0, 4, 0, 0, 0xff, 0xff, 0xff, 0xff])),
        ("two days", older(&[1, 2, 1, 1, 0, 2, 34, 0, 1, 1])),
        ("two days of two", older(&[2, 2, 1, 2, 0, 7, 2, 1, 34, 0, 0, 1, 1, 0, 0, 0, 1, 0])),
        ("a total of version 1", older_1(&[1, 0, 1, 0])),
        ("a large total of version 1", older_1(&[1, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 0])),
        ("two days of version 1", older_1(&[1, 0, 2, 2, 34, 0, 1, 0, 0, 1])),
        ("a form", flagged(48, &[&[0xe8, 3], &at_and_id, &[0xe8, 3]])),
    ];
    for (name, bytes) in taken {
        assert_eq!(check(&bytes), Ok(()), "{name}");
    }
    let mut wide = [&[1, 0, 1, 1], &TOUCHPOINT[..], &[0]].concat();
    let wider = |bit: u8| [&[1, 0, 1, 0][..], &[0; 7], &[bit], &[0; 8]].concat();
    let refused: [(&str, Vec<u8>); 26] = [
        ("no version", vec![]),
        ("another version", vec![3, 0, 0, 0]),
        ("version 2 without older sums", vec![2, 0, 0, 0]),
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
    let all: Vec<u8> = (0..=255).flat_map(|dimension| [dimension, 1]).collect();
    let refused_older_1: [(&str, &[u8]); 11] = [
        ("no totals", &[0, 0]),
        ("a total of nothing", &[1, 0, 0, 0]),
        ("a total beyond 32 bits", &[1, 0, 0x80, 0x80, 0x80, 0x80, 0x10, 0]),
        ("totals out of order", &[2, 1, 1, 0, 1, 0]),
        ("a day of nothing", &[1, 0, 1, 1, 0, 0, 0]),
        ("days out of order", &[1, 0, 2, 2, 0, 0, 1, 34, 0, 1]),
        ("a day twice", &[1, 0, 2, 2, 3, 0, 1, 3, 0, 1]),
        ("a day too long ago", &[1, 0, 2, 1, DAYS as u8, 0, 1]),
        ("a day of what has no total", &[1, 0, 2, 1, 1, 1, 1]),
        ("a total of what there is not", &[1, Dimension::END, 1, 0]),
        ("totals of every number", &[&[0x80, 2], &all[..], &[0]].concat()),
    ];
    for (name, rest) in refused_older_1 {
        assert!(check(&older_1(rest)).is_err(), "{name} of version 1");
    }
    let refused_older: [(&str, &[u8]); 16] = [
        ("no totals", &[0, 0, 0, 0]),
        ("a total of nothing", &[2, 0, 1, 0, 0, 1, 1, 0]),
        ("totals out of order", &[2, 0, 1, 0, 1, 0, 1, 1]),
        ("a total twice", &[2, 0, 1, 0, 1, 1, 1, 1]),
        ("totals wider than they need", &[1, 0, 2, 0, 0, 1, 0]),
        ("totals of three bytes", &[1, 0, 3, 0, 0, 0, 0, 1]),
        ("totals of no bytes", &[1, 0, 0, 0, 0]),
        ("a day of nothing", &[1, 2, 1, 1, 0, 2, 2, 1, 0, 1]),
        ("days wider than they need", &[1, 1, 1, 2, 0, 2, 2, 1, 0]),
        ("days out of order", &[1, 2, 1, 1, 0, 2, 0, 34, 1, 1]),
        ("a day twice", &[1, 2, 1, 1, 0, 2, 3, 3, 1, 1]),
        ("a day too long ago", &[1, 1, 1, 1, 0, 2, DAYS as u8, 1]),
        ("a total of what there is not", &[1, 0, 1, 0, Dimension::END, 1]),
        ("a width without days", &[1, 0, 1, 1, 0, 1]),
        ("a day of no bytes", &[1, 1, 1, 0, 0, 2, 2]),
        ("a day of three bytes", &[1, 1, 1, 3, 0, 2, 2, 1, 0, 0]),
    ];
    for (name, rest) in refused_older {
        assert!(check(&older(rest)).is_err(), "{name}");
    }
    let six = [&[2, 128, 1, 0], &TOUCHPOINT[..], &[6], &[0; 96], &[1, 0, 1, 0, 0, 1]].concat();
    assert!(check(&six).is_err(), "six first touchpoints");
}

/// Counts at their end: nothing wraps, neither there nor back.
#[test]
fn counts_stay_at_their_end() {
    let mut facts = Facts::default();
    facts.older.dimensions.push(Dimension::ALL);
    facts.older.totals.push(u32::MAX);
    let mut twice = facts.clone();
    twice.known = true;
    twice.merge(&facts);
    assert_eq!(twice.older.totals, facts.older.totals);
    let mut decoded = Facts::default();
    assert_eq!(decoded.decode(&bytes(&twice)), Ok(()));
    assert_eq!(decoded, twice);
}
