//! Files, packed or not, are one stream of records in the order given.

use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;
use std::time::Duration;

use crate::file_support::*;
use flate2::{Compression, write::GzEncoder};
use needle::log::file::{FileLog, Inputs, Progress};
use needle::log::{Batch, Log, Reader, Source, Stream};
use needle::wire::record::OwnedRecord;

fn gz(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn records(expected: &[(&str, i64, &str)]) -> Vec<(String, i64, String)> {
    expected.iter().map(|(topic, offset, value)| (topic.to_string(), *offset, value.to_string())).collect()
}

#[test]
fn lines_come_in_order_with_their_numbers_and_blank_ones_are_skipped() {
    let dir = tempfile::tempdir().unwrap();
    let files = [
        write(dir.path(), "b.jsonl", b"one\n\n  \t\r\ntwo \r\nthree"),
        write(dir.path(), "empty.jsonl", b""),
        // Two members, as two packed files that were put together.
        write(dir.path(), "a.jsonl.gz", &[gz(b"four\nfi"), gz(b"ve\n")].concat()),
    ];
    let expected = records(&[
        ("b.jsonl", 0, "one"),
        ("b.jsonl", 3, "two "),
        ("b.jsonl", 4, "three"),
        ("a.jsonl.gz", 0, "four"),
        ("a.jsonl.gz", 1, "five"),
    ]);
    for max in [1, 2, 100] {
        let polls = read_all(&mut started(inputs(&files), nowhere()), max).unwrap();
        assert_eq!(polls.concat(), expected);
        assert!(polls.iter().all(|poll| poll.len() <= max));
    }
}

#[test]
#[cfg(feature = "zstd")]
fn zst_is_unpacked() {
    let dir = tempfile::tempdir().unwrap();
    let packed = [zstd::encode_all(&b"one\ntw"[..], 3).unwrap(), zstd::encode_all(&b"o\n"[..], 3).unwrap()].concat();
    let files = [write(dir.path(), "a.zst", &packed)];
    let polls = read_all(&mut started(inputs(&files), nowhere()), 10).unwrap();
    assert_eq!(polls.concat(), records(&[("a.zst", 0, "one"), ("a.zst", 1, "two")]));
}

/// A batch has one name for each topic, so records keep their own by coming in batches of their own.
#[test]
fn every_record_keeps_the_name_of_its_topic() {
    let dir = tempfile::tempdir().unwrap();
    let files = [write(dir.path(), "mixed", b"x 1\nx 2\ny 3\nx 4\n")];
    let reader = |_: &str, _: u64, line: &[u8], record: &mut OwnedRecord| {
        record.topic = String::from_utf8(line[..1].to_vec()).unwrap();
        record.value = Some(line[2..].to_vec());
    };
    let mut log = started(Inputs::new(&files, Box::new(reader)).unwrap(), nowhere());
    let read: Vec<_> = read_all(&mut log, 10).unwrap().concat();
    let read: Vec<_> = read.iter().map(|(topic, _, value)| (topic.as_str(), value.as_str())).collect();
    assert_eq!(read, [("x", "1"), ("x", "2"), ("y", "3"), ("x", "4")]);
}

#[test]
fn a_paused_partition_reads_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = started(inputs(&[write(dir.path(), "a", b"one\n")]), nowhere());
    let mut batch = Batch::default();
    log.pause(ONLY).unwrap();
    log.poll(&mut batch, 10, Duration::ZERO).unwrap();
    assert!(batch.is_empty() && !log.is_done());
    log.resume(ONLY).unwrap();
    log.poll(&mut batch, 10, Duration::ZERO).unwrap();
    assert_eq!(batch.len(), 1);
}

#[test]
fn progress_counts_the_bytes_of_the_files_as_they_lie_there() {
    let dir = tempfile::tempdir().unwrap();
    let packed = gz(&b"a line that packs well\n".repeat(1000));
    let files = [write(dir.path(), "a.gz", &packed), write(dir.path(), "b", b"one\n")];
    let total = packed.len() as u64 + 4;
    let said: Rc<RefCell<Vec<Progress>>> = Rc::default();
    let to = said.clone();
    let mut log = FileLog::new(inputs(&files), nowhere(), move |progress| to.borrow_mut().push(progress));
    start(&mut log);
    read_all(&mut log, 100).unwrap();
    let said = said.borrow();
    assert!(said.windows(2).all(|pair| pair[0].bytes <= pair[1].bytes && !pair[0].done));
    assert_eq!(said.last(), Some(&Progress { bytes: total, total_bytes: Some(total), done: true }));
}

#[test]
fn nothing_is_remembered_from_an_earlier_run() {
    let mut log = started(inputs(&[]), nowhere());
    assert_eq!(log.committed(&[ONLY], Duration::ZERO).unwrap(), [None]);
    let bounds = log.bounds(Stream::ScoreChanges, 0).unwrap();
    assert_eq!((bounds.low, bounds.high), (0, 0));
    let mut reader = log.reader(Stream::ScoreChanges, 0, 0, 0).unwrap();
    assert!(reader.poll(&mut Batch::default(), 1, Duration::ZERO).unwrap());
}

/// Lines that are here do not wait for those that somebody has yet to write.
#[test]
#[cfg(target_os = "linux")]
fn a_pipe_hands_over_what_it_has() {
    use std::os::fd::AsRawFd;
    let (reader, mut writer) = std::io::pipe().unwrap();
    let mut log = started(inputs(&[format!("/proc/self/fd/{}", reader.as_raw_fd())]), nowhere());
    let mut batch = Batch::default();
    for lines in ["one\ntwo\n", "three\n"] {
        writer.write_all(lines.as_bytes()).unwrap();
        log.poll(&mut batch, 10, Duration::ZERO).unwrap();
        assert_eq!(batch.len(), lines.lines().count());
    }
    drop(writer);
    assert_eq!(read_all(&mut log, 10).unwrap(), Vec::<Vec<_>>::new());
}
