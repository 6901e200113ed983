//! A producer that somebody has succeeded, or that was too slow, can do no more harm.

use crate::memory_support::*;
use needle::log::{Log, Remedy};

#[test]
fn a_new_producer_of_the_same_id_aborts_and_fences_the_former_one() {
    let broker = broker(1);
    let mut zombie = log(&broker, "a");
    take_over(&mut zombie);
    zombie.begin().unwrap();
    put(&mut zombie, 0, "zombie").unwrap();
    assert_eq!(broker.open_transactions(), ["a"]);
    let mut heir = log(&broker, "a");
    assert!(broker.open_transactions().is_empty());

    assert_eq!(remedy(put(&mut zombie, 0, "late")), Remedy::Rejoin);
    assert_eq!(remedy(zombie.commit(&[])), Remedy::Rejoin);
    assert_eq!(remedy(zombie.commit(&[(input(0), position(7))])), Remedy::Rejoin);
    assert_eq!(remedy(zombie.abort()), Remedy::Rejoin);
    heir.begin().unwrap();
    put(&mut heir, 0, "heir").unwrap();
    heir.commit(&[]).unwrap();
    assert_eq!(seen(&broker, CHANGES, 0), pairs(&[(2, "heir")]));
    assert_eq!(broker.committed(GROUP, "events", 0), None);
}

#[test]
fn positions_alone_are_fenced_too() {
    let broker = broker(1);
    let mut zombie = log(&broker, "a");
    take_over(&mut zombie);
    let _heir = log(&broker, "a");
    zombie.begin().unwrap();
    assert_eq!(remedy(zombie.commit(&[(input(0), position(7))])), Remedy::Rejoin);
    assert_eq!(broker.committed(GROUP, "events", 0), None);
}

#[test]
fn others_are_left_alone() {
    let broker = broker(1);
    let mut other = log(&broker, "b");
    other.begin().unwrap();
    put(&mut other, 0, "other").unwrap();
    let _heir = log(&broker, "a");
    other.commit(&[]).unwrap();
    assert_eq!(seen(&broker, CHANGES, 0), pairs(&[(0, "other")]));
}

#[test]
fn a_transaction_that_takes_too_long_is_aborted_and_fenced() {
    let broker = broker(1);
    let mut slow = log(&broker, "a");
    slow.begin().unwrap();
    put(&mut slow, 0, "slow").unwrap();
    broker.advance(10_000);
    assert_eq!(broker.open_transactions(), ["a"], "as long as it may be, no longer");
    broker.advance(10_001);
    assert!(broker.open_transactions().is_empty());
    assert_eq!(broker.last_stable(CHANGES, 0).unwrap(), 2);
    assert_eq!(remedy(slow.commit(&[])), Remedy::Rejoin);
    assert_eq!(seen(&broker, CHANGES, 0), []);
}
