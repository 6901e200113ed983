//! One of two processes ends: how long nothing comes of its partitions, and of the others.
//!
//! Two processes share four partitions, events come at a steady rate. One process is killed for good, killed and started again at once, or
//! ended by SIGTERM for good. Timed is from the signal to the first `read_committed` answer to an event that was sent after it: of the
//! partitions of the process that ended (the last of them), and the longest silence of the others. Beside it, in the same run, is the
//! group protocol's own floor: a bare consumer with needle's settings and a plain producer, which answers each record and has nothing to bring
//! back; and the same with its answers in transactions, which is the usual way of saying things exactly once.
//!
//! `cargo bench --bench recovery [-- ROUNDS RATE]`. Brokers as for the tests. Under `cargo test` it runs once, with the one fault that is short.

#[allow(dead_code)]
#[path = "../lane/backlog.rs"]
mod backlog;
mod bare;
#[allow(dead_code)]
#[path = "../lane/child.rs"]
mod child;
#[allow(dead_code)]
#[path = "../lane/contender.rs"]
mod contender;
mod contest;
// The very calls that the lane makes; in here they find what they name.
#[allow(dead_code)]
#[path = "../../src/log/kafka/ffi.rs"]
mod ffi;
#[allow(dead_code)]
#[path = "../latency/load.rs"]
mod load;
#[allow(dead_code)]
#[path = "../latency/probe.rs"]
mod probe;
#[path = "../support/mod.rs"]
mod support;
#[path = "../../tests/support/mod.rs"]
mod tests;

/// The program in the role of a bare consumer.
const BARE: &str = "bare";
const TRANSACTIONAL: &str = "bare-in-transactions";

/// For `ffi`.
mod context {
    pub use rdkafka::producer::DefaultProducerContext as Context;
}
/// For `ffi`.
use needle::{log, wire};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    let number = |place: usize, default| words.get(place).map_or(default, |word| word.parse().expect("a number"));
    match words.as_slice() {
        [BARE, file] => bare::plain(file),
        [TRANSACTIONAL, file] => bare::transactional(file),
        _ if arguments.iter().any(|word| word == "--bench") => contest::full(number(0, 3), number(1, 1_000)),
        // Under `cargo test`: what was filtered for may be somebody else, and a list has no entry for what is one program.
        filters if !filters.iter().all(|filter| "recovery".contains(filter)) => {}
        _ if arguments.iter().any(|word| word == "--list") => {}
        _ => contest::small(),
    }
}
