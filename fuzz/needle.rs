//! The part of needle that is fuzzed, under the paths that it has there. The whole would bring librdkafka along.

#[path = "../src/model/trees/mod.rs"]
pub mod trees;

pub mod model {
    pub use super::trees;
}
