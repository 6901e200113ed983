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
