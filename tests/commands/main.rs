//! The binary's commands, without Kafka.

#[path = "../bundle_support/mod.rs"]
mod bundle_support;
#[path = "../support/http.rs"]
mod http;
#[path = "../predict_support/mod.rs"]
mod predict_support;
#[path = "../trees_support/mod.rs"]
mod trees_support;

mod check_command;
mod demo_ends_with_true_counts;
mod demo_simulator;
mod demo_view;
mod models_command;
mod predict_command;
mod predict_reads_parquet;
mod replay_command;
mod replay_writes_snapshots;
mod run_refuses_a_store_that_overwrites;
mod run_waits_for_models;
mod simulate_command;
mod train_learns_from_simulated_leads;
