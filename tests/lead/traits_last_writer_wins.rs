//! Traits: the value of the newest instant stands, of equal instants that of the larger id; what is sent is read by the trait's kind.

use crate::lead_support::{KINDS, Sent, bytes, sent};
use needle::config::TraitKind;
use needle::lead::facts::{Facts, TraitFact, TraitValue};
use needle::lead::text::ShortText;
use needle::lead::traits::fold_trait;
use needle::wire::event::Scalar;
use proptest::prelude::*;

proptest! {
    #[test]
    fn last_writer_wins(
        said in proptest::collection::vec((0..3u16, 0..4i64, sent()), 1..40).prop_shuffle(),
    ) {
        let values = said.iter().zip(1..).filter_map(|((index, at_ms, sent), id)| {
            let value = TraitValue::read(KINDS[usize::from(*index)], sent.scalar())?;
            Some(TraitFact { index: *index, at_ms: *at_ms, id, value })
        });
        let values: Vec<_> = values.collect();
        let mut traits = Vec::new();
        for value in values.iter().rev().chain(&values) {
            fold_trait(&mut traits, value.clone());
        }
        let mut expected = Vec::new();
        for index in 0..3 {
            expected.extend(values.iter().filter(|value| value.index == index).max_by_key(|value| (value.at_ms, value.id)).cloned());
        }
        prop_assert_eq!(traits, expected);
    }

    /// Two values of one message at one instant: whichever comes first, the same stands.
    #[test]
    fn of_one_message_either_order_gives_the_same(kind in 0..KINDS.len(), values in [sent(), sent(), sent()], at_ms in [0..3i64, 0..3, 0..3]) {
        let facts: Vec<_> = values.iter().zip(at_ms).filter_map(|(sent, at_ms)| {
            Some(TraitFact { index: 0, at_ms, id: 1, value: TraitValue::read(KINDS[kind], sent.scalar())? })
        }).collect();
        let folded = |order: &[usize]| {
            let mut lead = Facts::default();
            for fact in order.iter().filter_map(|at| facts.get(*at)) {
                fold_trait(&mut lead.traits, fact.clone());
            }
            bytes(&lead)
        };
        let first = folded(&[0, 1, 2]);
        for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            prop_assert_eq!(folded(&order), first.clone());
        }
    }

    /// A short text holds whole characters, is trimmed, and a short text of it is the same.
    #[test]
    fn short_texts(text in prop_oneof!["\\PC{0,80}", "[a é\u{2003}€😀]{0,80}"]) {
        let short = ShortText::new(&text);
        prop_assert!(text.trim().starts_with(&*short) && short.len() <= ShortText::BYTES);
        prop_assert_eq!(short.trim(), &*short);
        prop_assert_eq!(&*ShortText::new(&short), &*short);
        let lost = &text.trim()[short.len()..];
        let room = ShortText::BYTES - short.len();
        let fits = lost.chars().scan(0, |len, c| { *len += c.len_utf8(); (*len <= room).then_some(c) });
        prop_assert!(fits.collect::<String>().trim().is_empty(), "{:?} was cut before its end", text);
    }
}

#[test]
fn the_newer_instant_then_the_larger_id() {
    let fact = |at_ms, id, number| TraitFact { index: 0, at_ms, id, value: TraitValue::Number(number) };
    let folded = |facts: &[TraitFact]| {
        let mut traits = Vec::new();
        facts.iter().for_each(|fact| fold_trait(&mut traits, fact.clone()));
        traits
    };
    assert_eq!(folded(&[fact(5, 1, 1.0), fact(6, 0, 0.5)]), [fact(6, 0, 0.5)]);
    assert_eq!(folded(&[fact(6, 0, 0.5), fact(5, 1, 1.0)]), [fact(6, 0, 0.5)]);
    assert_eq!(folded(&[fact(5, 2, 2.0), fact(5, 1, 9.0)]), [fact(5, 2, 2.0)]);
    // Null is a value as others are: the lead has taken it back.
    let null = TraitFact { value: TraitValue::Null, ..fact(7, 3, 0.0) };
    assert_eq!(folded(&[fact(5, 2, 2.0), null.clone()]), [null]);
    // The same message again: its instant was the record's time.
    assert_eq!(folded(&[fact(5, 1, 1.0), fact(9, 1, 1.0)]), [fact(5, 1, 1.0)]);
    assert_eq!(folded(&[fact(9, 1, 1.0), fact(5, 1, 1.0)]), [fact(5, 1, 1.0)]);
}

