//! Topics: made where they are absent, refused where they contradict, loud where they vanish.

use crate::support::audit::audit;
use crate::support::{Broker, Draft, Flow, Needle, PATIENCE, Settings};

#[test]
fn outputs_are_made_with_the_partitions_of_the_input() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "made", 3);
    let mut needle = Needle::spawn(&settings, &["run"]);
    needle.await_ready();
    assert_eq!(settings.outputs().map(|topic| broker.partitions(topic)), [3, 3, 3]);
    assert_eq!(needle.terminate(), Some(0));
}

#[test]
fn an_output_with_another_partition_count_is_refused() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "refused", 3);
    broker.create_topic(&settings.score_changes, 2, &[]);
    let mut needle = Needle::spawn(&settings, &["run"]);
    assert_eq!(needle.wait(), Some(1));
    assert!(needle.log().contains("has 2 partitions, the input has 3"), "{}", needle.log());
    assert_eq!(broker.committed(&settings.application, &settings.events), vec![None; 3]);
}

/// Nobody stops for it: what comes by the new partitions is said there, and the others go on.
#[test]
fn partitions_that_are_added_to_the_input_are_worked_on() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "grown", 2).set("kafka", "topic.metadata.refresh.interval.ms", 500);
    let mut needle = Needle::spawn(&settings, &["run"]);
    Flow::new(broker, &settings, 2, 1, 100).go_on();
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    broker.grow_topic(&settings.events, 4);
    Flow::new(broker, &settings, 4, 1, 100).go_on();
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    assert_eq!(settings.outputs().map(|topic| broker.partitions(topic)), [4, 4, 4]);
    assert_eq!(needle.terminate(), Some(0), "{}", needle.log());
    assert_eq!(audit(broker, &settings), Vec::<String>::new());

    // So they are by a process that starts afterwards.
    broker.grow_topic(&settings.events, 5);
    Flow::new(broker, &settings, 5, 1, 100).go_on();
    let mut needle = Needle::spawn(&settings, &["run"]);
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    assert_eq!(needle.terminate(), Some(0), "{}", needle.log());
    assert_eq!(audit(broker, &settings), Vec::<String>::new());
}

#[test]
fn an_output_record_that_no_broker_takes_stops_the_service_with_nothing_committed() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "large", 1);
    broker.create_topic(&settings.score_changes, 1, &[("max.message.bytes", "300")]);
    Flow::new(broker, &settings, 1, 1, 20).go_on();
    let mut needle = Needle::spawn(&settings, &["run"]);
    assert_eq!(needle.wait(), Some(1), "{}", needle.log());
    assert!(needle.log().contains("too large"), "{}", needle.log());
    assert_eq!(broker.committed(&settings.application, &settings.events), vec![None]);
    assert!(broker.read_committed_all(&settings.score_changes).iter().all(Vec::is_empty));
}

#[test]
fn a_record_over_the_limit_goes_to_the_dead_letters_whole() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "whole", 1);
    let large = vec![b'x'; 990_000];
    broker.produce(&settings.events, 0, &[Draft::new(1, "k", large.clone())]);
    let settings = settings.set("limits", "record_bytes", 1000);
    let mut needle = Needle::spawn(&settings, &["run"]);
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    assert_eq!(needle.terminate(), Some(0));
    let letters = broker.read_committed_all(&settings.dead_letters).remove(0);
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].value.as_deref(), Some(&large[..]));
    assert_eq!(letters[0].header("needle_reason").as_deref(), Some("too_large"));
    assert_eq!(letters[0].header("needle_truncated"), None);
}

#[test]
fn an_input_topic_that_vanishes_is_told() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "vanishes", 1);
    let mut needle = Needle::spawn(&settings, &["run"]);
    needle.await_ready();
    let mark = needle.mark();
    broker.delete_topic(&settings.events);
    needle.await_log(mark, "not there");
    assert_eq!(needle.terminate(), Some(0), "{}", needle.log());
}
