//! A batch says what its items say singly, once they carry what they inherit.

use crate::wire_support::{decode, one, record};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

fn item() -> impl Strategy<Value = Value> {
    let contexts = vec![
        None,
        Some(json!({"page": {"url": "https://a.example/x"}, "locale": "de"})),
        Some(json!({"campaign": {"name": "own"}, "traits": {"title": "CTO"}})),
        Some(json!({"page": 5})),
    ];
    let ids = vec![
        json!({"userId": "u"}),
        json!({"anonymousId": 7}),
        json!({}),
        json!({"userId": "null"}),
        json!({"userId": 1e2, "messageId": "m"}),
    ];
    let kinds = vec![
        json!({"type": "page"}),
        json!({"type": "track", "event": "e"}),
        json!({"type": "track"}),
        json!({"type": "nothing"}),
        json!({}),
    ];
    let times = vec![
        json!({}),
        json!({"timestamp": "2026-01-01"}),
        json!({"sentAt": "2026-02-01T00:00:00Z"}),
        json!({"receivedAt": "never"}),
    ];
    (select(contexts), select(ids), select(kinds), select(times)).prop_map(|(context, ids, kind, times)| {
        let mut item = json!({});
        let fields = item.as_object_mut().expect("an object");
        for part in [ids, kind, times] {
            fields.extend(part.as_object().cloned().unwrap_or_default());
        }
        fields.extend(context.map(|context| ("context".to_owned(), context)));
        item
    })
}

/// The item with what it inherits written into it.
fn completed(item: &Value, batch: &Value) -> Value {
    let mut item = item.clone();
    for field in ["sentAt", "receivedAt"] {
        let unreadable = item.get(field).is_none_or(|v| v == "never");
        if let (true, Some(value)) = (unreadable, batch.get(field)) {
            item[field] = value.clone();
        }
    }
    for part in ["page", "campaign", "traits"] {
        if !item["context"][part].is_object() && batch["context"][part].is_object() {
            item["context"][part] = batch["context"][part].clone();
        }
    }
    let named = |v: &Value| v.is_number() || v.as_str().is_some_and(|id| id != "null");
    if !named(&item["userId"]) && !named(&item["anonymousId"]) {
        for field in ["userId", "anonymousId"] {
            item[field] = batch.get(field).cloned().unwrap_or_default();
        }
    }
    item
}

proptest! {
    #[test]
    fn items(items in prop::collection::vec(item(), 0..6), inherit in prop::collection::vec(any::<bool>(), 5), pretty in any::<bool>()) {
        let mut batch = json!({"messageId": "of the batch", "type": "ignored"});
        let surroundings = [
            ("context", json!({"page": {"url": "https://b.example", "title": "B"}, "campaign": {"source": "s"}, "traits": {"employees": 9}})),
            ("sentAt", json!("2026-03-01T00:00:00Z")),
            ("receivedAt", json!(1_772_409_600_000i64)),
            ("anonymousId", json!("of the batch")),
            ("userId", json!("of the batch, known")),
        ];
        for ((field, value), inherit) in surroundings.into_iter().zip(inherit) {
            if inherit {
                batch[field] = value;
            }
        }
        batch["batch"] = items.clone().into();
        let text = if pretty { serde_json::to_string_pretty(&batch) } else { serde_json::to_string(&batch) };
        let (events, fault) = decode(&record(text.expect("JSON")));
        let mut events = events.into_iter();
        let mut bad = Vec::new();
        for (index, item) in (0u32..).zip(&items) {
            let (singly, why) = decode(&record(completed(item, &batch).to_string()));
            match why {
                Some(why) => bad.push(format!("item {index}: {}: ", why.reason.name())),
                None => {
                    let (place, mut event) = events.next().expect("as many events");
                    let mut single = singly[0].1.clone();
                    prop_assert_eq!(place, Some(index));
                    if item.get("messageId").is_none() {
                        // Its id is a hash of its bytes as sent; singly those are others here.
                        prop_assert!(event.id.starts_with("h:"), "{}", event.id);
                        event.id.clear();
                        single.id.clear();
                    }
                    prop_assert_eq!(event, single);
                }
            }
        }
        prop_assert_eq!(events.next(), None);
        prop_assert_eq!(fault.is_some(), !bad.is_empty());
        let detail = fault.map(|f| f.detail).unwrap_or_default();
        prop_assert!(bad.iter().all(|bad| detail.contains(bad.as_str())), "{:?} {}", bad, detail);
    }
}

#[test]
fn an_item_without_an_id_is_known_by_its_bytes() {
    let item = "{ \"type\":\"page\",\n \"userId\":\"\\u0075\" , \"x\": \"]}\\\"\"}";
    let alone = one(&record(format!(" {item}\n")));
    let hash = xxhash_rust::xxh3::xxh3_128(item.as_bytes());
    assert_eq!(alone.id, format!("h:{hash:032x}"));
    let (events, fault) =
        decode(&record(format!("{{\"batch\":[{{\"type\":\"page\",\"userId\":\"v\"}}, {item} ,{item}]}}")));
    assert_eq!(fault, None);
    assert_eq!((&events[1].1, &events[2].1), (&alone, &alone));
    assert_ne!(events[0].1.id, alone.id);
}
