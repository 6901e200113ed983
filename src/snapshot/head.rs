//! Where a snapshot stands: the positions that it reaches, and the files that hold it.

use serde::{Deserialize, Serialize};

/// A topic, known by its id: a topic of another cluster, or one that was deleted and made again, may have the same name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicIdentity {
    pub name: String,
    /// As Kafka gives it (URL-safe Base64 of a UUID); empty where the log has none.
    pub id: String,
}

/// How far one input has been folded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    pub topic: TopicIdentity,
    /// Where the facts' fold began.
    pub from: i64,
    /// The next offset to read.
    pub to: i64,
}

/// Score changes below `to` are in the decisions; those from there on may be or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaidUpTo {
    pub topic: TopicIdentity,
    pub to: i64,
}

/// One Parquet file of one tenant's leads, sorted by lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// Below the store's root.
    pub path: String,
    pub tenant: String,
    pub rows: u64,
    pub bytes: u64,
    /// XXH3-64 of the whole file, in hexadecimal digits.
    pub xxh3: String,
}

/// A committed state of one partition, as the snapshots know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The entry that holds it.
    pub number: u64,
    /// One for each input topic.
    pub reach: Vec<Reach>,
    pub said: SaidUpTo,
    /// Rows of later files stand over those of earlier ones.
    pub files: Vec<FileRef>,
}
