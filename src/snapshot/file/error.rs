//! Why a file could not be written, and why bytes are no file that this binary reads.

use arrow_schema::ArrowError;
use parquet::errors::ParquetError;

use super::FORMAT;
use crate::lead::codec::CodecError;

/// Rows that no file can hold, or a failure of the Parquet writer.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("row {row}: the key does not begin with the file's tenant, or is no text")]
    Key { row: usize },
    #[error("row {row}: its lead does not come after the one before")]
    OutOfOrder { row: usize },
    #[error("row {row}: it comes from input topic {topic}, of which there is no name")]
    Topic { row: usize, topic: u16 },
    #[error("row {row}: {error}")]
    Facts { row: usize, error: CodecError },
    #[error("Parquet: {0}")]
    Parquet(#[from] ParquetError),
    #[error("Arrow: {0}")]
    Arrow(#[from] ArrowError),
}

/// Why a file is passed over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("it is not Parquet")]
    NotParquet,
    #[error("it is Parquet without an end: truncated")]
    Truncated,
    #[error("it is damaged: {0}")]
    Damaged(String),
    #[error("it is Parquet, but not needle's: it does not say `{key}`", key = super::metadata::FORMAT_KEY)]
    Foreign,
    #[error("it is of format {0}, and this binary reads up to {FORMAT}: a newer needle wrote it")]
    Newer(u64),
    #[error("its metadata `{key}` {what}")]
    Metadata { key: &'static str, what: String },
    #[error("column `{0}` is missing")]
    NoColumn(&'static str),
    #[error("column `{0}` is of another type")]
    ColumnType(&'static str),
    #[error("row {row}: its lead does not come after the one before")]
    OutOfOrder { row: usize },
    #[error("row {row}: it is of another tenant than the row before")]
    Tenants { row: usize },
    #[error("row {row}: input topic `{topic}` is not configured")]
    Topic { row: usize, topic: String },
    #[error("row {row}: its offset is not one")]
    Offset { row: usize },
    #[error("row {row}: its state is of form {version}, which this binary does not read")]
    StateVersion { row: usize, version: u8 },
    #[error("row {row}: its decision is of form {version}, which this binary does not read")]
    DecisionVersion { row: usize, version: u8 },
    #[error("row {row}: {error}")]
    State { row: usize, error: CodecError },
    #[error("it has {found} rows and promises {promised}")]
    Rows { found: u64, promised: u64 },
}

impl From<ParquetError> for Unreadable {
    fn from(error: ParquetError) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl From<ArrowError> for Unreadable {
    fn from(error: ArrowError) -> Self {
        Self::Damaged(error.to_string())
    }
}
