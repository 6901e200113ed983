//! Events that flow while faults strike, whatever they do.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use super::cluster::RECORD_BYTES;
use crate::support::events::{Plan, generate};
use crate::support::kafka::Writer;
use crate::support::{Broker, Draft, Settings};

/// Records of a chapter: one call to the generator.
const CHAPTER: usize = 600;
/// Records that are written at once, to one partition.
const PORTION: usize = 8;
const LEADS: usize = 60;
const BETWEEN: Duration = Duration::from_millis(20);

pub struct Feed {
    shared: Arc<Shared>,
    thread: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    partitions: AtomicUsize,
    written: AtomicUsize,
    poison: AtomicUsize,
}

impl Feed {
    /// Equal seeds write equal records; which of them lie in front of a fault is the clock's to say.
    pub fn start(broker: Broker, settings: &Settings, partitions: i32, seed: u64) -> Self {
        let shared = Arc::new(Shared { partitions: AtomicUsize::new(partitions as usize), ..Shared::default() });
        let (writer, topic) = (shared.clone(), settings.events.clone());
        let thread = std::thread::spawn(move || {
            let out = broker.writer(&topic);
            for chapter in 0.. {
                if !writer.write(&out, seed, chapter) {
                    break;
                }
            }
        });
        Self { shared, thread }
    }

    /// Records written so far.
    pub fn written(&self) -> usize {
        self.shared.written.load(Ordering::Relaxed)
    }

    /// From the next chapter on there are so many partitions.
    pub fn widen(&self, partitions: i32) {
        self.shared.partitions.store(partitions as usize, Ordering::Relaxed);
    }

    /// So many records that nobody can read come next.
    pub fn poison(&self, records: usize) {
        self.shared.poison.fetch_add(records, Ordering::Relaxed);
    }

    /// Ends it when its portion is written.
    pub fn stop(self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("whoever writes events has not panicked");
    }
}

/// A chapter by itself, for each partition.
pub fn chapter(seed: u64, chapter: u64, partitions: usize) -> Vec<Vec<Draft>> {
    let plan = Plan {
        seed: seed.wrapping_mul(100).wrapping_add(chapter),
        partitions,
        leads: LEADS,
        records: CHAPTER,
        start_ms: Plan::default().start_ms + chapter as i64 * CHAPTER as i64 * 30_000,
    };
    generate(&plan)
}

/// What no version of needle will ever read.
fn poisonous(number: usize) -> Draft {
    let at_ms = Plan::default().start_ms;
    match number % 5 {
        0 => Draft { at_ms, key: Some(b"poison".to_vec()), ..Draft::default() },
        1 => Draft::new(at_ms, "poison", vec![0xff; 100]),
        2 => Draft::new(at_ms, "poison", "[".repeat(RECORD_BYTES / 2)),
        3 => Draft::new(at_ms, "poison", vec![b'x'; RECORD_BYTES + 1]),
        _ => Draft::new(at_ms, "poison", r#"{"type":"page","userId":"u-1","timestamp":{}"#).header("", "\0"),
    }
}

impl Shared {
    /// Whether there is to be another one.
    fn write(&self, out: &Writer, seed: u64, number: u64) -> bool {
        let drafts = chapter(seed, number, self.partitions.load(Ordering::Relaxed));
        let longest = drafts.iter().map(Vec::len).max().unwrap_or(0);
        for from in (0..longest).step_by(PORTION) {
            let portion = |(partition, drafts): (i32, &'_ Vec<Draft>)| {
                let to = drafts.len().min(from + PORTION);
                (partition, drafts.get(from..to).unwrap_or_default().to_vec())
            };
            let mut portions: Vec<(i32, Vec<Draft>)> = (0..).zip(&drafts).map(portion).collect();
            let poison = self.poison.swap(0, Ordering::Relaxed);
            portions[poison % drafts.len()].1.extend((0..poison).map(poisonous));
            let written = out.write_all(portions.iter().map(|(partition, drafts)| (*partition, drafts.as_slice())));
            self.written.fetch_add(written.len(), Ordering::Relaxed);
            if self.stop.load(Ordering::Relaxed) {
                return false;
            }
            std::thread::sleep(BETWEEN);
        }
        true
    }
}
