//! The schema of incoming events admits every real payload that is read, and refuses every one that is set aside.

use crate::wire_support::{decode, payloads, record, rudder, segment_go};
use serde_json::{Value, json};

fn schema() -> jsonschema::Validator {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/event-in.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("a schema")).expect("JSON");
    assert!(jsonschema::meta::is_valid(&schema));
    jsonschema::draft202012::new(&schema).expect("a schema")
}

fn is_read(json: &str) -> bool {
    decode(&record(json)).1.is_none()
}

#[test]
fn real_payloads() {
    let Some(folder) = payloads() else { return };
    let schema = schema();
    let files = segment_go(&folder).into_iter().map(|(file, json)| (file, String::from_utf8(json).expect("UTF-8")));
    for (path, json) in rudder(&folder).into_iter().chain(files) {
        let value: Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(schema.is_valid(&value), is_read(&json), "{path}: {:?}", schema.validate(&value).err());
    }
}

#[test]
fn every_shape() {
    let schema = schema();
    let event = json!({"type": "track", "event": "e", "userId": "u"});
    let table = [
        (json!({"type": "page", "userId": 17}), true),
        (json!({"type": "page", "userId": [], "anonymousId": "a", "context": 3, "timestamp": {}}), true),
        (json!({"batch": [event, {"type": "page", "anonymousId": "a"}]}), true),
        (json!({"batch": [{"type": "page"}], "userId": "u"}), true),
        (json!({"batch": []}), true),
        (json!({"specversion": "1.0", "id": "c", "source": "/s", "type": "t", "data": event}), true),
        (json!({"specversion": "1.0", "data": {"batch": [event]}}), true),
        (json!({"specversion": "1.0", "data": event.to_string()}), true),
        (json!([event]), false),
        (json!({}), false),
        (json!({"type": "page", "userId": " ", "anonymousId": false}), false),
        (json!({"type": "track", "userId": "u"}), false),
        (json!({"type": "track", "userId": "u", "event": 5}), false),
        (json!({"type": "purchase", "userId": "u"}), false),
        (json!({"batch": [{"type": "page"}]}), false),
        (json!({"batch": [event, {"userId": "u"}]}), false),
        (json!({"specversion": "1.0", "data": {}}), false),
    ];
    for (value, valid) in table {
        assert_eq!((schema.is_valid(&value), is_read(&value.to_string())), (valid, valid), "{value}");
    }
}
