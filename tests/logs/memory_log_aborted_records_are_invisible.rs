//! Aborted records stay in the log, where nobody sees them, and every end of a transaction takes an offset.

use crate::memory_support::*;
use needle::log::{Log, Source, Stream};

#[test]
fn aborted_records_are_invisible_and_offsets_have_gaps() {
    let broker = broker(2);
    let mut log = log(&broker, "a");
    log.begin().unwrap();
    put(&mut log, 0, "aborted").unwrap();
    put(&mut log, 1, "aborted").unwrap();
    log.abort().unwrap();
    log.begin().unwrap();
    put(&mut log, 0, "one").unwrap();
    put(&mut log, 0, "two").unwrap();
    log.commit(&[]).unwrap();
    assert_eq!(seen(&broker, CHANGES, 0), pairs(&[(2, "one"), (3, "two")]));
    assert_eq!(broker.end(CHANGES, 0).unwrap(), 5, "two markers, one aborted record, two committed ones");
    assert_eq!(seen(&broker, CHANGES, 1), []);
    assert_eq!(broker.end(CHANGES, 1).unwrap(), 2, "the second transaction has no marker where it wrote nothing");
    assert!(broker.open_transactions().is_empty());
}

#[test]
fn a_reader_passes_over_what_it_does_not_see() {
    let broker = broker(1);
    let mut log = log(&broker, "a");
    log.begin().unwrap();
    put(&mut log, 0, "committed").unwrap();
    log.commit(&[]).unwrap();
    log.begin().unwrap();
    put(&mut log, 0, "aborted").unwrap();
    log.abort().unwrap();
    let to = log.bounds(Stream::ScoreChanges, 0).unwrap().high;
    let mut reader = log.reader(Stream::ScoreChanges, 0, 0, to).unwrap();
    assert_eq!(drain(&mut reader, 1), (true, pairs(&[(0, "committed")])), "the tail is markers and aborted records");
}

#[test]
fn a_transaction_without_records_leaves_no_trace() {
    let broker = broker(1);
    let mut log = log(&broker, "a");
    log.begin().unwrap();
    log.commit(&[]).unwrap();
    log.begin().unwrap();
    log.abort().unwrap();
    assert_eq!(broker.end(CHANGES, 0).unwrap(), 0);
}
