//! A record written as a line is read back whole, whatever its bytes; and each kind of line is known for what it is.

use needle::wire::fault::{Fault, Reason};
use needle::wire::kcat::{LineError, LineReader, write_line};
use needle::wire::record::OwnedRecord;
use proptest::prelude::*;
use serde_json::Value;

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..40),
        ".{0,20}".prop_map(String::into_bytes),
        Just(br#"{"type":"page","userId":"u"}"#.to_vec()),
    ]
}

prop_compose! {
    fn record()(
        topic in "[a-z.\"é]{1,9}", partition in 0..i32::MAX, offset in 0..i64::MAX, at_ms in prop_oneof![Just(-1), 0..i64::MAX],
        key in prop::option::of(bytes()), value in prop::option::of(bytes()),
        headers in prop::collection::vec((bytes(), prop::option::of(bytes())), 0..4),
    ) -> OwnedRecord {
        OwnedRecord { topic, partition, offset, at_ms, key, value, headers }
    }
}

fn dead_letter_schema() -> jsonschema::Validator {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/dead-letter.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("a schema")).expect("JSON");
    jsonschema::draft202012::new(&schema).expect("a schema")
}

proptest! {
    #[test]
    fn written_and_read(record in record(), dead in prop::option::of((prop::sample::select(Reason::ALL.to_vec()), ".{0,20}"))) {
        let fault = dead.map(|(reason, detail)| Fault::new(reason, detail));
        let mut line = Vec::new();
        let fault = fault.as_ref().map(|fault| (fault.reason.name(), fault.detail.as_str()));
        write_line(&record.as_record(), fault, &mut line);
        prop_assert_eq!(line.iter().filter(|&&b| b == b'\n').count(), 1);
        let value: Value = serde_json::from_slice(&line).expect("JSON");
        if let Some(fault) = &fault {
            prop_assert_eq!((&value["reason"], &value["detail"]), (&fault.0.into(), &fault.1.into()));
            let valid = dead_letter_schema();
            prop_assert!(valid.is_valid(&value), "{} {:?}", value, valid.validate(&value).err());
        }
        prop_assert_eq!(LineReader::default().read(&line, "file", 5), Ok(record));
    }
}

fn read(line: &str) -> OwnedRecord {
    LineReader::default().read(line.as_bytes(), "events.jsonl", 7).expect("a record")
}

#[test]
fn as_kcat_prints_it() {
    let line = r#"{"topic":"events","partition":3,"offset":12,"tstype":"create","ts":1700000000123,"broker":1,"headers":["a","1","b",null,"a",""],"key":"t/u","payload":"{\"type\":\"page\"}"}"#;
    let header = |name: &str, value: Option<&str>| (name.as_bytes().to_vec(), value.map(|v| v.as_bytes().to_vec()));
    let expected = OwnedRecord {
        topic: "events".into(),
        partition: 3,
        offset: 12,
        at_ms: 1_700_000_000_123,
        key: Some(b"t/u".to_vec()),
        value: Some(br#"{"type":"page"}"#.to_vec()),
        headers: vec![header("a", Some("1")), header("b", None), header("a", Some(""))],
    };
    assert_eq!(read(line), expected);
    let tombstone = read(r#"{"topic":"e","partition":0,"offset":0,"broker":-1,"key":null,"payload":null}"#);
    assert_eq!(tombstone, OwnedRecord { topic: "e".into(), at_ms: -1, ..OwnedRecord::default() });
    let base64 = read(
        r#"{"topic":"e","partition":0,"offset":0,"ts":0,"key_b64":"/w==","payload_b64":"","headers_b64":["YQ==","/w==","Yg==",null]}"#,
    );
    assert_eq!((base64.key, base64.value), (Some(vec![0xff]), Some(vec![])));
    assert_eq!(base64.headers, [(b"a".to_vec(), Some(vec![0xff])), (b"b".to_vec(), None)]);
    let avro = read(r#"{"topic":"e","partition":0,"offset":0,"payload":{"a": 1}}"#);
    assert_eq!(avro.value.as_deref(), Some(br#"{"a": 1}"#.as_slice()));
}

#[test]
fn a_bare_event() {
    let times = [
        (r#""receivedAt":1000,"sentAt":2000,"timestamp":3000,"originalTimestamp":4000"#, 1000),
        (r#""receivedAt":"?","sentAt":2000,"timestamp":3000"#, 2000),
        (r#""timestamp":3000,"originalTimestamp":4000"#, 3000),
        (r#""originalTimestamp":"1970-01-01T00:00:04Z""#, 4000),
        (r#""x":1"#, -1),
        (r#""batch":[{"timestamp":5000},{"sentAt":6000,"timestamp":9000},7]"#, 6000),
        (r#""sentAt":1,"batch":[{"timestamp":5000}]"#, 1),
        (r#""specversion":"1.0","time":8000,"data":{"timestamp":5000}"#, 5000),
        (r#""specversion":"1.0","time":8000,"data":{}"#, 8000),
        // Not a record: an event may have any of these fields, a record has no type.
        (r#""topic":"e","partition":0,"offset":0,"payload":"p","timestamp":3000"#, 3000),
    ];
    for (fields, at_ms) in times {
        let line = format!(r#"{{"type":"page","userId":"u",{fields}}}"#);
        let expected = OwnedRecord {
            topic: "events.jsonl".into(),
            offset: 7,
            at_ms,
            value: Some(line.clone().into()),
            ..OwnedRecord::default()
        };
        assert_eq!(read(&line), expected);
    }
    for line in [
        "no JSON",
        "[1]",
        r#"{"topic":"e","partition":0,"offset":0}"#,
        r#"{"topic":1,"partition":0,"offset":0,"payload":""}"#,
    ] {
        let record = read(line);
        assert_eq!((record.offset, record.at_ms, record.value), (7, -1, Some(line.as_bytes().to_vec())));
    }
}

#[test]
fn a_record_whose_fields_make_none() {
    let read = |fields: &str| {
        let line = format!(r#"{{"topic":"e","partition":0,"offset":0,{fields}}}"#);
        LineReader::default().read(line.as_bytes(), "f", 0).expect_err(fields)
    };
    assert!(matches!(read(r#""payload_b64":"%""#), LineError::Base64 { field: "payload_b64", .. }));
    assert!(matches!(read(r#""payload":"","key_b64":"a""#), LineError::Base64 { field: "key_b64", .. }));
    for headers in [r#"["a"]"#, r#"[null,"a"]"#, r#"{"a":["b"]}"#, "[1,2]"] {
        assert!(matches!(read(&format!(r#""payload":"","headers":{headers}"#)), LineError::Headers(_)), "{headers}");
    }
    assert!(matches!(read(r#""payload":"","partition":1e12"#), LineError::Fields(_)));
    assert!(matches!(read(r#""payload":"","ts":"now""#), LineError::Fields(_)));
}
