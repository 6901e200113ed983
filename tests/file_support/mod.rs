//! What the tests of the file log share.
#![allow(dead_code, reason = "every test uses its own part")]

use std::path::Path;
use std::time::Duration;

use needle::log::file::{FileLog, Inputs, RESULT_FILES, Results};
use needle::log::{Batch, Change, Input, Log, LogError, Output, Stream};
use needle::wire::record::NoHeaders;
use needle::wire::record::OwnedRecord;

pub const ONLY: Input = Input { topic: 0, partition: 0 };

/// Reads a line as a bare event: the topic is the file's name, the offset the line's number.
pub fn bare(file: &str, number: u64, line: &[u8], record: &mut OwnedRecord) {
    file.clone_into(&mut record.topic);
    record.offset = number as i64;
    line.clone_into(record.value.get_or_insert_default());
}

/// Writes a dead letter as its value and its cause's time.
pub fn letter(output: &Output<'_>, into: &mut Vec<u8>) {
    into.extend_from_slice(b"letter ");
    into.extend_from_slice(output.value.unwrap_or_default());
    into.extend_from_slice(format!(" {:?}", output.caused_at_ms).as_bytes());
}

/// Writes a file; returns its name.
pub fn write(dir: &Path, name: &str, bytes: &[u8]) -> String {
    let path = dir.join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

pub fn inputs(files: &[String]) -> Inputs {
    Inputs::new(files, Box::new(bare)).unwrap()
}

/// A log whose partition is taken over and resumed.
pub fn started(inputs: Inputs, results: Results) -> FileLog {
    let mut log = FileLog::new(inputs, results, |_| {});
    start(&mut log);
    log
}

pub fn start(log: &mut FileLog) {
    let change = log.poll(&mut Batch::default(), 10, Duration::ZERO).unwrap();
    assert_eq!(change, Some(Change::Assigned(vec![ONLY])));
    log.own(&[(ONLY, 0)]).unwrap();
    log.resume(ONLY).unwrap();
}

/// Topic's last part, offset and value of the records of each poll.
pub type Polls = Vec<Vec<(String, i64, String)>>;

/// Polls until all is read.
pub fn read_all(log: &mut FileLog, max: usize) -> Result<Polls, LogError> {
    let (mut batch, mut polls) = (Batch::default(), Vec::new());
    while !log.is_done() {
        assert_eq!(log.poll(&mut batch, max, Duration::ZERO)?, None);
        let mut records = Vec::new();
        batch.each(|topic, record| {
            assert_eq!(topic, ONLY);
            let name = record.topic.rsplit('/').next().unwrap_or_default().to_owned();
            let value = String::from_utf8(record.value.unwrap_or_default().to_vec()).unwrap();
            records.push((name, record.offset, value));
            Ok::<(), LogError>(())
        })?;
        if !records.is_empty() {
            polls.push(records);
        }
    }
    Ok(polls)
}

/// Results that nobody looks at.
pub fn nowhere() -> Results {
    Results::stream(Box::new(std::io::sink()))
}

pub fn produce(log: &mut FileLog, stream: Stream, value: Option<&str>) -> Result<(), LogError> {
    let (value, caused_at_ms) = (value.map(str::as_bytes), Some(7));
    log.produce(Output { stream, partition: 0, key: Some(b"k"), value, headers: &NoHeaders, caused_at_ms })
}

/// What the three result files hold.
pub fn results(dir: &Path) -> [String; 3] {
    RESULT_FILES.map(|name| std::fs::read_to_string(dir.join(name)).unwrap())
}
