//! A cooperative member gives up what another one is to have, and works on with the rest.

use crate::memory_support::*;
use needle::log::memory::{Broker, MemoryLog, Settings};
use needle::log::{Change, Log};

fn member(broker: &Broker, id: &str) -> MemoryLog {
    MemoryLog::new(broker, Settings { cooperative: true, ..settings(id) }).unwrap()
}

/// Own what was assigned, from the beginning, and resume it.
fn own(log: &mut MemoryLog, partitions: std::ops::Range<i32>) {
    log.own(&inputs(partitions.clone()).into_iter().map(|input| (input, 0)).collect::<Vec<_>>()).unwrap();
    inputs(partitions).into_iter().for_each(|input| log.resume(input).unwrap());
}

#[test]
fn only_what_moves_is_revoked() {
    let broker = broker(4);
    let (mut first, mut second) = (member(&broker, "a"), member(&broker, "b"));
    assert_eq!(change(&mut first), Some(Change::Assigned(inputs(0..4))));
    own(&mut first, 0..4);
    assert_eq!(change(&mut second), None, "it waits for the first");
    assert_eq!(change(&mut first), Some(Change::Revoked(inputs(2..4))));
    assert_eq!(change(&mut second), Some(Change::Assigned(vec![])), "nothing is free yet");
    assert_eq!(change(&mut first), None, "said once");
    first.release(&inputs(2..4)).unwrap();
    assert_eq!(change(&mut second), Some(Change::Assigned(inputs(2..4))));
    event(&broker, 0, "first's");
    assert_eq!(poll(&mut first).unwrap(), (Some(Change::Assigned(vec![])), vec![]));
    assert_eq!(poll(&mut first).unwrap().1, pairs(&[(0, "first's")]), "owned and resumed all the while");
}

#[test]
fn it_works_on_while_the_others_join() {
    let broker = broker(2);
    let (mut first, mut second) = (member(&broker, "a"), member(&broker, "b"));
    assert_eq!(change(&mut first), Some(Change::Assigned(inputs(0..2))));
    own(&mut first, 0..2);
    assert_eq!(change(&mut second), None);
    first.begin().unwrap();
    put(&mut first, 0, "said").unwrap();
    first.commit(&[(input(0), position(1))]).expect("its generation goes on until the next one begins");
    // A third one comes before the second has seen anything.
    let mut third = member(&broker, "c");
    assert_eq!(change(&mut first), Some(Change::Revoked(inputs(1..2))));
    assert_eq!(change(&mut third), None);
    event(&broker, 0, "more");
    assert_eq!(change(&mut first), None, "not while it is asked to give something up");
    first.release(&inputs(1..2)).unwrap();
    assert_eq!(change(&mut second), Some(Change::Assigned(inputs(1..2))));
}

/// A member that the group went on without has lost everything, however it rebalances.
#[test]
fn who_is_left_behind_has_lost_everything() {
    let broker = broker(2);
    let mut first =
        MemoryLog::new(&broker, Settings { cooperative: true, session_timeout_ms: 1_000_000, ..static_settings("a") })
            .unwrap();
    assert_eq!(change(&mut first), Some(Change::Assigned(inputs(0..2))));
    own(&mut first, 0..2);
    let mut second =
        MemoryLog::new(&broker, Settings { cooperative: true, session_timeout_ms: 1_000_000, ..settings("b") })
            .unwrap();
    assert_eq!(change(&mut second), None);
    broker.advance(60_001);
    assert_eq!(change(&mut second), Some(Change::Assigned(inputs(1..2))));
    assert_eq!(change(&mut first), Some(Change::Lost(inputs(0..2))));
    assert_eq!(change(&mut first), Some(Change::Assigned(inputs(0..1))));
}

/// An eager member beside a cooperative one: nothing is anybody's twice.
#[test]
fn both_styles_in_one_group() {
    let broker = broker(4);
    let (mut first, mut second) = (log(&broker, "a"), member(&broker, "b"));
    assert_eq!(take_over(&mut first), [0, 1, 2, 3]);
    assert_eq!(change(&mut second), None);
    assert_eq!(change(&mut first), Some(Change::Revoked(inputs(0..4))));
    first.release(&inputs(0..4)).unwrap();
    assert_eq!(change(&mut second), Some(Change::Assigned(inputs(2..4))));
    assert_eq!(take_over(&mut first), [0, 1]);
    own(&mut second, 2..4);
    first.leave().unwrap();
    assert_eq!(change(&mut second), Some(Change::Assigned(inputs(0..2))), "what it had, it still has");
}
