//! What is kept outside the process, snapshots and models: where, and on whose time.

pub mod runtime;
pub mod store;
