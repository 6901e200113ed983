//! Names, pages, campaigns, forms, traits, ids: which of several places counts.

use crate::wire_support::{Owned, OwnedScalar, one, record};
use serde_json::{Value, json};

fn read(kind: &str, fields: Value) -> Owned {
    let mut event = json!({"type": kind, "event": "e", "userId": "u", "messageId": "m"});
    event.as_object_mut().expect("an object").extend(fields.as_object().cloned().unwrap_or_default());
    one(&record(event.to_string()))
}

#[test]
fn names() {
    let both = json!({"name": "top", "properties": {"name": "inner"}});
    let named = |kind: &str, fields: Value| read(kind, fields).name;
    assert_eq!(named("track", both.clone()).as_deref(), Some("e"));
    for kind in ["page", "screen"] {
        assert_eq!(named(kind, both.clone()).as_deref(), Some("top"));
        assert_eq!(named(kind, json!({"name": " ", "properties": {"name": "inner"}})).as_deref(), Some("inner"));
        assert_eq!(named(kind, json!({"name": 5})), None);
    }
    for kind in ["identify", "group", "alias"] {
        assert_eq!(named(kind, both.clone()), None);
    }
}

#[test]
fn properties_go_before_the_contexts_page() {
    let page = json!({"url": "cu", "path": "cp", "search": "cs", "title": "ct", "referrer": "cr"});
    let properties = json!({"url": "u", "path": "", "search": 5, "title": null, "extra": {"referrer": "x"}});
    let event = read(
        "track",
        json!({"properties": properties, "context": {"page": page, "campaign": {"source": "s", "name": "n"}}}),
    );
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(event.page, [text("u"), text("cp"), text("cs"), text("ct"), text("cr")]);
    assert_eq!(event.campaign, [text("s"), None, text("n")]);
    let replaced = read("page", json!({"context": {"page": [1], "campaign": "x"}}));
    assert_eq!((replaced.page, replaced.campaign), ([const { None }; 5], [const { None }; 3]));
}

#[test]
fn of_a_repeated_object_only_the_last_counts() {
    let twice = r#"{"type":"page","userId":"u","context":{"page":{"url":"first","title":"t"}},"context":{"page":{"url":"last"}}}"#;
    assert_eq!(one(&record(twice)).page, [Some("last".to_owned()), None, None, None, None]);
    let twice = r#"{"type":"page","userId":"u","traits":{"employees":1,"employees":2}}"#;
    assert_eq!(one(&record(twice)).traits, [(0, OwnedScalar::Number(2.0))]);
}

#[test]
fn off_line() {
    for (properties, offline) in [
        (json!({"offline": true}), true),
        (json!({"offline": "TRUE"}), true),
        (json!({"channel": " Offline"}), true),
        (json!({"offline": false, "channel": "web"}), false),
        (json!({"offline": 1}), false),
        (json!({"offline": "offline"}), false),
        (json!({}), false),
    ] {
        assert_eq!(read("track", json!({"properties": properties})).offline, offline, "{properties}");
    }
}

#[test]
fn form_completeness() {
    for (properties, share) in [
        (json!({"form_completeness": 0.25, "completeness": 0.5}), Some(0.25)),
        (json!({"completeness": 0.5, "form_completeness": 0.25}), Some(0.25)),
        (json!({"completeness": 0}), Some(0.0)),
        (json!({"completeness": 1}), Some(1.0)),
        (json!({"completeness": 40}), Some(0.4)),
        (json!({"completeness": "80"}), Some(0.8)),
        (json!({"completeness": 101}), None),
        (json!({"completeness": -0.5, "fields_completed": 3, "fields_total": 4}), Some(0.75)),
        (json!({"fields_completed": 5, "fields_total": 4}), None),
        (json!({"fields_completed": 0, "fields_total": 0}), None),
        (json!({"fields_completed": 0, "fields": {"a": "x", "b": " ", "c": null, "d": false}}), Some(0.5)),
        (json!({"fields": [{"value": 0}, {"value": []}, {"name": "x"}, {"value": {"y": 1}}, "no field"]}), Some(0.5)),
        (json!({"fields": {}}), None),
        (json!({"fields": "three"}), None),
        (json!({}), None),
    ] {
        assert_eq!(read("track", json!({"properties": properties})).form_completeness, share, "{properties}");
    }
}

#[test]
fn traits() {
    let (number, text) = (OwnedScalar::Number, |text: &str| OwnedScalar::Text(text.to_owned()));
    let table = [
        (json!({}), vec![]),
        (json!({"traits": {"employees": 5, "company": {"employee_count": 7}}}), vec![(0, number(7.0))]),
        (json!({"traits": {"employees": 5, "company": {"employee_count": null}}}), vec![(0, number(5.0))]),
        (
            json!({"traits": {"employees": 5}, "context": {"traits": {"employees": 6, "title": "CTO"}}}),
            vec![(0, number(5.0)), (1, text("CTO"))],
        ),
        (
            json!({"traits": {"employees": 5}, "context": {"traits": {"company": {"employee_count": 6}}}}),
            vec![(0, number(6.0))],
        ),
        (
            json!({"traits": {"employees": {"x": 5}, "title": ["CEO"], "jobs": [{"title": "CEO"}, {}]}}),
            vec![(1, text("CEO"))],
        ),
        (
            json!({"traits": {"employees": "  ", "title": true}}),
            vec![(0, OwnedScalar::Null), (1, OwnedScalar::Flag(true))],
        ),
        (json!({"traits": {"a/b": {"~c": "x"}, "a": {"b": {"~c": "y"}}}}), vec![(2, text("x"))]),
        (json!({"traits": ["employees"], "context": {"traits": 5}}), vec![]),
    ];
    for (fields, expected) in table {
        for kind in ["identify", "group", "track"] {
            assert_eq!(read(kind, fields.clone()).traits, expected, "{fields}");
        }
    }
}

#[test]
fn ids() {
    let id = |fields: &str| {
        let event = one(&record(format!(r#"{{"type":"page",{fields}}}"#)));
        (event.lead, event.known)
    };
    for (fields, lead, known) in [
        (r#""userId":"u","anonymousId":"a""#, "u", true),
        (r#""userId":" null ","anonymousId":"a""#, "a", false),
        (r#""userId":0,"anonymousId":17"#, "17", false),
        (r#""userId":0.0,"anonymousId":"a""#, "a", false),
        (r#""userId":-1.50"#, "-1.5", true),
        (r#""userId":18446744073709551615"#, "18446744073709551615", true),
        (r#""userId":" u ""#, " u ", true),
        (r#""userId":"\ud83d\ude00/\"""#, "😀/\"", true),
    ] {
        assert_eq!(id(fields), (lead.to_owned(), known), "{fields}");
    }
    let longest = "x".repeat(256);
    assert_eq!(id(&format!(r#""userId":"{longest}""#)).0, longest);
    let message = |id: &str| one(&record(format!(r#"{{"type":"page","userId":"u","messageId":{id}}}"#))).id;
    assert_eq!((message("17.0").as_str(), message("\" m\"").as_str()), ("17", " m"));
    for none in ["\"\"", "null", "true", "{}"] {
        assert!(message(none).starts_with("h:"), "{none}");
    }
}
