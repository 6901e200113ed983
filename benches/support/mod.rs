//! What the benches stand on: input, and a count of allocations.

// Each bench compiles all of this and uses its share.
#![allow(dead_code)]

pub mod allocations;
pub mod leads;
