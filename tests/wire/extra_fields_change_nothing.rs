//! Fields that do not matter, and the order of those that do, change nothing about an event.

use crate::wire_support::{Owned, OwnedScalar, one, record};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e12..1e12f64).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((".{0,8}", inner), 0..4)
                .prop_map(|m| Value::from(m.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Names that mean nothing to the decoder.
fn extra() -> impl Strategy<Value = Vec<(String, Value)>> {
    prop::collection::vec(("x[a-z\"\\\\é]{0,6}", any_json()), 0..5)
}

fn some_text() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[a-z/?é\"\\\\\u{1}😀]{0,10}[a-z]")
}

prop_compose! {
    fn event()(texts in prop::collection::vec(some_text(), 12), employees in any::<Option<i32>>(), form in prop::option::of(0.0..1.0f64), offline in any::<bool>())
        -> Owned
    {
        let mut texts = texts.into_iter();
        let mut text = || texts.next().flatten();
        let user = text().filter(|id| !["null", "none", "guest", "anonymous", "undefined"].contains(&id.as_str()));
        Owned {
            tenant: "default".into(),
            known: user.is_some(),
            lead: user.unwrap_or_else(|| "somebody".into()),
            kind: needle::wire::event::EventType::Page,
            id: text().unwrap_or_else(|| "m-1".into()),
            name: text(),
            at_ms: 1_700_000_000_123,
            page: [text(), text(), text(), text(), text()],
            campaign: [text(), text(), text()],
            offline,
            form_completeness: form,
            traits: employees.map(|n| (0, OwnedScalar::Number(n.into()))).into_iter().collect(),
        }
    }
}

/// The event as JSON, with `extra` among its fields, each object turned round where `reversed`.
fn as_json(event: &Owned, extra: &[(String, Value)], reversed: bool) -> String {
    let object = |fields: Vec<(&str, Option<String>)>| {
        let mut fields: Vec<String> =
            fields.into_iter().filter_map(|(k, v)| Some(format!("{}:{}", json!(k), v?))).collect();
        fields.extend(extra.iter().map(|(k, v)| format!("{}:{v}", json!(k))));
        if reversed {
            fields.reverse();
        }
        Some(format!("{{{}}}", fields.join(",")))
    };
    let text = |text: &Option<String>| text.as_ref().map(|t| json!(t).to_string());
    let [url, path, search, title, referrer] = &event.page;
    let page = object(vec![("path", text(path)), ("search", text(search)), ("referrer", text(referrer))]);
    let [source, medium, name] = &event.campaign;
    let campaign = object(vec![("source", text(source)), ("medium", text(medium)), ("name", text(name))]);
    let traits = event.traits.first().map(|(_, value)| match value {
        OwnedScalar::Number(n) => n.to_string(),
        other => panic!("{other:?}"),
    });
    let properties = vec![
        ("url", text(url)),
        ("title", text(title)),
        ("offline", Some(event.offline.to_string())),
        ("form_completeness", event.form_completeness.map(|share| json!(share).to_string())),
    ];
    let id = |known| (event.known == known).then(|| json!(event.lead).to_string());
    let top = vec![
        ("type", Some("\"page\"".into())),
        ("userId", id(true)),
        ("anonymousId", id(false)),
        ("messageId", text(&Some(event.id.clone()))),
        ("name", text(&event.name)),
        ("timestamp", Some("\"2023-11-14T22:13:20.123Z\"".into())),
        ("properties", object(properties)),
        ("context", object(vec![("page", page), ("campaign", campaign)])),
        ("traits", object(vec![("employees", traits)])),
    ];
    object(top).unwrap_or_default()
}

proptest! {
    #[test]
    fn extra_fields(event in event(), extra in extra(), reversed in any::<bool>()) {
        prop_assert_eq!(&one(&record(as_json(&event, &[], false))), &event);
        prop_assert_eq!(&one(&record(as_json(&event, &extra, reversed))), &event);
    }
}
