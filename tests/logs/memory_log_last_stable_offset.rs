//! Nobody reads past the first offset of the earliest open transaction.

use crate::memory_support::*;
use needle::log::memory::MemoryReader;
use needle::log::{Log, Reader, Source, Stream};

#[test]
fn an_open_transaction_holds_back_what_was_committed_after_it() {
    let broker = broker(1);
    let (mut early, mut late) = (log(&broker, "early"), log(&broker, "late"));
    late.begin().unwrap();
    put(&mut late, 0, "before").unwrap();
    late.commit(&[]).unwrap();
    early.begin().unwrap();
    put(&mut early, 0, "early").unwrap();
    late.begin().unwrap();
    put(&mut late, 0, "late").unwrap();
    late.commit(&[]).unwrap();
    assert_eq!(broker.last_stable(CHANGES, 0).unwrap(), 2);
    assert_eq!(seen(&broker, CHANGES, 0), pairs(&[(0, "before")]));

    let to = early.bounds(Stream::ScoreChanges, 0).unwrap().high;
    assert_eq!(to, 5);
    let mut reader = early.reader(Stream::ScoreChanges, 0, 0, to).unwrap();
    assert_eq!(drain(&mut reader, 10), (false, pairs(&[(0, "before")])));
    assert_eq!(reader.position(), 2, "not past what is undecided");
    early.commit(&[]).unwrap();
    assert_eq!(drain(&mut reader, 10), (true, pairs(&[(2, "early"), (3, "late")])));
    assert_eq!(broker.last_stable(CHANGES, 0).unwrap(), 6);
}

#[test]
fn a_reader_ends_at_its_bound() {
    let broker = broker(1);
    (0..10).for_each(|i| assert_eq!(event(&broker, 0, &i.to_string()), i));
    let mut reader = MemoryReader::new(&broker, "events", 0, 3, 6);
    assert_eq!(drain(&mut reader, 2), (true, pairs(&[(3, "3"), (4, "4"), (5, "5")])));
    assert_eq!(reader.position(), 6);
    let mut nothing = MemoryReader::new(&broker, "events", 0, 3, 3);
    assert_eq!(drain(&mut nothing, 2), (true, vec![]));
    let mut beyond = MemoryReader::new(&broker, "events", 0, 9, 11);
    assert_eq!(drain(&mut beyond, 2), (false, pairs(&[(9, "9")])), "the bound has not been written yet");
}

#[test]
fn a_member_does_not_see_open_events() {
    let broker = broker(1);
    let (mut writer, mut member) = (log(&broker, "writer"), log(&broker, "member"));
    assert_eq!(take_over(&mut member), [0]);
    writer.begin().unwrap();
    let output = |value| needle::log::Output {
        stream: Stream::Events(0),
        partition: 0,
        key: None,
        value: Some(value),
        headers: &needle::wire::record::NoHeaders,
        caused_at_ms: None,
    };
    writer.produce(output(b"event")).unwrap();
    assert_eq!(poll(&mut member).unwrap().1, []);
    writer.commit(&[]).unwrap();
    assert_eq!(poll(&mut member).unwrap().1, pairs(&[(0, "event")]));
}
