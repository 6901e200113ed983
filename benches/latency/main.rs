//! From an event's produce to the score change that a `read_committed` consumer gets: `needle run` beside a bare pass-through.
//!
//! Events are written at a steady rate, as of the clock and not of what comes back. Every one is answered by a score change that
//! names its offset (`scoring.change_threshold` is 0), so that each is timed. The pass-through writes what needle wrote, event by event, in
//! transactions that are as long as needle's are told to be; what it takes is what Kafka and this machine take.
//!
//! Everybody runs at each rate, in turn, round by round, with topics of their own. The first seconds are left out. Percentiles are those of a
//! whole round; the table has the median round, by p99.
//!
//! needle writes a snapshot of each partition every five seconds. Beside the percentiles of all events are those of events that were sent
//! while a file of one was being made.
//!
//! `cargo bench --bench latency [-- [swap|keeping] SECONDS ROUNDS RATE… KEY=VALUE…]`: in place of that, `swap` measures a model that takes
//! over, and `keeping` what snapshots cost at their default interval (give it ten minutes); keys of needle's configuration, as
//! `service.commit_interval_ms=10`. Brokers as for the tests. Under `cargo test` it runs once, small.

#[allow(dead_code)]
#[path = "../lane/backlog.rs"]
mod backlog;
#[allow(dead_code)]
#[path = "../lane/child.rs"]
mod child;
#[allow(dead_code)]
#[path = "../lane/clients.rs"]
mod clients;
#[allow(dead_code)]
#[path = "../lane/contender.rs"]
mod contender;
mod contest;
// The very calls that the lane makes; in here they find what they name.
#[allow(dead_code)]
#[path = "../../src/log/kafka/ffi.rs"]
mod ffi;
mod keeping;
// Trains models to swap.
#[allow(dead_code)]
#[path = "../../tests/trees_support/lightgbm.rs"]
mod lightgbm;
mod load;
#[path = "../lane/pass_through.rs"]
mod pass_through;
#[allow(dead_code)]
mod probe;
#[path = "../lane/published.rs"]
mod published;
#[path = "../../tests/trees_support/random.rs"]
mod random;
mod snapshots;
#[path = "../support/mod.rs"]
mod support;
mod swap;
#[path = "../../tests/support/mod.rs"]
mod tests;
#[allow(dead_code)]
#[path = "../step/trees.rs"]
mod trees;
#[allow(dead_code)]
#[path = "../step/world.rs"]
mod world;

/// For `ffi`.
mod context {
    pub use rdkafka::producer::DefaultProducerContext as Context;
}
/// For `ffi`.
use needle::{log, wire};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    match words.as_slice() {
        [child::PASS_THROUGH, rest @ ..] => pass_through::main(rest),
        ["keeping", words @ ..] => keeping::main(&contest::Size::of(words)),
        ["swap", words @ ..] => swap::main(&contest::Size::of(words), world::Size::FULL),
        words if arguments.iter().any(|word| word == "--bench") => contest::main(&contest::Size::of(words)),
        // Under `cargo test`: what was filtered for may be somebody else, and a list has no entry for what is one program.
        filters if !filters.iter().all(|filter| "latency".contains(filter)) => {}
        _ if arguments.iter().any(|word| word == "--list") => {}
        _ => {
            contest::main(&contest::Size::small());
            swap::main(&contest::Size::small(), world::Size::SMALL);
            keeping::main(&contest::Size::small());
        }
    }
}
