//! How the rows of a data file lie in bytes: the seam between the log of snapshots and what its files are written in.

use bytes::Bytes;

use super::file::{About, Codec, Opened};
use super::rows::{LeadRow, Rows};
use crate::model::Model;

/// Writes data files and opens them. Either takes as long as it takes, and is called where that holds nobody up.
pub trait Format: Send + Sync {
    /// What file names end in, without the dot.
    fn extension(&self) -> &'static str;
    /// A file of rows of one tenant, which are sorted by key, each key once; `model` is what the tenant is served by.
    fn encode(&self, about: &About, tenant: &str, rows: &Rows, model: &Model) -> Result<Bytes, FormatError>;
    fn open(&self, file: Bytes) -> Result<Box<dyn Reading>, FormatError>;
}

/// A file that is being read, some rows at a time.
pub trait Reading: Send {
    /// Hands over the next rows, a few thousand at most, in the file's order. Returns whether there were any. After an error, what was
    /// handed over is void.
    fn read(&mut self, visit: &mut dyn FnMut(LeadRow<'_>)) -> Result<bool, FormatError>;
}

/// Why rows cannot be written, or a file not be read, for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FormatError(pub String);

impl Format for Codec {
    fn extension(&self) -> &'static str {
        "parquet"
    }

    fn encode(&self, about: &About, tenant: &str, rows: &Rows, model: &Model) -> Result<Bytes, FormatError> {
        Codec::encode(self, about, tenant, rows, model).map_err(|error| FormatError(error.to_string()))
    }

    fn open(&self, file: Bytes) -> Result<Box<dyn Reading>, FormatError> {
        match Codec::open(self, file) {
            Ok(opened) => Ok(Box::new(opened)),
            Err(error) => Err(FormatError(error.to_string())),
        }
    }
}

impl Reading for Opened {
    fn read(&mut self, visit: &mut dyn FnMut(LeadRow<'_>)) -> Result<bool, FormatError> {
        Opened::read(self, visit).map_err(|error| FormatError(error.to_string()))
    }
}
