//! An event's instant: the first of `timestamp`, `originalTimestamp`, `sentAt`, `receivedAt` that can be read and is not
//! before 1970, else the record's time; capped to the record's time where it is more than five minutes ahead.

use crate::wire_support::{RECORD_MS, one, record};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const FIELDS: [&str; 4] = ["timestamp", "originalTimestamp", "sentAt", "receivedAt"];
const MAX_SKEW_MS: i64 = 300_000;

fn at_ms(fields: &Map<String, Value>, record_ms: i64) -> i64 {
    let mut event = json!({"type": "page", "userId": "u"});
    event.as_object_mut().expect("an object").extend(fields.clone());
    let mut record = record(event.to_string());
    record.at_ms = record_ms;
    one(&record).at_ms
}

fn rfc3339(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).expect("an instant").to_string()
}

fn instant() -> impl Strategy<Value = i64> {
    prop_oneof![0..RECORD_MS, RECORD_MS + MAX_SKEW_MS - 3..RECORD_MS + MAX_SKEW_MS + 3, RECORD_MS..253_402_300_799_999,]
}

/// A field's value and the instant that it tells.
fn told() -> impl Strategy<Value = (Value, Option<i64>)> {
    let unreadable = vec![
        json!(null),
        json!("soon"),
        json!(true),
        json!({}),
        json!(""),
        json!("1969-12-31T23:59:59Z"),
        json!(-1),
        json!("2026-02-30"),
    ];
    prop_oneof![
        prop::sample::select(unreadable).prop_map(|value| (value, None)),
        instant().prop_map(|ms| (json!(ms), Some(ms))),
        instant().prop_map(|ms| (json!(ms.to_string()), Some(ms))),
        instant().prop_map(|ms| (json!(rfc3339(ms)), Some(ms))),
        instant().prop_map(|ms| (json!(rfc3339(ms).replace('T', " ").replace('Z', "")), Some(ms))),
        (0..RECORD_MS).prop_map(|ms| (json!(rfc3339(ms + 19_800_000).replace('Z', "+0530")), Some(ms))),
    ]
}

proptest! {
    #[test]
    fn the_first_that_can_be_read(told in prop::collection::vec(prop::option::of(told()), 4)) {
        let fields = FIELDS.iter().zip(&told).filter_map(|(name, told)| Some(((*name).to_owned(), told.as_ref()?.0.clone())));
        let first = told.iter().flatten().find_map(|(_, ms)| *ms);
        let expected = match first {
            Some(ms) if ms > RECORD_MS + MAX_SKEW_MS => RECORD_MS,
            Some(ms) => ms,
            None => RECORD_MS,
        };
        prop_assert_eq!(at_ms(&fields.collect(), RECORD_MS), expected);
    }
}

#[test]
fn bounds() {
    let told = |ms: i64| Map::from_iter([("timestamp".to_owned(), json!(ms))]);
    assert_eq!(at_ms(&told(0), RECORD_MS), 0, "the first instant of 1970 is not before it");
    assert_eq!(at_ms(&told(RECORD_MS + MAX_SKEW_MS), RECORD_MS), RECORD_MS + MAX_SKEW_MS);
    assert_eq!(at_ms(&told(RECORD_MS + MAX_SKEW_MS + 1), RECORD_MS), RECORD_MS);
    assert_eq!(at_ms(&told(5), -1), 5, "a record without a time caps nothing");
    assert_eq!(at_ms(&Map::new(), -1), 0);
    assert_eq!(at_ms(&told(i64::MAX), -1), 253_402_300_799_999, "the last instant that can be written");
    assert_eq!(at_ms(&Map::new(), i64::MAX), 253_402_300_799_999);
    let fraction = Map::from_iter([("timestamp".to_owned(), json!(1.7e12 + 0.75))]);
    assert_eq!(at_ms(&fraction, RECORD_MS), 1_700_000_000_000);
}
