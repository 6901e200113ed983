//! The part of needle that is fuzzed, under the paths that it has there. The whole would bring librdkafka along.

pub mod model {
    #[path = "../../src/model/trees/mod.rs"]
    pub mod trees;
}
