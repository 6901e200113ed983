//! A score change that is written is JSON of the promised shape, whose numbers read back as the same, bit for bit.

use needle::wire::change::{Cause, CausingEvent, InputPosition, Jump, Moved, Reason, ScoreChange};
use needle::wire::encode::encode_change;
use needle::wire::event::EventType;
use proptest::prelude::*;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashMap;

fn schema(name: &str) -> jsonschema::Validator {
    let path = format!("{}/schemas/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("a schema")).expect("JSON");
    assert!(jsonschema::meta::is_valid(&schema), "{name}");
    jsonschema::draft202012::options().should_validate_formats(true).build(&schema).expect("a schema")
}

fn encoded(change: &ScoreChange<'_>) -> String {
    let mut out = b"before".to_vec();
    encode_change(change, &mut out);
    String::from_utf8(out.split_off(6)).expect("UTF-8")
}

fn example() -> ScoreChange<'static> {
    ScoreChange {
        tenant: "default",
        lead: "u-17",
        score: 81,
        previous: Some(63),
        band: "A",
        probability: 0.0812,
        cause: Cause::Event,
        reasons: &[Reason {
            feature: "theme_pricing_count_7d",
            value: 3.0,
            points: 12.4,
            text: "3 visits to pricing in 7 days",
        }],
        base: 38.25,
        other: -1.5,
        moved: Some(Moved {
            since_ms: 1_795_252_383_120,
            points: 17.75,
            reasons: &[Reason {
                feature: "theme_pricing_count_7d",
                value: 3.0,
                points: 18.0,
                text: "3 visits to pricing in 7 days",
            }],
            other: -0.25,
        }),
        cold_in_days: Some(12),
        explore: Some(0.02),
        model_version: "2026-11-20T06-00-00Z-5f0c",
        model_kind: "trees",
        event: Some(CausingEvent {
            id: "m-991",
            kind: EventType::Page,
            name: Some("Pricing"),
            at_ms: 1_795_252_443_120,
        }),
        as_of_ms: 1_795_252_443_120,
        input: InputPosition { topic: "events", partition: 2, offset: 48113 },
        jump: None,
    }
}

