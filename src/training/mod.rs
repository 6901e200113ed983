//! From snapshots to the next model. What is learned from, who contends, who wins, and what is said of it.
//!
//! ```text
//! dataset ──► Matrix ──► contestants ──► tournament ──► report
//! snapshots   rows,      each fitted     folds, holdout,  HTML, JSON
//!             labels     on folds        verdict          └─► bundle, published by the registry
//! ```
//!
//! Everything here but `dataset`'s reading is values in, values out: seeds and instants are parameters, so that the same snapshots give
//! the same model.

pub mod contestants;
pub mod dataset;
pub mod drift;
pub mod exploration;
pub mod lightgbm;
pub mod lint;
pub mod matrix;
pub mod part;
pub mod report;
pub mod tell;
pub mod tournament;
