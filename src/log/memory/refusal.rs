//! What the broker answers where it does not comply.

use crate::log::{LogError, Remedy};

/// An error of the broker, under the name that Kafka's protocol gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("UNKNOWN_TOPIC_OR_PARTITION: there is no such topic or partition")]
    UnknownTopicOrPartition,
    /// Below the oldest offset: with `auto.offset.reset=earliest` records would be skipped without a word.
    #[error(
        "OFFSET_OUT_OF_RANGE: retention deleted the records from offset {position} on, the oldest one left is {low}"
    )]
    RetentionDeleted { position: i64, low: i64 },
    #[error("OFFSET_OUT_OF_RANGE: offset {position} is beyond the end of the log at {high}")]
    BeyondEnd { position: i64, high: i64 },
    #[error("PRODUCER_FENCED: a newer epoch of this transactional.id exists")]
    ProducerFenced,
    /// The transaction has already ended the other way.
    #[error("INVALID_TXN_STATE: the transaction has ended otherwise")]
    InvalidTxnState,
    #[error("ILLEGAL_GENERATION: the group has rebalanced since")]
    IllegalGeneration,
    #[error("UNKNOWN_MEMBER_ID: the group has removed this member")]
    UnknownMemberId,
    #[error("FENCED_INSTANCE_ID: another member lives under the same group.instance.id")]
    FencedInstanceId,
    #[error("UNSTABLE_OFFSET_COMMIT: a transaction is pending on the group's positions")]
    UnstableOffsetCommit,
    #[error("OFFSET_METADATA_TOO_LARGE: the note of a position is too large")]
    OffsetMetadataTooLarge,
}

impl Refusal {
    /// What a client does about it.
    pub fn remedy(self) -> Remedy {
        match self {
            Refusal::UnstableOffsetCommit => Remedy::Retry,
            Refusal::IllegalGeneration | Refusal::UnknownMemberId => Remedy::Abort,
            Refusal::ProducerFenced | Refusal::FencedInstanceId | Refusal::InvalidTxnState => Remedy::Rejoin,
            Refusal::UnknownTopicOrPartition
            | Refusal::RetentionDeleted { .. }
            | Refusal::BeyondEnd { .. }
            | Refusal::OffsetMetadataTooLarge => Remedy::Crash,
        }
    }

    pub(super) fn during(self, doing: &'static str) -> LogError {
        LogError { remedy: self.remedy(), doing, cause: self.to_string() }
    }
}
