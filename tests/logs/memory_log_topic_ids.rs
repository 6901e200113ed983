//! A topic that is deleted and made again is another one, and nothing of the former is left.

use std::time::Duration;

use crate::memory_support::*;
use needle::log::{Log, Remedy, Source, Stream};

#[test]
fn a_topic_made_again_is_another_one() {
    let broker = broker(1);
    let mut writer = log(&broker, "a");
    let id = |stream| log(&broker, "b").topic_id(stream).unwrap();
    let (events, changes) = (id(Stream::Events(0)), id(Stream::ScoreChanges));
    assert_ne!(events, changes);
    assert_eq!(id(Stream::Events(0)), events);
    broker.create_topic("events", 1);
    assert_eq!(id(Stream::Events(0)), events, "it was there already");

    event(&broker, 0, "old");
    take_over(&mut writer);
    writer.begin().unwrap();
    writer.commit(&[(input(0), position(1))]).unwrap();
    broker.delete_topic("events");
    assert_eq!(remedy(log(&broker, "b").topic_id(Stream::Events(0))), Remedy::Crash);
    assert_eq!(poll(&mut writer).unwrap(), (None, vec![]), "it is waited for");

    broker.create_topic("events", 1);
    let again = id(Stream::Events(0));
    assert!(again != events && again != changes);
    assert_eq!(id(Stream::ScoreChanges), changes);
    assert_eq!(broker.committed(GROUP, "events", 0), None);
    assert_eq!(seen(&broker, "events", 0), pairs(&[]));
    assert_eq!(log(&broker, "b").committed(&[input(0)], Duration::ZERO).unwrap(), [None]);
}
