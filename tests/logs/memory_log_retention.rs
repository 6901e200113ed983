//! What retention has deleted is refused loudly; what compaction removes is only what a newer record replaces.

use crate::memory_support::*;
use needle::log::memory::MemoryReader;
use needle::log::{Batch, Bounds, Log, LogError, Reader, Remedy, Source, Stream};

fn refused<T>(result: Result<T, LogError>) -> bool {
    result.is_err_and(|error| error.remedy == Remedy::Crash && error.cause.contains("retention deleted"))
}

#[test]
fn a_position_below_the_oldest_record_is_refused() {
    let broker = broker(1);
    let mut log = log(&broker, "a");
    take_over(&mut log);
    (0..5).for_each(|i| assert_eq!(event(&broker, 0, &i.to_string()), i));
    broker.delete_before("events", 0, 3).unwrap();
    assert_eq!(log.bounds(Stream::Events(0), 0).unwrap(), Bounds { low: 3, high: 5 });
    assert!(refused(poll(&mut log)));
    let mut reader = MemoryReader::new(&broker, "events", 0, 2, 5);
    assert!(refused(reader.poll(&mut Batch::default(), 10, std::time::Duration::ZERO)));
    log.seek(input(0), 3).unwrap();
    assert_eq!(poll(&mut log).unwrap().1, pairs(&[(3, "3"), (4, "4")]));
}

#[test]
fn retention_stops_at_what_is_undecided() {
    let broker = broker(1);
    let mut log = log(&broker, "a");
    log.begin().unwrap();
    put(&mut log, 0, "open").unwrap();
    broker.delete_before(CHANGES, 0, 1).unwrap();
    log.commit(&[]).unwrap();
    assert_eq!(seen(&broker, CHANGES, 0), pairs(&[(0, "open")]));
}

#[test]
fn compaction_keeps_the_last_committed_record_of_each_key() {
    let broker = broker(1);
    let mut log = log(&broker, "a");
    let mut write = |records: &[(&str, Option<&str>)], commit: bool| {
        log.begin().unwrap();
        records.iter().for_each(|(key, value)| put_keyed(&mut log, 0, key, *value).unwrap());
        if commit { log.commit(&[]).unwrap() } else { log.abort().unwrap() }
    };
    write(&[("a", Some("a1")), ("b", Some("b1")), ("a", Some("a2"))], true);
    write(&[("a", Some("aborted")), ("c", Some("aborted"))], false);
    write(&[("b", None), ("d", Some("d1"))], true);
    write(&[("a", Some("open"))], true);
    let open = log.begin().and_then(|()| put_keyed(&mut log, 0, "d", Some("open")));
    open.unwrap();
    let end = broker.end(CHANGES, 0).unwrap();
    broker.compact(CHANGES).unwrap();
    assert_eq!(seen(&broker, CHANGES, 0), pairs(&[(7, "(none)"), (8, "d1"), (10, "open")]));
    assert_eq!(broker.bounds(CHANGES, 0).unwrap(), Bounds { low: 0, high: end }, "offsets stay as they are");
    log.commit(&[]).unwrap();
    assert_eq!(seen(&broker, CHANGES, 0).last(), pairs(&[(12, "open")]).last());
}
