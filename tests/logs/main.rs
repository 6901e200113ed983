//! The memory log and the file log: Kafka's semantics without Kafka.

#[path = "../file_support/mod.rs"]
mod file_support;
#[path = "../memory_support/mod.rs"]
mod memory_support;

mod file_log_fails_loudly;
mod file_log_reads_one_stream;
mod file_log_refuses_to_overwrite;
mod file_log_writes_what_is_committed;
mod memory_log_aborted_records_are_invisible;
mod memory_log_cooperative;
mod memory_log_delivery;
mod memory_log_fencing;
mod memory_log_generation;
mod memory_log_interleaved_transactions;
mod memory_log_last_stable_offset;
mod memory_log_lost_acknowledgement;
mod memory_log_rebalance;
mod memory_log_retention;
mod memory_log_static_member;
mod memory_log_topic_ids;
mod memory_log_unknown_outcomes;
mod memory_log_unstable_positions;
