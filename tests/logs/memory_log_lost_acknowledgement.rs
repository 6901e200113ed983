//! Calls fail before or after their effect, where the test says so.

use std::time::Duration;

use crate::memory_support::*;
use needle::log::memory::{Broker, Call, MemoryLog};
use needle::log::{Batch, Log, Reader, Remedy, Source, Stream};

fn scripted(broker: &Broker) -> (MemoryLog, Script) {
    let script = Script::default();
    let mut log = MemoryLog::with_faults(broker, settings("a"), script.clone()).unwrap();
    take_over(&mut log);
    (log, script)
}

#[test]
fn a_commit_whose_acknowledgement_is_lost_has_happened() {
    let broker = broker(1);
    let (mut log, script) = scripted(&broker);
    script.after(Call::Commit, Remedy::Rejoin);
    log.begin().unwrap();
    put(&mut log, 0, "once").unwrap();
    assert_eq!(remedy(log.commit(&[(input(0), position(1))])), Remedy::Rejoin);
    let mut heir = MemoryLog::new(&broker, settings("a")).unwrap();
    assert_eq!(heir.committed(&inputs([0]), Duration::ZERO).unwrap(), [Some(position(1))]);
    assert_eq!(seen(&broker, CHANGES, 0), pairs(&[(0, "once")]));
}

#[test]
fn a_commit_that_never_arrived_has_not_happened() {
    let broker = broker(1);
    let (mut log, script) = scripted(&broker);
    script.before(Call::Commit, Remedy::Rejoin);
    log.begin().unwrap();
    put(&mut log, 0, "never").unwrap();
    assert_eq!(remedy(log.commit(&[(input(0), position(1))])), Remedy::Rejoin);
    let mut heir = MemoryLog::new(&broker, settings("a")).unwrap();
    assert_eq!(heir.committed(&inputs([0]), Duration::ZERO).unwrap(), [None]);
    assert_eq!(seen(&broker, CHANGES, 0), []);
}

#[test]
fn a_commit_may_be_asked_for_again_wherever_it_failed() {
    for call in [Call::SendOffsets, Call::Commit] {
        for lost in [false, true] {
            let broker = broker(1);
            let (mut log, script) = scripted(&broker);
            if lost {
                script.after(call, Remedy::Retry)
            } else {
                script.before(call, Remedy::Retry)
            }
            log.begin().unwrap();
            put(&mut log, 0, "once").unwrap();
            let positions = [(input(0), position(1))];
            assert_eq!(remedy(log.commit(&positions)), Remedy::Retry);
            log.commit(&positions).unwrap();
            assert_eq!(seen(&broker, CHANGES, 0), pairs(&[(0, "once")]), "{call:?}, lost: {lost}");
            assert_eq!(broker.end(CHANGES, 0).unwrap(), 2, "one marker");
            assert_eq!(broker.committed(GROUP, "events", 0), Some(position(1)));
        }
    }
}

#[test]
fn a_transaction_can_be_aborted_after_each_call_of_it_and_gone_on_with() {
    for call in [Call::Begin, Call::Produce, Call::SendOffsets] {
        for lost in [false, true] {
            let broker = broker(1);
            let (mut log, script) = scripted(&broker);
            if lost {
                script.after(call, Remedy::Abort)
            } else {
                script.before(call, Remedy::Abort)
            }
            let transaction = |log: &mut MemoryLog| {
                log.begin()?;
                put(log, 0, "record")?;
                log.commit(&[(input(0), position(1))])
            };
            assert_eq!(remedy(transaction(&mut log)), Remedy::Abort, "{call:?}");
            log.abort().unwrap();
            assert_eq!(seen(&broker, CHANGES, 0), []);
            assert!(broker.open_transactions().is_empty());
            transaction(&mut log).unwrap();
            assert_eq!(seen(&broker, CHANGES, 0).len(), 1);
            script.before(Call::Begin, Remedy::Abort);
            assert_eq!(remedy(log.begin()), Remedy::Abort);
            log.abort().unwrap();
            assert_eq!(seen(&broker, CHANGES, 0).len(), 1, "the committed transaction before it is not touched");
        }
    }
}

#[test]
fn a_commit_that_has_happened_cannot_be_aborted() {
    let broker = broker(1);
    let (mut log, script) = scripted(&broker);
    script.after(Call::Commit, Remedy::Abort);
    log.begin().unwrap();
    put(&mut log, 0, "once").unwrap();
    log.commit(&[]).unwrap_err();
    assert_eq!(remedy(log.abort()), Remedy::Rejoin);
}

#[test]
fn a_failed_poll_loses_no_record_and_no_change() {
    let broker = broker(1);
    let script = Script::default();
    script.after(Call::Poll, Remedy::Retry);
    let mut log = MemoryLog::with_faults(&broker, settings("a"), script.clone()).unwrap();
    assert_eq!(remedy(poll(&mut log)), Remedy::Retry);
    take_over(&mut log);
    event(&broker, 0, "event");
    script.after(Call::Poll, Remedy::Retry);
    assert_eq!(remedy(poll(&mut log)), Remedy::Retry);
    assert_eq!(poll(&mut log).unwrap().1, pairs(&[(0, "event")]));

    let mut reader = log.reader(Stream::Events(0), 0, 0, 1).unwrap();
    script.before(Call::Read, Remedy::Retry);
    assert_eq!(remedy(reader.poll(&mut Batch::default(), 9, std::time::Duration::ZERO)), Remedy::Retry);
    assert_eq!(drain(&mut reader, 9), (true, pairs(&[(0, "event")])));
}

#[test]
fn a_lost_initialisation_fences_all_the_same() {
    let broker = broker(1);
    let mut former = log(&broker, "a");
    former.begin().unwrap();
    put(&mut former, 0, "former").unwrap();
    let script = Script::default();
    script.after(Call::Init, Remedy::Retry);
    assert_eq!(remedy(MemoryLog::with_faults(&broker, settings("a"), script)), Remedy::Retry);
    assert_eq!(remedy(former.commit(&[])), Remedy::Rejoin);
}
