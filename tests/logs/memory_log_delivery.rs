//! Who owns a partition gets its records in order, once, from where it asked, unless it is paused.

use std::time::Duration;

use crate::memory_support::*;
use needle::log::{Batch, Change, Log, Remedy};

#[test]
fn partitions_start_paused_and_deliver_from_the_offset_given() {
    let broker = broker(1);
    (0..4).for_each(|i| assert_eq!(event(&broker, 0, &i.to_string()), i));
    let mut log = log(&broker, "a");
    assert_eq!(change(&mut log), Some(Change::Assigned(inputs([0]))));
    log.own(&[(input(0), 2)]).unwrap();
    assert_eq!(poll(&mut log).unwrap().1, []);
    log.resume(input(0)).unwrap();
    assert_eq!(poll(&mut log).unwrap().1, pairs(&[(2, "2"), (3, "3")]));
    assert_eq!(poll(&mut log).unwrap().1, []);
    log.seek(input(0), 1).unwrap();
    log.pause(input(0)).unwrap();
    assert_eq!(poll(&mut log).unwrap().1, []);
    log.resume(input(0)).unwrap();
    assert_eq!(poll(&mut log).unwrap().1.len(), 3);
}

#[test]
fn no_partition_starves_another() {
    let broker = broker(3);
    for partition in 0..3 {
        (0..4).for_each(|i| assert_eq!(event(&broker, partition, &partition.to_string()), i));
    }
    let mut log = log(&broker, "a");
    take_over(&mut log);
    let (mut batch, mut firsts) = (Batch::default(), Vec::new());
    for _ in 0..3 {
        log.poll(&mut batch, 2, Duration::ZERO).unwrap();
        assert_eq!(batch.len(), 2);
        firsts.push(contents(&batch)[0].1.clone());
    }
    firsts.sort();
    assert_eq!(firsts, ["0", "1", "2"]);
}

#[test]
fn only_what_is_assigned_can_be_owned_and_only_what_is_owned_steered() {
    let broker = broker(2);
    let mut log = log(&broker, "a");
    assert_eq!(remedy(log.own(&[(input(0), 0)])), Remedy::Crash);
    assert!(matches!(change(&mut log), Some(Change::Assigned(_))));
    assert_eq!(remedy(log.resume(input(0))), Remedy::Crash);
    log.own(&[(input(0), 0)]).unwrap();
    log.resume(input(0)).unwrap();
    log.release(&inputs([0])).unwrap();
    assert_eq!(remedy(log.seek(input(0), 0)), Remedy::Crash);
    assert_eq!(remedy(put(&mut log, 0, "outside")), Remedy::Crash, "no transaction has begun");
}

/// Lanes may live on threads of their own and share one broker.
#[test]
fn lanes_on_threads_share_a_broker() {
    let broker = broker(1);
    std::thread::scope(|scope| {
        for id in ["a", "b"] {
            let mut log = log(&broker, id);
            scope.spawn(move || {
                log.begin().unwrap();
                put(&mut log, 0, id).unwrap();
                log.commit(&[]).unwrap();
            });
        }
    });
    assert_eq!(seen(&broker, CHANGES, 0).len(), 2);
}
