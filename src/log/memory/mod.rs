//! A broker in memory with Kafka's semantics, and the log that lives on it.
//!
//! Nothing here starts a thread, reads a clock or rolls dice: time passes when somebody calls [`Broker::advance`], and
//! faults happen where an injected [`Faults`] says so, so that a run is reproducible to the byte. A poll never waits,
//! whatever `wait` it is given: nobody else could append meanwhile in a single thread.
//!
//! What is modelled, after Kafka 4: transactions over partitions and group positions, whose markers take an offset on
//! every partition (so offsets have gaps); aborted records that stay in the log; the last stable offset; producer epochs
//! and fencing; ends of transactions that arrive late, or here before there; the classic group protocol, eager and cooperative,
//! with range assignment and static members; retention and compaction.

mod broker;
mod faults;
mod group;
mod log;
mod member;
mod partition;
mod reader;
mod refusal;
mod transaction;

pub use broker::Broker;
pub use faults::{Call, Fault, Faults, NoFaults};
pub use log::{MemoryLog, Settings};
pub use partition::StoredRecord;
pub use reader::MemoryReader;
pub use refusal::Refusal;
