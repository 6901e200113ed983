//! Scores, reasons, bundles, and what is said of them.

#[path = "../bundle_support/mod.rs"]
mod bundle_support;

mod batches;
mod bundle;
mod day_zero;
mod decision_crossing;
mod decision_encoding;
mod decision_header;
mod decision_reconfiguration;
mod decision_shares;
mod decision_silence;
mod decision_standings;
mod decision_surge;
mod decision_sweeps;
mod reasons;
mod scale;
mod trees_bundle;
