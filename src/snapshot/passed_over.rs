//! Why an entry of the log is of no use to whoever restores, in sentences.

use std::fmt;

/// An entry that was not taken, and those right before it that have the same fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// Below the store's root.
    pub entry: String,
    pub number: u64,
    pub reason: Reason,
    /// So many older entries, next to it, are passed over for a reason of the same kind.
    pub and_older: u64,
}

impl fmt::Display for PassedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { entry, reason, .. } = self;
        write!(f, "snapshot entry {entry} is passed over: {reason}")?;
        match self.and_older {
            0 => Ok(()),
            1 => write!(f, "; so is the one before it"),
            more => write!(f, "; so are the {more} before it"),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    #[error("it was there when the folder was listed, and is gone")]
    Vanished,
    #[error("it is empty: its writer lost power")]
    Empty,
    #[error("it is not what was written, an entry in JSON: {cause}")]
    Malformed { cause: String },
    #[error("its content has the XXH3 {found}, and {expected} was written: it has been altered since")]
    Altered { expected: String, found: String },
    #[error(
        "it was written in format {found} by needle {needle}, and this needle reads formats up to {known}: \
         run the newer version, or let this one go on from an older entry"
    )]
    NewerFormat { known: u64, found: u64, needle: String },
    #[error("it belongs to {found}, and {expected} was looked for: it has been copied or moved here")]
    OtherPartition { expected: String, found: String },
    #[error("it has leads from the topic `{name}`, and this partition is fed by {configured}")]
    UnknownTopic { name: String, configured: String },
    #[error(
        "it was written when the topic `{name}` had the id {found}; the id is {expected} now: \
         the topic was deleted and made again, or this is another cluster's snapshot"
    )]
    OtherTopic { name: String, expected: String, found: String },
    #[error("its decisions are those of the topic `{found}`, and score changes go to `{expected}` now")]
    OtherOutput { expected: String, found: String },
    #[error(
        "it reaches offset {found} of `{topic}`, beyond the group's committed offset {committed}: \
         the group was reset to an older offset"
    )]
    BeyondCommitted { topic: String, committed: i64, found: i64 },
    #[error("its leads were folded from offset {found} of `{topic}` on, and the group's begin at {expected}")]
    OtherBeginning { topic: String, expected: i64, found: i64 },
    #[error("its file {path} is not there")]
    FileMissing { path: String },
    #[error("its file {path} has {found} bytes, and {expected} were written: it is cut off, or another file")]
    FileLength { path: String, expected: u64, found: u64 },
    #[error("its file {path} has the XXH3 {found}, and {expected} was written: it has been altered since")]
    FileAltered { path: String, expected: String, found: String },
    #[error("its file {path} cannot be read: {cause}")]
    FileUnreadable { path: String, cause: String },
    #[error("its file {path} has {found} rows, and {expected} were written")]
    FileRows { path: String, expected: u64, found: u64 },
}

impl Reason {
    /// Whether one sentence says it of both, the numbers and names in it aside.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}
