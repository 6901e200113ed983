//! Every real payload is read as what it says, or set aside with a true reason.

use std::collections::BTreeMap;

use crate::wire_support::{Owned, decode, payloads, record, rudder, segment_go};
use needle::wire::event::EventType;
use needle::wire::fault::Reason;
use serde_json::Value;

#[test]
fn rudderstack() {
    let Some(folder) = payloads() else { return };
    let events = rudder(&folder);
    assert_eq!(events.len(), 303);
    let mut set_aside: BTreeMap<(Reason, &str), usize> = BTreeMap::new();
    let mut read: BTreeMap<EventType, usize> = BTreeMap::new();
    for (path, json) in &events {
        let value: Value = serde_json::from_str(json).expect("JSON");
        let (good, fault) = decode(&record(json.as_str()));
        match fault {
            None => {
                assert_eq!(good.len(), 1, "{path}");
                says_the_same(&good[0].1, &value);
                *read.entry(good[0].1.kind).or_default() += 1;
            }
            Some(fault) => {
                assert!(good.is_empty(), "{path}");
                let reason_is_true = match fault.reason {
                    Reason::MissingId => value.get("userId").is_none() && value.get("anonymousId").is_none(),
                    Reason::MissingEventName => value["type"] == "track" && value.get("event").is_none(),
                    _ => false,
                };
                assert!(reason_is_true, "{path}: {fault:?}");
                let file = path.rsplit('/').next().unwrap_or_default();
                *set_aside.entry((fault.reason, file)).or_default() += 1;
            }
        }
    }
    let read: Vec<_> = read.into_iter().collect();
    let expected = [
        (EventType::Page, 15),
        (EventType::Track, 237),
        (EventType::Identify, 28),
        (EventType::Group, 6),
        (EventType::Alias, 1),
        (EventType::Screen, 1),
    ];
    assert_eq!(read, expected);
    let set_aside: Vec<_> = set_aside.into_iter().collect();
    // A bounce whose recipient is unknown, identifies by an external id alone, a body from a webhook; and a fixture of two keys.
    let expected = [
        ((Reason::MissingId, "getDestinationExternalIDInfoForRetl.json"), 12),
        ((Reason::MissingId, "mail_jet_when_no_email_is_present_0.json"), 1),
        ((Reason::MissingId, "successful.json"), 1),
        ((Reason::MissingEventName, "groupEventsByType.json"), 1),
    ];
    assert_eq!(set_aside, expected);
}

/// What a naive reading of the JSON says about the plainest fields.
fn says_the_same(event: &Owned, json: &Value) {
    let text = |key: &str| json.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    assert_eq!(event.kind.name(), json["type"]);
    assert_eq!(Some(event.lead.as_str()), text("userId").or(text("anonymousId")));
    assert_eq!(event.known, text("userId").is_some());
    match text("messageId") {
        Some(id) => assert_eq!(event.id, id),
        None => assert!(event.id.starts_with("h:") && event.id.len() == 34, "{}", event.id),
    }
    if event.kind == EventType::Track {
        assert_eq!(event.name.as_deref(), text("event"));
    }
    let parsed = |key: &str| text(key).and_then(|t| t.parse::<jiff::Timestamp>().ok());
    if let Some(instant) = parsed("timestamp") {
        assert_eq!(event.at_ms, instant.as_millisecond().min(crate::wire_support::RECORD_MS));
    }
    let url = |object: &Value| object["url"].as_str().filter(|url| !url.is_empty()).map(str::to_owned);
    assert_eq!(event.page[0], url(&json["properties"]).or(url(&json["context"]["page"])));
}

#[test]
fn segments_own() {
    let Some(folder) = payloads() else { return };
    let mut read = Vec::new();
    for (file, json) in segment_go(&folder) {
        let (events, fault) = decode(&record(json));
        assert_eq!(fault, None, "{file}");
        let items: Vec<_> = events.iter().map(|(item, _)| *item).collect();
        assert_eq!(items, (0..events.len() as u32).map(Some).collect::<Vec<_>>(), "{file}");
        read.extend(
            events.into_iter().map(|(_, e)| (file.clone(), e.kind.name(), e.lead, e.known, e.id, e.name, e.at_ms)),
        );
    }
    let (at, later) = (1_257_894_000_000, 1_436_569_200_000);
    let row = |file: &str, kind, lead: &str, id: &str, name: Option<&str>, at| {
        let file = format!("test-{file}.json");
        (file, kind, lead.to_owned(), true, id.to_owned(), name.map(str::to_owned), at)
    };
    let (unique, download) = ("I'm unique", Some("Download"));
    let expected = [
        row("context-track", "track", "123456", unique, download, at),
        row("enqueue-alias", "alias", "B", unique, None, at),
        row("enqueue-group", "group", "B", unique, None, at),
        row("enqueue-identify", "identify", "B", unique, None, at),
        row("enqueue-page", "page", "B", unique, Some("A"), at),
        row("enqueue-screen", "screen", "B", unique, Some("A"), at),
        row("enqueue-track", "track", "123456", unique, download, at),
        row("integrations-track", "track", "123456", unique, download, at),
        row("interval-track", "track", "123456", unique, download, at),
        row("many-track", "track", "123456", unique, download, at),
        row("many-track", "track", "123456", unique, download, at),
        row("many-track", "track", "123456", unique, download, at),
        row("messageid-track", "track", "123456", "abc", download, at),
        row("timestamp-track", "track", "123456", unique, download, later),
    ];
    assert_eq!(read, expected);
}
