//! What is committed, kept outside the process: every lead's facts and decisions in Parquet, so that a partition comes back wherever
//! it moves, and the next model has something to learn from.
//!
//! Each partition's snapshots are a log of numbered entries (JSON), each written put-if-absent: of two writers one wins. An entry names
//! the positions that it reaches, and all files (Parquet) whose rows, the later one over the earlier, are the partition's leads there.
//!
//! ```text
//! <url>/log/<application>/partition=3/000000000/000000000042.json    entry 42: positions, topic ids, files
//! <url>/leads/tenant=acme/partition=3/needle-increment-000000000042-9f3c…-0.parquet
//! <url>/leads/tenant=acme/partition=3/needle-base-000000000043-9f3c…-0.parquet
//! ```
//!
//! Files come first and are nobody's until an entry names them, so that half a snapshot is never seen. Only what is committed gets here:
//! whichever of two writers wins, its entry is true.

mod base;
mod chain;
mod data;
pub mod entry;
pub mod file;
mod fits;
pub mod format;
mod gather;
pub mod head;
pub mod history;
pub mod housekeeping;
pub mod keeper;
mod load;
mod merge;
pub mod passed_over;
mod patience;
pub mod places;
pub mod plain;
pub mod rows;
mod save;
pub mod sink;
mod sweep;