#[test]
fn what_is_sent_is_read_by_its_kind() {
    use TraitKind::{Category, Flag, Number, Title};
    let number = |number| Some(TraitValue::Number(number));
    let flag = |flag| Some(TraitValue::Flag(flag));
    let text = |text| Some(TraitValue::Text(ShortText::new(text)));
    let table: Vec<(TraitKind, Sent, Option<TraitValue>)> = vec![
        (Number, Sent::Null, Some(TraitValue::Null)),
        (Number, Sent::Number(250.0), number(250.0)),
        (Number, Sent::Number(f64::INFINITY), None),
        (Number, Sent::Number(f64::NAN), None),
        (Number, Sent::Flag(true), number(1.0)),
        (Number, Sent::Flag(false), number(0.0)),
        (Number, Sent::Text(" 1e3 ".into()), number(1000.0)),
        (Number, Sent::Text("-0.5".into()), number(-0.5)),
        (Number, Sent::Text("1,000".into()), None),
        (Number, Sent::Text("50-100".into()), None),
        (Number, Sent::Text("inf".into()), None),
        (Number, Sent::Text("NaN".into()), None),
        (Number, Sent::Text("1e999".into()), None),
        (Number, Sent::Text("".into()), None),
        (Flag, Sent::Null, Some(TraitValue::Null)),
        (Flag, Sent::Flag(true), flag(true)),
        (Flag, Sent::Number(0.0), flag(false)),
        (Flag, Sent::Number(-2.0), flag(true)),
        (Flag, Sent::Number(f64::NAN), None),
        (Flag, Sent::Text(" Yes".into()), flag(true)),
        (Flag, Sent::Text("ON".into()), flag(true)),
        (Flag, Sent::Text("0".into()), flag(false)),
        (Flag, Sent::Text("False".into()), flag(false)),
        (Flag, Sent::Text("maybe".into()), None),
        (Flag, Sent::Text("".into()), None),
        (Category, Sent::Null, Some(TraitValue::Null)),
        (Category, Sent::Text("  Retail \n".into()), text("Retail")),
        (Category, Sent::Text(" \t".into()), Some(TraitValue::Null)),
        (Category, Sent::Number(42.0), text("42")),
        (Category, Sent::Number(4.5), text("4.5")),
        (Category, Sent::Number(f64::NEG_INFINITY), None),
        (Category, Sent::Flag(true), text("true")),
        (Category, Sent::Flag(false), text("false")),
        (Title, Sent::Text("VP Sales".into()), text("VP Sales")),
        (Title, Sent::Text("".into()), Some(TraitValue::Null)),
        (Title, Sent::Number(7.0), text("7")),
    ];
    for (kind, sent, expected) in table {
        assert_eq!(TraitValue::read(kind, sent.scalar()), expected, "{kind:?} {sent:?}");
    }
    // One zero: the other equals it and would have other bytes.
    let zeros = [Scalar::Number(-0.0), Scalar::Text("-0")].map(|zero| TraitValue::read(Number, zero));
    for zero in zeros {
        assert!(matches!(zero, Some(TraitValue::Number(zero)) if zero.is_sign_positive()), "{zero:?}");
    }
    assert_eq!(TraitValue::read(Category, Scalar::Number(-0.0)), text("0"));
}
