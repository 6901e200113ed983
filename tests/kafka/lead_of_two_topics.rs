//! A lead whose events come by two topics: as far as each is named, it is taken in.

use crate::support::lead::ask;
use crate::support::{Broker, Draft, Needle, PATIENCE, Settings};
use serde_json::{Value, json};

const LEAD: &str = "default/u-1";

fn view(id: &str, path: &str) -> Draft {
    let event = json!({"type": "page", "userId": "u-1", "messageId": id, "timestamp": "2026-01-05T10:00:00Z",
        "properties": {"path": path}});
    Draft::new(1_767_607_200_000, "u-1", event.to_string())
}

#[test]
fn positions_may_be_named_for_both() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "lead-two", 1);
    let second = broker.unique_topic("second");
    broker.create_topic(&second, 1, &[]);
    let topics = [&settings.events, &second].map(|topic| toml::Value::from(topic.clone()));
    let settings = settings.set("topics", "events", topics.to_vec()).set("scoring", "change_threshold", 0);
    let mut needle = Needle::spawn(&settings, &["run"]);
    // One after the other, so that the order is known.
    for (topic, draft) in [(&settings.events, view("m-1", "/pricing")), (&second, view("m-2", "/docs"))] {
        broker.produce(topic, 0, &[draft]);
        broker.await_consumed(&settings.application, topic, PATIENCE);
    }
    needle.kill9();
    let [first, then] = [&settings.events, &second].map(|topic| format!("{topic}:0:0"));
    let touchpoints = |part: &Value| part["facts"]["touchpoints"].as_u64();

    let part = ask(&settings, &[LEAD, "--json"]).part();
    assert_eq!((touchpoints(&part), &part["snapshot"]), (Some(2), &Value::Null));
    let part = ask(&settings, &[LEAD, "--json", "--at", &first]).part();
    assert_eq!((touchpoints(&part), &part["replay"]["equal"]), (Some(1), &json!(true)));
    assert_eq!((&part["inputs"][0]["named"], &part["inputs"][1]["named"]), (&json!(true), &json!(false)));
    let part = ask(&settings, &[LEAD, "--json", "--at", &first, "--at", &then]).part();
    assert_eq!((touchpoints(&part), &part["replay"]["equal"]), (Some(2), &json!(true)), "{:#}", part["replay"]);
    assert_eq!(part["replay"]["computed"][0]["score_change"], part["replay"]["said"][0]["score_change"]);

    // What the first topic had brought by then is not named, and is missed.
    let part = ask(&settings, &[LEAD, "--json", "--at", &then]).part();
    assert_eq!((touchpoints(&part), &part["replay"]["equal"]), (Some(1), &json!(false)));
    let text = ask(&settings, &[LEAD, "--at", &then]).output;
    assert!(text.contains("NOT EQUAL") && text.contains("has another input topic to be named?"), "{text}");
}
