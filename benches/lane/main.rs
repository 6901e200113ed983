//! A lane on real Kafka, from a backlog: events per CPU-second of `needle run`, beside others that tell what it could be.
//!
//! - `needle run`: the release binary, as a child process, without a snapshot in that time.
//! - `needle run, snapshots`: with one of each partition every five seconds.
//! - `needle run, trees`: without, by a LightGBM model of 300 trees and 31 leaves in place of the shipped one.
//! - `needle run, trees, no reasons`: by the same, with `scoring.reasons = 0`, as services go that do not say why.
//! - `pass-through`: a bare transactional loop, consumer to producer, that writes as many records with as many bytes and headers
//!   as needle did, without looking at what it reads.
//! - `without transactions`: needle's lanes on a log that produces plainly and commits positions after the producer was flushed.
//!
//! They take turns on one backlog. Each is measured from the first commit after 30 % of the events to the last, by the process's
//! own utime + stime; wall time is what the machine had left.
//!
//! `cargo bench --bench lane [-- EVENTS LEADS ROUNDS]`. Brokers as for the tests. Under `cargo test` it runs once, small.

mod backlog;
mod child;
mod clients;
mod contender;
mod contest;
// The very calls that the lane makes; in here they find what they name.
#[allow(dead_code)]
#[path = "../../src/log/kafka/ffi.rs"]
mod ffi;
// Trains the trees.
#[allow(dead_code)]
#[path = "../../tests/trees_support/lightgbm.rs"]
mod lightgbm;
mod pass_through;
mod published;
#[path = "../../tests/trees_support/random.rs"]
mod random;
#[path = "../support/mod.rs"]
mod support;
#[path = "../../tests/support/mod.rs"]
mod tests;
#[allow(dead_code)]
#[path = "../step/trees.rs"]
mod trees;
mod untransacted;
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
        [child::UNTRANSACTED, rest @ ..] => untransacted::main(rest),
        sizes if arguments.iter().any(|word| word == "--bench") => contest::main(contest::Size::of(sizes)),
        // Under `cargo test`: what was filtered for may be somebody else, and a list has no entry for what is one program.
        filters if !filters.iter().all(|filter| "lane".contains(filter)) => {}
        _ if arguments.iter().any(|word| word == "--list") => {}
        _ => contest::main(contest::Size::SMALL),
    }
}
