//! The end of a transaction may arrive after its sender has given up, or never, and reaches its places one by one.

use crate::memory_support::*;
use needle::log::memory::{Broker, Call, Fault, Faults, MemoryLog};
use needle::log::{Log, LogError, Remedy};

/// What becomes of the first end of a transaction.
struct Once(Option<Fault>);

impl Faults for Once {
    fn at(&mut self, call: Call) -> Fault {
        if call == Call::Commit { self.0.take().unwrap_or(Fault::None) } else { Fault::None }
    }
}

/// A member that has sent an output and a position, and has asked for the commit.
fn committing(broker: &Broker, fault: Fault) -> (MemoryLog, Result<(), LogError>) {
    let mut log = MemoryLog::with_faults(broker, settings("a"), Once(Some(fault))).unwrap();
    take_over(&mut log);
    event(broker, 0, "event");
    log.begin().unwrap();
    put(&mut log, 0, "said").unwrap();
    let asked = log.commit(&[(input(0), position(1))]);
    (log, asked)
}

fn later(delay_ms: i64) -> Fault {
    Fault::Later(LogError { remedy: Remedy::Rejoin, doing: "testing", cause: "injected".into() }, delay_ms)
}

fn is_committed(broker: &Broker) -> bool {
    let outputs = seen(broker, CHANGES, 0) == pairs(&[(0, "said")]);
    let position = broker.committed(GROUP, "events", 0) == Some(position(1));
    assert_eq!(outputs, position, "one with the other");
    outputs
}

#[test]
fn a_late_commit_has_its_effect() {
    let broker = broker(1);
    let (log, asked) = committing(&broker, later(500));
    assert_eq!(remedy(asked), Remedy::Rejoin);
    drop(log);
    broker.advance(499);
    assert!(!is_committed(&broker) && broker.is_unstable(GROUP, "events", 0));
    broker.advance(500);
    assert!(is_committed(&broker) && !broker.is_unstable(GROUP, "events", 0));
}

#[test]
fn a_late_commit_of_who_was_fenced_has_none() {
    let broker = broker(1);
    let (_zombie, _) = committing(&broker, later(500));
    let _heir = log(&broker, "a");
    broker.advance(500);
    assert!(!is_committed(&broker));
    assert_eq!(broker.open_transactions(), Vec::<String>::new());
}

#[test]
fn a_late_commit_is_not_taken_for_that_of_the_next_transaction() {
    let broker = broker(1);
    let (mut log, _) = committing(&broker, later(500));
    log.abort().unwrap();
    log.begin().unwrap();
    put(&mut log, 0, "next").unwrap();
    broker.advance(500);
    assert_eq!(seen(&broker, CHANGES, 0), []);
    assert_eq!(broker.open_transactions(), ["a"]);
}

/// Positions are sent once: sent again they would open a transaction of their own, whose undoing would undo nothing.
#[test]
fn a_commit_that_is_asked_for_again_finds_the_late_one() {
    let broker = broker(1);
    let (mut log, _) = committing(&broker, later(500));
    broker.advance(500);
    log.commit(&[(input(0), position(1))]).expect("it is");
    assert!(is_committed(&broker) && broker.open_transactions().is_empty());
}

#[test]
fn an_abort_does_not_undo_a_late_commit() {
    let broker = broker(1);
    let (mut log, _) = committing(&broker, later(500));
    broker.advance(500);
    assert_eq!(remedy(log.abort()), Remedy::Rejoin);
    assert!(is_committed(&broker));
}

#[test]
fn a_late_commit_comes_too_late_for_the_time_out() {
    let broker = broker(1);
    let (_log, _) = committing(&broker, later(20_000));
    broker.advance(10_001);
    broker.advance(20_000);
    assert!(!is_committed(&broker));
}

#[test]
fn positions_may_be_seen_before_the_outputs() {
    let broker = broker(1);
    // The output's partition comes first in the list, the positions second.
    let (mut log, asked) = committing(&broker, Fault::Scattered(vec![800, 300]));
    asked.unwrap();
    broker.advance(300);
    assert_eq!(broker.committed(GROUP, "events", 0), Some(position(1)));
    assert_eq!((seen(&broker, CHANGES, 0), broker.last_stable(CHANGES, 0).unwrap()), (vec![], 0));
    assert_eq!(broker.open_transactions(), ["a"]);
    broker.advance(800);
    assert!(is_committed(&broker));
    log.begin().unwrap();
    put(&mut log, 0, "next").unwrap();
}

#[test]
fn the_producer_waits_for_its_markers() {
    let broker = broker(1);
    let (mut log, asked) = committing(&broker, Fault::Scattered(vec![800, 300]));
    asked.unwrap();
    log.begin().unwrap();
    put(&mut log, 0, "next").unwrap();
    assert!(is_committed(&broker), "what came before is decided first");
    assert_eq!(broker.last_stable(CHANGES, 0).unwrap(), 2);
}
