//! With several input topics one lane owns partition p of all of them, so that a lead's events meet.

use crate::support::events::{Plan, generate};
use crate::support::{Broker, Needle, PATIENCE, Settings};
use toml::Value;

#[test]
fn a_lead_whose_events_come_by_two_topics_is_one_lead() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "two", 3);
    let second = broker.unique_topic("second");
    broker.create_topic(&second, 3, &[]);
    let topics = vec![Value::from(settings.events.clone()), Value::from(second.clone())];
    let settings =
        settings.set("topics", "events", topics).set("service", "lanes", 2).set("scoring", "change_threshold", 0);
    for (partition, drafts) in generate(&Plan { partitions: 3, records: 600, ..Plan::default() }).iter().enumerate() {
        let (odd, even): (Vec<_>, Vec<_>) = drafts.iter().cloned().enumerate().partition(|(index, _)| index % 2 == 1);
        for (topic, half) in [(&settings.events, odd), (&second, even)] {
            let half: Vec<_> = half.into_iter().map(|(_, draft)| draft).collect();
            broker.produce(topic, partition as i32, &half);
        }
    }
    let mut needle = Needle::spawn(&settings, &["run"]);
    for topic in [&settings.events, &second] {
        broker.await_consumed(&settings.application, topic, PATIENCE);
    }
    assert_eq!(needle.terminate(), Some(0), "{}", needle.log());

    // Every lead is first said once: had its events gone to two places, each would have begun anew.
    let firsts = broker.read_committed_all(&settings.score_changes).into_iter().flatten().filter_map(|record| {
        let change: serde_json::Value = serde_json::from_slice(record.value.as_deref()?).ok()?;
        change["previous"]
            .is_null()
            .then(|| String::from_utf8_lossy(record.key.as_deref().unwrap_or_default()).into_owned())
    });
    let mut firsts: Vec<String> = firsts.collect();
    let said = firsts.len();
    firsts.sort();
    firsts.dedup();
    assert!(said > 20, "{said} leads");
    assert_eq!(firsts.len(), said);
}
