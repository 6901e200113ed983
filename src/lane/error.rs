//! What a lane cannot go on with.

use crate::decision::DecodeError;
use crate::lead::arena::Full;
use crate::lead::codec::CodecError;
use crate::log::LogError;

/// Facts that cannot be gone on with; only a restore helps.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    #[error(transparent)]
    Full(#[from] Full),
    #[error("a lead's facts in memory cannot be read: {0}")]
    Facts(#[from] CodecError),
    #[error("a lead's decisions cannot be read: {0}")]
    Decisions(#[from] DecodeError),
}

/// What a lane cannot answer by itself.
#[derive(Debug, thiserror::Error)]
pub enum LaneError {
    /// Drop the lane's log, make a new one, go on: [`Lane::into_shards`] saves what can be saved.
    #[error("{0}")]
    Rejoin(LogError),
    #[error(transparent)]
    Crash(LogError),
    #[error(transparent)]
    Step(#[from] StepError),
}

/// Why a partition cannot be brought back.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Step(#[from] StepError),
    #[error("whoever reads the snapshots has ended unexpectedly")]
    Lost,
    #[error(
        "retention has deleted what partition {partition} of {stream} is restored from: offset {needed} is needed, the oldest is {oldest}. \
         {remedy}"
    )]
    Deleted { partition: i32, stream: &'static str, needed: i64, oldest: i64, remedy: &'static str },
    #[error(
        "the committed position of partition {partition} of an input topic is {position}, beyond its end at {end}: it was set by hand, or \
         the brokers have lost events. Reset the group's position on this partition to an offset that is there."
    )]
    BeyondEnd { partition: i32, position: i64, end: i64 },
}
