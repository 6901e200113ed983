//! An event says the same in every CloudEvents mode as plain; the envelope fills in what it lacks.

use crate::wire_support::{Owned, decode, fault, one, record, with_headers};
use base64::Engine;
use needle::wire::fault::Reason;
use serde_json::{Value, json};

const STRUCTURED: (&str, &str) = ("content-type", "application/cloudevents+json; charset=UTF-8");

fn events() -> Vec<String> {
    vec![
        r#"{"type":"track","event":"Signed Up","userId":17,"messageId":"m-1","timestamp":"2026-01-01T00:00:00Z","properties":{"url":"https://x.example/?a=\"b\""}}"#.into(),
        r#"{"type":"page", "anonymousId":"a","messageId":"m-2","sentAt":1700000000000,"name":"Pricing"}"#.into(),
        r#"{"type":"identify","userId":"u","messageId":"m-3","receivedAt":"2026-01-01","traits":{"employees":5,"title":"\u00e9"}}"#.into(),
    ]
}

fn structured(event: &str, attributes: &str) -> String {
    format!(r#"{{"specversion":"1.0","type":"com.example.event","source":"/s"{attributes},"data": {event} }}"#)
}

fn modes(event: &str) -> Vec<(&'static str, Owned)> {
    let binary = [
        ("ce_specversion", "1.0"),
        ("ce_type", "page"),
        ("ce_id", "c-1"),
        ("ce_time", "2020-01-01T00:00:00Z"),
        ("content-type", "application/json"),
    ];
    let attributes = r#","id":"c-1","time":"2020-01-01T00:00:00Z""#;
    let base64 = base64::engine::general_purpose::STANDARD.encode(event);
    vec![
        ("binary", one(&with_headers(event, &binary))),
        ("structured", one(&record(structured(event, attributes)))),
        (
            "structured by content type",
            one(&with_headers(structured(event, attributes).replace("\"specversion\":\"1.0\",", ""), &[STRUCTURED])),
        ),
        ("structured, data as text", one(&record(structured(&json!(event).to_string(), attributes)))),
        (
            "structured, Base64",
            one(&record(format!(r#"{{"specversion":"1.0"{attributes},"data_base64":"{base64}"}}"#))),
        ),
    ]
}

#[test]
fn an_event_that_lacks_nothing() {
    for event in events() {
        let plain = one(&record(event.as_str()));
        for (mode, wrapped) in modes(&event) {
            assert_eq!(wrapped, plain, "{mode}");
        }
    }
}

#[test]
fn the_envelope_fills_in_id_and_time() {
    let plain = one(&record(r#"{"type":"page","userId":"u","messageId":"c-1","timestamp":"2020-01-01T00:00:00Z"}"#));
    for event in
        [r#"{"type":"page","userId":"u"}"#, r#"{"type":"page","userId":"u","messageId":" ","timestamp":"soon"}"#]
    {
        for (mode, wrapped) in modes(event) {
            assert_eq!(wrapped, plain, "{mode}");
        }
    }
}

#[test]
fn without_any_id_the_bytes_of_the_data_are_hashed() {
    let event = r#"{"type":"page", "userId":"u"}"#;
    let plain = one(&record(event));
    assert_eq!(one(&record(structured(event, ""))), plain);
    assert_eq!(one(&record(structured(&json!(event).to_string(), ""))), plain);
    let content_type = [("content-type", "application/cloudevents-batch+json")];
    let (events, _) = decode(&with_headers(format!("[{}]", structured(event, "")), &content_type));
    assert_eq!(events, [(Some(0), plain)]);
}

#[test]
fn batches() {
    let items = events().join(",");
    let batch = format!(r#"{{"sentAt":"2026-01-01T00:00:00Z","batch":[{items},{{"type":"page","userId":"v"}},{{}}]}}"#);
    let plain = decode(&record(batch.as_str()));
    assert_eq!((plain.0.len(), plain.1.as_ref().map(|f| f.detail.starts_with("item 4: "))), (4, Some(true)));
    let id = r#","id":"c-1""#;
    assert_eq!(
        decode(&with_headers(batch.as_str(), &[("ce_id", "c-1")])),
        plain,
        "the id of them all is the id of none"
    );
    assert_eq!(decode(&record(structured(&batch, id))), plain);
    assert_eq!(decode(&record(structured(&json!(batch).to_string(), id))), plain);

    let envelopes: Vec<String> = events().iter().map(|event| structured(event, id)).collect();
    let content_type = [("content-type", "application/cloudevents-batch+json")];
    let text = format!("[{},17,{}]", envelopes.join(","), structured("17", id));
    let (read, fault) = decode(&with_headers(text.as_str(), &content_type));
    let expected: Vec<_> = events().iter().map(|event| one(&record(event.as_str()))).collect();
    assert_eq!(read, (0..).map(Some).zip(expected).collect::<Vec<_>>());
    let detail = fault.expect("two bad items").detail;
    assert!(
        detail.starts_with("item 3: not_an_object: ") && detail.contains("item 4: invalid_cloudevent: "),
        "{detail}"
    );
    assert_eq!(
        crate::wire_support::fault(&record(text)).reason,
        Reason::NotAnObject,
        "without its content type an array is none"
    );
}

#[test]
fn envelopes_whose_data_cannot_be_reached() {
    let deep = format!(r#"{{"type":"page","userId":"u","p":{}{}}}"#, "[".repeat(64), "]".repeat(64));
    let table = [
        (r#"{"specversion":"1.0","data_base64":"%"}"#.to_owned(), Reason::InvalidCloudevent, "data_base64: "),
        (structured("null", ""), Reason::InvalidCloudevent, "no event in data"),
        (structured("\"\"", ""), Reason::InvalidJson, "EOF"),
        (structured("\"[1]\"", ""), Reason::NotAnObject, "an array"),
        (structured("{}", ""), Reason::MissingId, "no userId"),
        (structured(&json!(deep).to_string(), ""), Reason::TooDeep, "65 levels"),
        (structured(&deep, ""), Reason::TooDeep, "65 levels"),
        (r#"{"specversion":"1.0","type":"t","id":"c"}"#.to_owned(), Reason::MissingId, "no userId"),
    ];
    for (value, reason, detail) in table {
        let fault = fault(&record(value.as_str()));
        assert!(fault.reason == reason && fault.detail.contains(detail), "{value}: {fault:?}");
    }
    // `data` without any sign of a CloudEvent is a field as any other.
    let Value::Object(mut plain) = serde_json::from_str(&events()[0]).expect("JSON") else { panic!() };
    plain.insert("data".into(), json!({"type": "alias"}));
    assert_eq!(one(&record(Value::from(plain).to_string())).lead, "17");
}
