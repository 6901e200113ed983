//! Positions in an open transaction are nobody's yet: who asks is told to ask again.

use std::time::Duration;

use crate::memory_support::*;
use needle::log::memory::{Call, MemoryLog};
use needle::log::{Log, Remedy, Source};

#[test]
fn a_position_is_unstable_while_a_transaction_is_pending_on_it() {
    let broker = broker(2);
    let script = Script::default();
    let mut dead = MemoryLog::with_faults(&broker, settings("a"), script.clone()).unwrap();
    take_over(&mut dead);
    dead.begin().unwrap();
    dead.commit(&[(input(0), position(1))]).unwrap();
    script.before(Call::Commit, Remedy::Crash);
    dead.begin().unwrap();
    dead.commit(&[(input(0), position(2))]).unwrap_err();
    drop(dead);

    let mut heir = log(&broker, "b");
    assert_eq!(remedy(heir.committed(&inputs([0]), Duration::ZERO)), Remedy::Retry);
    assert_eq!(remedy(heir.committed(&inputs([1, 0]), Duration::ZERO)), Remedy::Retry);
    assert_eq!(
        heir.committed(&inputs([1]), Duration::ZERO).unwrap(),
        [None],
        "nothing is pending on the other partition"
    );
    assert_eq!(broker.committed(GROUP, "events", 0), Some(position(1)));
    broker.advance(10_001);
    assert_eq!(
        heir.committed(&inputs([0]), Duration::ZERO).unwrap(),
        [Some(position(1))],
        "its time is over, it was aborted"
    );
}

#[test]
fn the_same_transactional_id_settles_it_at_once() {
    let broker = broker(1);
    let script = Script::default();
    let mut dead = MemoryLog::with_faults(&broker, settings("a"), script.clone()).unwrap();
    take_over(&mut dead);
    script.before(Call::Commit, Remedy::Crash);
    dead.begin().unwrap();
    put(&mut dead, 0, "lost").unwrap();
    dead.commit(&[(input(0), position(2))]).unwrap_err();
    assert_eq!(log(&broker, "a").committed(&inputs([0]), Duration::ZERO).unwrap(), [None]);
    assert_eq!(seen(&broker, CHANGES, 0), []);
}

#[test]
fn positions_and_records_commit_as_one() {
    let broker = broker(1);
    let mut log = log(&broker, "a");
    take_over(&mut log);
    log.begin().unwrap();
    put(&mut log, 0, "one").unwrap();
    log.commit(&[(input(0), position(5))]).unwrap();
    assert_eq!(log.committed(&inputs([0]), Duration::ZERO).unwrap(), [Some(position(5))]);
    assert_eq!(seen(&broker, CHANGES, 0), pairs(&[(0, "one")]));
}
