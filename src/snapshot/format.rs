//! How the rows of a data file lie in bytes: the seam between the log of snapshots and whatever it is written in.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::head::{Reach, SaidUpTo};
use super::rows::{LeadRow, Rows};

/// What a file, and the entry that introduces it, holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The leads that have changed since the parent.
    Increment,
    /// All leads, merged from the files before.
    Base,
}

impl Kind {
    /// As entries and file names have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Increment => "increment",
            Self::Base => "base",
        }
    }
}

/// What is known about a file beside its rows.
#[derive(Clone, Debug)]
pub struct About {
    pub partition: i32,
    pub kind: Kind,
    /// The entry that the file is written for.
    pub number: u64,
    pub reach: Vec<Reach>,
    pub said: SaidUpTo,
}

/// The bytes of data files. Both calls take as long as they take: they are made where that holds nobody up.
pub trait Format: Send + Sync {
    /// What file names end in, without the dot.
    fn extension(&self) -> &'static str;
    /// A file of rows that are sorted by key, of one tenant.
    fn encode(&self, about: &About, tenant: &str, rows: &Rows) -> Result<Bytes, FormatError>;
    /// Hands over the rows of a file in its order. What was handed over before an error is void.
    fn decode(&self, file: Bytes, visit: &mut dyn FnMut(LeadRow<'_>)) -> Result<(), FormatError>;
}

/// Why rows cannot be written, or a file not be read, for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FormatError(pub String);
