//! How a process stands, as `/status` tells it and `needle status` prints it. `schemas/status.json` describes it.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Status {
    pub application: String,
    pub instance: String,
    /// Of needle.
    pub version: String,
    /// Whether `/readyz` says yes, else why not.
    pub ready: bool,
    pub not_ready_because: Option<String>,
    pub lanes: Vec<LaneStatus>,
    pub models: Vec<ModelStatus>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LaneStatus {
    pub lane: usize,
    /// `connecting`, `joining`, `restoring`, `running`
    pub state: String,
    pub partitions: Vec<PartitionStatus>,
}

/// A partition of all input topics, as its lane last told it: about once a second.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PartitionStatus {
    pub partition: i32,
    /// `running`, `restoring`, `stopped`
    pub state: String,
    /// Why it is stopped.
    pub why: Option<String>,
    pub leads: u64,
    pub state_bytes: u64,
    /// Since the newest snapshot; null before the first.
    pub snapshot_age_seconds: Option<i64>,
    /// While it is being brought back: rows of snapshots and records read, and records that are left as far as that is known.
    pub restored: u64,
    pub restore_left: u64,
    pub inputs: Vec<InputStatus>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InputStatus {
    pub topic: String,
    /// The next offset to read, at the last commit.
    pub committed: i64,
    /// Where the topic ends; null where the brokers have not said yet.
    pub end: Option<i64>,
    pub lag: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelStatus {
    /// `default` serves whoever is not named.
    pub tenant: String,
    pub version: String,
    pub kind: String,
}
