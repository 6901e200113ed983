//! What cannot be read becomes exactly one fault with the true reason; what merely looks odd is read.

use crate::wire_support::{decode, fault, one, record};
use needle::wire::fault::Reason::{self, *};

#[test]
fn reasons() {
    let track = |rest: &str| format!(r#"{{"type":"track","event":"e","userId":"u"{rest}}}"#).into_bytes();
    let long = format!(r#"{{"type":"page","userId":"{}"}}"#, "x".repeat(257));
    let long_beside_short = format!(r#"{{"type":"page","anonymousId":"a","userId":"{}"}}"#, "x".repeat(257));
    let table: Vec<(&[u8], Reason, &str)> = vec![
        (b"", EmptyValue, "no bytes"),
        (b" \n\t", EmptyValue, "white space"),
        (b"\xef\xbb\xbf", EmptyValue, "white space"),
        (b"not json", InvalidJson, "line 1 column 2"),
        (b"{\"type\":\"track\",\"userId\":\"u\"", InvalidJson, "EOF"),
        (b"{\"type\":\"page\",\"userId\":\"u", InvalidJson, "EOF"),
        (b"{\"type\":\"page\",\"userId\":\"u\"}}", InvalidJson, "trailing characters"),
        (b"{\"type\":\"page\",\"userId\":\"u\"} {}", InvalidJson, "trailing characters"),
        (b"{\"type\":\"page\",\"userId\":\"u\",}", InvalidJson, "key must be a string"),
        (b"{'type':'page'}", InvalidJson, "column 2"),
        (b"{\"type\":\"page\",\"userId\":\"\xff\"}", InvalidJson, "invalid UTF-8 at byte 25"),
        (b"{\"type\":\"page\",\"userId\":\"a\nb\"}", InvalidJson, "control character"),
        (b"{\"type\":\"page\",\"userId\":NaN}", InvalidJson, "column 25"),
        (b"{\"type\":\"page\",\"userId\":01}", InvalidJson, "invalid number"),
        (br#"{"type":"page","userId":"\ud800"}"#, InvalidJson, "surrogate"),
        (br#"{"type":"page","userId":"\udc00x"}"#, InvalidJson, "surrogate"),
        (br#"{"type":"page","userId":"\q"}"#, InvalidJson, "escape"),
        (br#"{"type":"page","userId":"u","v":1e999}"#, InvalidJson, "number out of range at byte 32: 1e999"),
        (br#"{"type":"page","userId":"u","v":[-1e400]}"#, InvalidJson, "number out of range at byte 33: -1e400"),
        (b"\0\0\0\0\x05{}", InvalidJson, "column 1"),
        (b"[]", NotAnObject, "an array"),
        (br#"[{"type":"page","userId":"u"}]"#, NotAnObject, "an array"),
        (b"17", NotAnObject, "a number"),
        (b"\"page\"", NotAnObject, "text"),
        (b"null", NotAnObject, "null"),
        (b"true", NotAnObject, "a boolean"),
        (b"{}", MissingId, "no userId, no anonymousId"),
        (br#"{"type":"page"}"#, MissingId, "no userId, no anonymousId"),
        (br#"{"type":"page","userId":"","anonymousId":"  "}"#, MissingId, "userId is empty, anonymousId is empty"),
        (
            br#"{"type":"page","userId":"NULL ","anonymousId":0}"#,
            MissingId,
            "userId \"NULL \" counts as none, anonymousId 0",
        ),
        (
            br#"{"type":"page","userId":true,"anonymousId":{}}"#,
            MissingId,
            "userId is a boolean, anonymousId is an object",
        ),
        (br#"{"type":"page","userId":null}"#, MissingId, "userId is null"),
        (
            br#"{"type":"page","userId":12345678901234567890123}"#,
            MissingId,
            "userId is a number too large to be told from others",
        ),
        (br#"{"type":"page","userId":"u","userId":""}"#, MissingId, "userId is empty"),
        (long.as_bytes(), IdTooLong, "userId has 257 bytes"),
        (long_beside_short.as_bytes(), IdTooLong, "userId has 257 bytes"),
        (br#"{"userId":"u"}"#, MissingType, "no type"),
        (br#"{"userId":"u","type":null}"#, MissingType, "no type"),
        (br#"{"userId":"u","type":""}"#, MissingType, "empty"),
        (br#"{"userId":"u","type":"purchase"}"#, UnknownType, "\"purchase\""),
        (br#"{"userId":"u","type":" page"}"#, UnknownType, "\" page\""),
        (br#"{"userId":"u","type":3}"#, UnknownType, "a number"),
        (br#"{"userId":"u","type":["page"]}"#, UnknownType, "an array"),
        (br#"{"userId":"u","type":"track"}"#, MissingEventName, "a track without event"),
        (br#"{"userId":"u","type":"track","event":" "}"#, MissingEventName, "empty"),
        (br#"{"userId":"u","type":"track","event":17}"#, MissingEventName, "a number"),
    ];
    for (value, reason, detail) in table {
        let fault = fault(&record(value));
        let value = String::from_utf8_lossy(value);
        assert_eq!(fault.reason, reason, "{value}: {}", fault.detail);
        assert!(fault.detail.contains(detail), "{value}: {}", fault.detail);
    }
    for good in
        [r#","v":18446744073709551616"#, r#","v":1e-999"#, r#","a":null"#, r#","batch":17"#, r#","v":"\ud83d\ude00""#]
    {
        assert_eq!(one(&record(track(good))).lead, "u", "{good}");
    }
}

#[test]
fn tombstones_and_records_over_the_limit() {
    let mut tombstone = record("");
    tombstone.value = None;
    assert_eq!(fault(&tombstone).reason, NullValue);
    let padded = |len: usize| {
        let event = r#"{"type":"page","userId":"u","p":""#;
        record(format!("{event}{}\"}}", "x".repeat(len - event.len() - 2)))
    };
    assert_eq!(one(&padded(1 << 20)).lead, "u");
    let fault = fault(&padded((1 << 20) + 1));
    assert_eq!((fault.reason, fault.detail.as_str()), (TooLarge, "1048577 bytes, at most 1048576 are allowed"));
}

#[test]
fn depth() {
    let nested = |levels: usize| {
        let event =
            format!(r#"{{"type":"page","userId":"u","p":{}{}}}"#, "[".repeat(levels - 1), "]".repeat(levels - 1));
        assert_eq!(event.matches(['{', '[']).count(), levels);
        event
    };
    assert_eq!(one(&record(nested(64))).lead, "u");
    for levels in [65, 100, 1024, 1025, 100_000] {
        assert_eq!(fault(&record(nested(levels))).reason, TooDeep, "{levels}");
    }
    assert_eq!(fault(&record("[".repeat(1 << 20))).reason, TooDeep);
    assert_eq!(fault(&record(r#"{"a":"#.repeat(1 << 17))).reason, TooDeep);
    assert_eq!(
        fault(&record("[".repeat(70) + &"]".repeat(69))).reason,
        InvalidJson,
        "known once it is read to its end"
    );
    // Beside an item that is too deep the others count.
    let (events, fault) = decode(&record(format!(r#"{{"batch":[{},{},{}]}}"#, nested(64), nested(65), nested(2))));
    assert_eq!(events.iter().map(|(item, _)| *item).collect::<Vec<_>>(), [Some(0), Some(2)]);
    let fault = fault.expect("item 1");
    assert_eq!(
        (fault.reason, fault.detail.as_str()),
        (TooDeep, "item 1: too_deep: 65 levels of nesting, at most 64 are allowed")
    );
}

#[test]
fn a_batch_names_its_bad_items() {
    let batch = r#"{"batch":[{"type":"page","userId":"u"},{"type":"page"},7,{"type":"track","userId":"v"},{"type":"page","userId":"w"}]}"#;
    let (events, fault) = decode(&record(batch));
    let leads: Vec<_> = events.iter().map(|(item, event)| (*item, event.lead.as_str())).collect();
    assert_eq!(leads, [(Some(0), "u"), (Some(4), "w")]);
    let fault = fault.expect("three bad items");
    assert_eq!(fault.reason, MissingId);
    let detail = "item 1: missing_id: no userId, no anonymousId; item 2: not_an_object: it is a number; \
                  item 3: missing_event_name: a track without event";
    assert_eq!(fault.detail, detail);
    assert_eq!(decode(&record(r#" {"batch":[]}"#)), (vec![], None), "an empty batch says nothing");
}

#[test]
fn odd_but_readable() {
    let expected = one(&record(r#"{"type":"page","userId":"17","messageId":"m"}"#));
    for odd in [
        "\u{feff}{\"type\":\"page\",\"userId\":\"17\",\"messageId\":\"m\"}\n",
        r#"{"type":"PAGE","userId":17,"messageId":"m"}"#,
        r#"{"type":"page","userId":17.0,"messageId":"m"}"#,
        r#"{"type":"x","type":"page","userId":"x","userId":"17","messageId":"m"}"#,
        r#"{"t\u0079pe":"page","userId":"17","messageId":"m","context":[],"properties":3,"traits":"x","timestamp":{},"name":5}"#,
        r#"{"type":"page","userId":"undefined","userId":"17","anonymousId":[],"messageId":"m"}"#,
    ] {
        assert_eq!(one(&record(odd)), expected, "{odd}");
    }
    let anonymous = one(&record(r#"{"type":"page","userId":"Guest","anonymousId":1e2}"#));
    assert_eq!((anonymous.lead.as_str(), anonymous.known), ("100", false));
}