#[test]
fn the_promised_bytes() {
    let expected = concat!(
        r#"{"tenant":"default","lead":"u-17","score":81,"previous":63,"band":"A","probability":0.0812,"cause":"event","#,
        r#""reasons":[{"feature":"theme_pricing_count_7d","value":3,"points":12.4,"text":"3 visits to pricing in 7 days"}],"base":38.25,"other":-1.5,"#,
        r#""moved":{"since":"2026-11-21T09:13:03.120Z","points":17.75,"reasons":[{"feature":"theme_pricing_count_7d","value":3,"points":18,"text":"3 visits to pricing in 7 days"}],"other":-0.25},"#,
        r#""cold_in_days":12,"explore":{"propensity":0.02},"#,
        r#""model":{"version":"2026-11-20T06-00-00Z-5f0c","kind":"trees"},"#,
        r#""event":{"id":"m-991","type":"page","name":"Pricing","at":"2026-11-21T09:14:03.120Z"},"#,
        r#""as_of":"2026-11-21T09:14:03.120Z","input":{"topic":"events","partition":2,"offset":48113}"#,
    );
    assert_eq!(encoded(&example()), format!("{expected}}}"));
    let jump = Jump { rule: "hot", from: Some((63, 0)) };
    let jumped = ScoreChange { jump: Some(jump), ..example() };
    assert_eq!(
        encoded(&jumped),
        format!(r#"{expected},"rule":"hot","from":{{"score":63,"at":"1970-01-01T00:00:00.000Z"}}}}"#)
    );
    let none = ScoreChange { cold_in_days: None, explore: None, ..example() };
    let first = ScoreChange { previous: None, event: None, jump: Some(Jump { rule: "hot", from: None }), ..none };
    let text = encoded(&first);
    assert!(
        text.contains(r#""cold_in_days":null,"model""#)
            && text.contains(r#""previous":null"#)
            && text.contains(r#""event":null"#)
            && text.ends_with(r#""from":null}"#),
        "{text}"
    );
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>().prop_filter("finite", |n| n.is_finite()),
        (-1000i32..1000).prop_map(f64::from),
        Just(-0.0),
        Just(f64::MIN_POSITIVE / 3.0)
    ]
}

fn text() -> impl Strategy<Value = String> {
    "[\u{0}-\u{7f}é😀]{1,9}"
}

fn parse<'j, T: serde::Deserialize<'j>>(json: &'j str) -> T {
    serde_json::from_str(json).expect("JSON")
}

type Object<'j> = HashMap<String, &'j RawValue>;

/// Correctly rounded, which is more than a fast JSON reader promises.
fn bits(json: &RawValue) -> u64 {
    json.get().parse::<f64>().expect("a number").to_bits()
}

proptest! {
    #[test]
    fn numbers_and_texts(
        numbers in prop::collection::vec(number(), 6),
        texts in prop::collection::vec(text(), 7),
        probability in 0.0..=1.0f64,
        score in 0u8..=100, previous in prop::option::of(0u8..=100), jump in prop::option::of(prop::option::of((0u8..=100, 0..253_402_300_800_000i64))),
        cause in prop::sample::select(vec![Cause::Event, Cause::Model, Cause::Decay]),
        kind in prop::sample::select(EventType::ALL.to_vec()), name in prop::option::of(text()), swept in any::<bool>(),
        (days, share) in (prop::option::of(1..3650u32), prop::option::of(0.0..=1.0f64)),
        (at_ms, as_of_ms) in (0..253_402_300_800_000i64, 0..253_402_300_800_000i64), partition in 0..i32::MAX, offset in 0..i64::MAX,
    ) {
        let reason = |n: usize| Reason { feature: &texts[n], value: numbers[n], points: numbers[n + 2], text: &texts[n + 1] };
        let reasons = [reason(0), reason(1)];
        let change = ScoreChange {
            tenant: "t", lead: &texts[3], score, previous, band: &texts[4], probability, cause, reasons: &reasons,
            base: numbers[4], other: numbers[5], moved: None, cold_in_days: days, explore: share, model_version: &texts[5], model_kind: "linear",
            event: (!swept).then_some(CausingEvent { id: &texts[6], kind, name: name.as_deref(), at_ms }),
            as_of_ms, input: InputPosition { topic: "events", partition, offset },
            jump: jump.map(|from| Jump { rule: "hot", from }),
        };
        let json = encoded(&change);
        let object: Object<'_> = parse(&json);
        prop_assert_eq!(parse::<u8>(object["score"].get()), score);
        prop_assert_eq!(parse::<Option<u8>>(object["previous"].get()), previous);
        prop_assert_eq!(parse::<String>(object["lead"].get()), texts[3].as_str());
        for (field, number) in [("probability", probability), ("base", numbers[4]), ("other", numbers[5])] {
            prop_assert_eq!(bits(object[field]), number.to_bits(), "{}", field);
        }
        let read: Vec<Object<'_>> = parse(object["reasons"].get());
        for (read, said) in read.iter().zip(&reasons) {
            prop_assert_eq!((bits(read["value"]), bits(read["points"])), (said.value.to_bits(), said.points.to_bits()));
            prop_assert_eq!(parse::<String>(read["text"].get()), said.text);
        }
        let instant = |json: &str| parse::<String>(json).parse::<jiff::Timestamp>().expect("RFC 3339").as_millisecond();
        prop_assert_eq!(instant(object["as_of"].get()), as_of_ms);
        let input: Object<'_> = parse(object["input"].get());
        prop_assert_eq!((parse::<i32>(input["partition"].get()), parse::<i64>(input["offset"].get())), (partition, offset));
        if let Some(event) = parse::<Option<Object<'_>>>(object["event"].get()) {
            prop_assert!(!swept);
            prop_assert_eq!(parse::<Option<String>>(event["name"].get()), name);
            prop_assert_eq!((parse::<&str>(event["type"].get()), instant(event["at"].get())), (kind.name(), at_ms));
        }
        if let Some(Some((score, from_ms))) = jump {
            let from: Object<'_> = parse(object["from"].get());
            prop_assert_eq!((parse::<u8>(from["score"].get()), instant(from["at"].get())), (score, from_ms));
        }
    }
}

#[test]
fn the_schemas_describe_it() {
    let (changes, jumps) = (schema("score-change"), schema("score-jump"));
    let from = [None, Some((63, 1_795_252_443_120))];
    let mut values = Vec::new();
    for cause in [Cause::Event, Cause::Model, Cause::Decay] {
        for jump in [None, Some(from[0]), Some(from[1])] {
            let event = example().event.filter(|_| cause == Cause::Event);
            let jump = jump.map(|from| Jump { rule: "hot", from });
            values.push((jump.is_some(), encoded(&ScoreChange { cause, event, jump, ..example() })));
        }
    }
    values.push((false, encoded(&ScoreChange { previous: None, reasons: &[], moved: None, ..example() })));
    for (is_jump, json) in &values {
        let value: Value = parse(json);
        let valid = if *is_jump { jumps.validate(&value) } else { changes.validate(&value) };
        assert!(valid.is_ok(), "{json}: {:?}", valid.err());
        assert_eq!((changes.is_valid(&value), jumps.is_valid(&value)), (!is_jump, *is_jump), "{json}");
    }
    // They can say no.
    for (field, wrong) in [
        ("score", "101"),
        ("as_of", "\"2026-11-21\""),
        ("cause", "\"whim\""),
        ("lead", "\"\""),
        ("event", "{}"),
        ("extra", "1"),
    ] {
        let mut value: Value = parse(&encoded(&example()));
        value[field] = parse(wrong);
        assert!(!changes.is_valid(&value), "{field}");
    }
}
