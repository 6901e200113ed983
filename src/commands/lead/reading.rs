//! Asking the log, with a patience that ends: somebody waits for the answer.

use std::ops::Range;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use crate::log::{Batch, LogError, Reader, Source, Stream};
use crate::wire::record::Record;

/// How long an answer, or the next record, is waited for.
const PATIENCE: Duration = Duration::from_secs(15);
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(200);
/// Records of one poll.
const POLL_RECORDS: usize = 1000;
const POLL_WAIT: Duration = Duration::from_millis(100);

/// Asks until there is an answer, or an error that asking again will not change.
pub fn patiently<T>(mut ask: impl FnMut() -> Result<T, LogError>) -> Result<T, LogError> {
    let began = Instant::now();
    loop {
        match ask() {
            Err(error) if error.passes() && began.elapsed() < PATIENCE => std::thread::sleep(ASK_AGAIN_AFTER),
            answered => return answered,
        }
    }
}

/// Calls `visit` with all committed records of a range, and returns how many there were.
pub fn read<S: Source>(
    source: &mut S,
    (stream, partition): (Stream, i32),
    range: Range<i64>,
    bar: &ProgressBar,
    mut visit: impl FnMut(&Record<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<u64> {
    bar.inc_length(range.end.saturating_sub(range.start).max(0) as u64);
    let (mut next, mut records, mut batch) = (range.start, 0, Batch::default());
    let mut moved = Instant::now();
    let mut open = None;
    while next < range.end {
        let mut reader: S::Reader = match open.take() {
            Some(reader) => reader,
            None => patiently(|| source.reader(stream, partition, next, range.end))?,
        };
        let done = match reader.poll(&mut batch, POLL_RECORDS, POLL_WAIT) {
            Ok(done) => done,
            // Nothing of what failed has been visited; a new reader begins there.
            Err(error) if error.passes() && moved.elapsed() < PATIENCE => {
                std::thread::sleep(ASK_AGAIN_AFTER);
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        batch.each(|_, record| visit(record))?;
        records += batch.len() as u64;
        let position = if done { range.end } else { reader.position() };
        if position > next {
            moved = Instant::now();
            bar.inc((position - next) as u64);
        } else if moved.elapsed() >= PATIENCE {
            anyhow::bail!(
                "nothing has come of partition {partition} from offset {next} on for {} s: brokers that are away, or a \
                 transaction that does not end",
                PATIENCE.as_secs()
            );
        }
        next = position;
        open = Some(reader);
    }
    Ok(records)
}
