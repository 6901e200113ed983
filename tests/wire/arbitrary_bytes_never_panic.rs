//! Whatever the bytes: no panic, and either events or one fault, never neither (but for an empty batch); and a text is
//! refused as no JSON exactly where another JSON reader refuses it.

use crate::wire_support::{decode, record, with_headers};
use needle::wire::fault::Reason;
use proptest::prelude::*;

/// JSON, or what becomes of it when some bytes go wrong.
fn almost_json() -> impl Strategy<Value = Vec<u8>> {
    let seeds = prop::sample::select(vec![
        r#"{"type":"track","event":"e","userId":17,"properties":{"a":[1.5e3,-0,true,null,{"b":"\u00e9\n\ud83d\ude00"}]},"timestamp":"2026-01-01T00:00:00Z"}"#,
        r#"{"batch":[{"type":"page","anonymousId":"a"},{"type":"identify","userId":"u","traits":{"x":{}}}],"sentAt":1700000000000}"#,
        r#"{"specversion":"1.0","id":"c","time":"2026-01-01T00:00:00Z","data":{"type":"page","userId":"u"}}"#,
        r#"{"specversion":"1.0","data_base64":"eyJ0eXBlIjoicGFnZSIsInVzZXJJZCI6InUifQ=="}"#,
        r#"{"type":"page","userId":12345678901234567890123,"v":0.1234567890123456789e-5}"#,
    ]);
    let piece = prop::sample::select(vec![
        "", "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "1", "e", "-", ".", "0", "t", " ", "\n", "\u{1}",
    ]);
    let edits = prop::collection::vec((any::<prop::sample::Index>(), 0usize..3, piece), 0..4);
    (seeds, edits).prop_map(|(seed, edits)| {
        let mut bytes = seed.as_bytes().to_vec();
        for (place, cut, piece) in edits {
            let start = place.index(bytes.len() + 1);
            let end = (start + cut).min(bytes.len());
            bytes.splice(start..end, piece.bytes());
        }
        bytes
    })
}

fn check(bytes: Vec<u8>, headers: &[(&str, &str)]) -> Result<(), TestCaseError> {
    let (events, fault) = decode(&with_headers(bytes.clone(), headers));
    let is_json = serde_json::from_slice::<serde_json::Value>(&bytes);
    if events.is_empty() && fault.is_none() {
        let json = is_json.map_err(|e| TestCaseError::fail(e.to_string()))?;
        let empty_batch = |json: &serde_json::Value| json["batch"] == serde_json::json!([]);
        prop_assert!(empty_batch(&json) || empty_batch(&json["data"]) || json == serde_json::json!([]), "{json}");
        return Ok(());
    }
    let refused = fault.as_ref().is_some_and(|f| matches!(f.reason, Reason::InvalidJson | Reason::EmptyValue));
    match is_json {
        Err(error) => prop_assert!(refused && events.is_empty(), "{:?} {}", fault, error),
        // The text inside of an envelope may be no JSON either.
        Ok(json) => prop_assert!(
            !refused || json["data"].is_string() || json["data_base64"].is_string(),
            "{:?} {}",
            fault,
            json
        ),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (events, fault) = decode(&record(bytes));
        prop_assert!(events.is_empty() != fault.is_none());
    }

    #[test]
    fn damaged_json(bytes in almost_json()) {
        check(bytes, &[])?;
    }

    #[test]
    fn damaged_json_as_cloudevents(bytes in almost_json(), batch in any::<bool>()) {
        let content_type = if batch { "application/cloudevents-batch+json" } else { "application/cloudevents+json" };
        check(bytes, &[("content-type", content_type), ("ce_id", "i"), ("ce_time", "soon")])?;
    }

    #[test]
    fn numbers(text in "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?") {
        // `std` rounds correctly, so it is the judge; a trait brings the number out.
        let (events, fault) = decode(&record(format!(r#"{{"type":"page","userId":"u","traits":{{"employees":{text}}}}}"#)));
        let expected: f64 = text.parse().expect("a number");
        if expected.is_finite() {
            let crate::wire_support::OwnedScalar::Number(read) = events[0].1.traits[0].1 else { panic!("{events:?}") };
            // An integer zero has no sign.
            prop_assert!(read.to_bits() == expected.to_bits() || (read == 0.0 && expected == 0.0), "{read} {expected}");
        } else {
            prop_assert_eq!(fault.map(|f| f.reason), Some(Reason::InvalidJson));
        }
    }
}
