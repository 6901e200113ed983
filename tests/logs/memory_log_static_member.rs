//! A static member may go and come back without anything moving; there is only one of a name.

use crate::memory_support::*;
use needle::log::memory::{Broker, MemoryLog};
use needle::log::{Change, Log, Remedy};

fn member(broker: &Broker, id: &str) -> MemoryLog {
    MemoryLog::new(broker, static_settings(id)).unwrap()
}

/// Two members with two partitions each.
fn pair(broker: &Broker) -> (MemoryLog, MemoryLog) {
    let (mut a, mut b) = (member(broker, "a"), member(broker, "b"));
    take_over(&mut a);
    assert_eq!(change(&mut b), None);
    change(&mut a);
    a.release(&inputs(0..4)).unwrap();
    assert_eq!(take_over(&mut a), [0, 1]);
    assert_eq!(take_over(&mut b), [2, 3]);
    (a, b)
}

#[test]
fn one_that_comes_back_in_time_gets_its_partitions_back_and_nothing_moves() {
    let broker = broker(4);
    let (a, mut b) = pair(&broker);
    let before = broker.generation(GROUP);
    drop(a);
    broker.advance(5_000);
    assert_eq!(change(&mut b), None);
    let mut back = member(&broker, "a");
    assert_eq!(take_over(&mut back), [0, 1]);
    broker.advance(9_000);
    assert_eq!(change(&mut b), None);
    assert_eq!(broker.generation(GROUP), before);
}

#[test]
fn one_that_leaves_in_good_order_may_come_back_too() {
    let broker = broker(4);
    let (mut a, mut b) = pair(&broker);
    a.leave().unwrap();
    assert_eq!(change(&mut b), None);
    assert_eq!(take_over(&mut member(&broker, "a")), [0, 1]);
}

#[test]
fn one_that_stays_away_loses_its_partitions() {
    let broker = broker(4);
    let (a, mut b) = pair(&broker);
    drop(a);
    broker.advance(5_000);
    assert_eq!(change(&mut b), None);
    broker.advance(6_001);
    assert_eq!(change(&mut b), Some(Change::Revoked(inputs(2..4))));
    b.release(&inputs(2..4)).unwrap();
    assert_eq!(take_over(&mut b), [0, 1, 2, 3]);
}

#[test]
fn a_second_live_one_fences_the_first() {
    let broker = broker(4);
    let (mut a, _b) = pair(&broker);
    a.begin().unwrap();
    let mut second = MemoryLog::new(
        &broker,
        needle::log::memory::Settings { transactional_id: "another".into(), ..static_settings("a") },
    )
    .unwrap();
    assert_eq!(take_over(&mut second), [0, 1]);
    assert_eq!(remedy(a.commit(&[(input(0), position(1))])), Remedy::Rejoin);
    assert_eq!(remedy(poll(&mut a)), Remedy::Rejoin);
    assert_eq!(broker.committed(GROUP, "events", 0), None);
}
