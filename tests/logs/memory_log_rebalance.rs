//! Members share the partitions; who had them gives them up before somebody else gets them.

use crate::memory_support::*;
use needle::log::memory::{MemoryLog, Settings};
use needle::log::{Change, Input, Log};

#[test]
fn a_second_member_gets_its_share_only_after_the_first_has_released() {
    let broker = broker(4);
    let (mut first, mut second) = (log(&broker, "a"), log(&broker, "b"));
    assert_eq!(take_over(&mut first), [0, 1, 2, 3]);
    (0..4).for_each(|partition| assert_eq!(event(&broker, partition, "event"), 0));
    assert_eq!(poll(&mut first).unwrap().1.len(), 4);

    assert_eq!(change(&mut second), None, "it waits for the first");
    assert_eq!(change(&mut first), Some(Change::Revoked(inputs(0..4))));
    assert_eq!(change(&mut second), None, "the first still has it all");
    assert_eq!(change(&mut first), None, "said once");
    first.begin().unwrap();
    put(&mut first, 0, "last").unwrap();
    first.commit(&[(input(3), position(1))]).unwrap();
    first.release(&inputs(0..4)).unwrap();
    assert_eq!(take_over(&mut second), [2, 3]);
    assert_eq!(take_over(&mut first), [0, 1]);
    assert_eq!(broker.generation(GROUP), 2);
    assert_eq!(poll(&mut second).unwrap().1, pairs(&[(0, "event")]), "of partition 3 it was committed already");
}

#[test]
fn revoked_partitions_deliver_nothing_more() {
    let broker = broker(1);
    let (mut first, mut second) = (log(&broker, "a"), log(&broker, "b"));
    take_over(&mut first);
    assert_eq!(change(&mut second), None);
    assert!(matches!(change(&mut first), Some(Change::Revoked(_))));
    event(&broker, 0, "late");
    assert_eq!(poll(&mut first).unwrap(), (None, vec![]));
}

#[test]
fn a_member_that_leaves_hands_over_at_once() {
    let broker = broker(2);
    let (mut first, mut second) = (log(&broker, "a"), log(&broker, "b"));
    take_over(&mut first);
    assert_eq!(change(&mut second), None);
    assert!(matches!(change(&mut first), Some(Change::Revoked(_))));
    first.leave().unwrap();
    assert_eq!(take_over(&mut second), [0, 1]);
}

#[test]
fn more_members_than_partitions_leave_one_with_nothing() {
    let broker = broker(1);
    let (mut first, mut second) = (log(&broker, "a"), log(&broker, "b"));
    take_over(&mut first);
    assert_eq!(change(&mut second), None);
    change(&mut first);
    first.release(&inputs([0])).unwrap();
    assert_eq!(take_over(&mut first), [0]);
    assert_eq!(change(&mut second), Some(Change::Assigned(vec![])));
}

#[test]
fn one_member_owns_the_same_partition_of_every_topic() {
    let broker = broker(3);
    broker.create_topic("more", 3);
    let settings = |id: &str| Settings::new(GROUP, id, topics(&["more", "events"]));
    let mut first = MemoryLog::new(&broker, settings("a")).unwrap();
    let mut second = MemoryLog::new(&broker, settings("b")).unwrap();
    take_over(&mut first);
    assert_eq!(change(&mut second), None);
    let Some(Change::Revoked(all)) = change(&mut first) else { panic!() };
    assert_eq!(all.len(), 6);
    first.release(&all).unwrap();
    let of = |topic, partition| Input { topic, partition };
    let expected = vec![of(0, 0), of(0, 1), of(1, 0), of(1, 1)];
    assert_eq!(change(&mut first), Some(Change::Assigned(expected)));
    assert_eq!(change(&mut second), Some(Change::Assigned(vec![of(0, 2), of(1, 2)])));
}

#[test]
fn a_silent_member_is_removed_and_sees_that_it_has_lost() {
    let broker = broker(2);
    let (mut silent, mut other) = (log(&broker, "a"), log(&broker, "b"));
    take_over(&mut silent);
    assert_eq!(change(&mut other), None);
    broker.advance(4_000);
    assert_eq!(change(&mut other), None);
    broker.advance(6_001);
    assert_eq!(take_over(&mut other), [0, 1]);
    assert_eq!(change(&mut silent), Some(Change::Lost(inputs(0..2))));
    silent.release(&inputs(0..2)).unwrap();
    assert_eq!(change(&mut silent), None, "it has joined again");
    assert_eq!(change(&mut other), Some(Change::Revoked(inputs(0..2))));
}

#[test]
fn a_member_that_is_slow_to_release_is_removed() {
    let broker = broker(2);
    let patience = |id| Settings { rebalance_timeout_ms: 3_000, ..settings(id) };
    let mut slow = MemoryLog::new(&broker, patience("a")).unwrap();
    let mut other = MemoryLog::new(&broker, patience("b")).unwrap();
    take_over(&mut slow);
    assert_eq!(change(&mut other), None);
    assert_eq!(change(&mut slow), Some(Change::Revoked(inputs(0..2))));
    broker.advance(3_000);
    assert_eq!(change(&mut other), None);
    assert_eq!(change(&mut slow), None, "it lives, but does not let go");
    broker.advance(3_001);
    assert_eq!(take_over(&mut other), [0, 1]);
    assert_eq!(change(&mut slow), Some(Change::Lost(inputs(0..2))));
}
