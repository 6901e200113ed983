//! librdkafka's errors, by remedy.

use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use super::ffi::CallError;
use crate::log::{LogError, Remedy};

/// An error of a call that is no part of a transaction, or that the safe wrapper made.
pub fn classify(doing: &'static str, error: &KafkaError) -> LogError {
    let remedy = match error {
        KafkaError::Transaction(error) if error.is_fatal() => Remedy::Rejoin,
        KafkaError::Transaction(error) if error.txn_requires_abort() => Remedy::Abort,
        KafkaError::Transaction(error) if error.is_retriable() => Remedy::Retry,
        KafkaError::Transaction(_) => Remedy::Rejoin,
        KafkaError::MessageConsumptionFatal(code) => fatal(*code),
        error => match error.rdkafka_error_code() {
            Some(code) => of_code(code),
            None => Remedy::Crash,
        },
    };
    LogError { remedy, doing, cause: error.to_string() }
}

/// An error of a transactional call made directly.
pub fn of_call(doing: &'static str, error: &CallError) -> LogError {
    let remedy = if error.fatal {
        Remedy::Rejoin
    } else if error.requires_abort {
        Remedy::Abort
    } else if error.retriable {
        Remedy::Retry
    } else {
        Remedy::Rejoin
    };
    LogError { remedy, doing, cause: error.text.clone() }
}

pub fn crash(doing: &'static str, cause: impl Into<String>) -> LogError {
    LogError { remedy: Remedy::Crash, doing, cause: cause.into() }
}

fn fatal(code: Code) -> Remedy {
    match code {
        // A second process with our instance, or a broker that came back with an older view of the group.
        Code::FencedInstanceId | Code::UnreleasedInstanceId => Remedy::Displaced,
        _ => Remedy::Rejoin,
    }
}

fn of_code(code: Code) -> Remedy {
    match code {
        Code::TopicAuthorizationFailed
        | Code::GroupAuthorizationFailed
        | Code::ClusterAuthorizationFailed
        | Code::TransactionalIdAuthorizationFailed
        | Code::InvalidArgument
        | Code::AutoOffsetReset
        | Code::OffsetOutOfRange
        | Code::UnsupportedVersion
        // Record batches that librdkafka cannot read; it passes some of them over, so reading on would lose events.
        | Code::BadMessage
        | Code::BadCompression
        | Code::NotImplemented
        | Code::UnsupportedFeature => Remedy::Crash,
        Code::FencedInstanceId | Code::UnreleasedInstanceId => Remedy::Displaced,
        Code::IllegalGeneration | Code::UnknownMemberId | Code::RebalanceInProgress => Remedy::Abort,
        Code::Fenced | Code::Fatal | Code::InvalidProducerEpoch | Code::ProducerFenced | Code::State => Remedy::Rejoin,
        _ => Remedy::Retry,
    }
}
