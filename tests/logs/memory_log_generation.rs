//! A member commits positions for the generation it belongs to, or not at all.

use crate::memory_support::*;
use needle::log::memory::{Broker, MemoryLog, Settings};
use needle::log::{Change, Log, Remedy};

/// Commits a record with a position; where the log asks for an abort, aborts.
fn try_commit(log: &mut MemoryLog) -> Option<Remedy> {
    log.begin().unwrap();
    put(log, 0, "record").unwrap();
    let remedy = log.commit(&[(input(0), position(1))]).err().map(|error| error.remedy);
    if remedy == Some(Remedy::Abort) {
        log.abort().unwrap();
    }
    remedy
}

fn nothing_committed(broker: &Broker) {
    assert_eq!(seen(broker, CHANGES, 0), []);
    assert_eq!(broker.committed(GROUP, "events", 0), None);
    assert!(broker.open_transactions().is_empty());
}

#[test]
fn a_commit_after_the_next_generation_has_begun_is_to_be_aborted() {
    let broker = broker(2);
    let (mut first, mut second) = (log(&broker, "a"), log(&broker, "b"));
    take_over(&mut first);
    assert_eq!(change(&mut second), None);
    change(&mut first);
    first.release(&inputs(0..2)).unwrap();
    assert_eq!(try_commit(&mut first), Some(Remedy::Abort), "a commit after the release");
    nothing_committed(&broker);
    take_over(&mut first);
    assert_eq!(try_commit(&mut first), None);
}

#[test]
fn a_removed_member_is_to_abort() {
    let broker = broker(2);
    let (mut silent, mut other) = (log(&broker, "a"), log(&broker, "b"));
    take_over(&mut silent);
    assert_eq!(change(&mut other), None);
    broker.advance(4_000);
    assert_eq!(change(&mut other), None);
    broker.advance(6_001);
    assert_eq!(try_commit(&mut silent), Some(Remedy::Abort));
    nothing_committed(&broker);
}

#[test]
fn a_static_member_that_a_rebalance_went_on_without_is_to_abort_and_has_lost() {
    let broker = broker(2);
    let patience = |id| Settings { rebalance_timeout_ms: 3_000, ..static_settings(id) };
    let mut slow = MemoryLog::new(&broker, patience("a")).unwrap();
    let mut other = MemoryLog::new(&broker, patience("b")).unwrap();
    take_over(&mut slow);
    assert_eq!(change(&mut other), None);
    assert_eq!(change(&mut slow), Some(Change::Revoked(inputs(0..2))));
    broker.advance(3_001);
    assert_eq!(take_over(&mut other), [1], "the static member keeps its place");
    assert_eq!(try_commit(&mut slow), Some(Remedy::Abort));
    nothing_committed(&broker);
    assert_eq!(change(&mut slow), Some(Change::Lost(inputs(0..2))));
    assert_eq!(take_over(&mut slow), [0]);
}

#[test]
fn a_commit_is_good_while_the_rebalance_waits_for_it() {
    let broker = broker(2);
    let (mut first, mut second) = (log(&broker, "a"), log(&broker, "b"));
    take_over(&mut first);
    assert_eq!(change(&mut second), None);
    assert!(matches!(change(&mut first), Some(Change::Revoked(_))));
    assert_eq!(try_commit(&mut first), None);
    assert_eq!(broker.committed(GROUP, "events", 0), Some(position(1)));
}
