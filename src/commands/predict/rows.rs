//! Rows of a file, whatever its format, as a model wants them.

use std::fs::{self, File};
use std::io::Read;

use anyhow::Context;

use super::parquet_rows::{self, ParquetRows};
use super::text_rows::TextRows;

/// Rows that are being read.
pub struct Rows {
    /// For messages.
    name: String,
    format: Format,
}

#[allow(clippy::large_enum_variant, reason = "there is one of it")]
enum Format {
    Text(TextRows),
    Parquet(ParquetRows),
}

/// How much there is to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    Bytes(u64),
    Rows(u64),
    /// A pipe tells nobody.
    Unknown,
}

impl Rows {
    /// Opens a file of rows for a model with these features. `-` is standard input. A header is read and understood now.
    pub fn open(file: &str, features: &[String]) -> anyhow::Result<Self> {
        let name = if file == "-" { "standard input" } else { file };
        let format = Format::open(file, features).with_context(|| name.to_owned())?;
        Ok(Self { name: name.to_owned(), format })
    }

    pub fn extent(&self) -> Extent {
        match &self.format {
            Format::Text(rows) => rows.total_bytes().map_or(Extent::Unknown, Extent::Bytes),
            Format::Parquet(rows) => Extent::Rows(rows.total()),
        }
    }

    /// How far the file has been read, in the unit of [`Self::extent`].
    pub fn progress(&self) -> u64 {
        match &self.format {
            Format::Text(rows) => rows.read_bytes(),
            Format::Parquet(rows) => rows.read_rows(),
        }
    }

    /// Replaces `batch` by the next rows, at most `count`: a value for each feature, NaN where it is missing. Returns whether there were
    /// any.
    pub fn read(&mut self, batch: &mut Vec<f64>, count: usize) -> anyhow::Result<bool> {
        batch.clear();
        let read = match &mut self.format {
            Format::Text(rows) => rows.read(batch, count),
            Format::Parquet(rows) => rows.read(batch, count),
        };
        read.with_context(|| self.name.clone())?;
        Ok(!batch.is_empty())
    }
}

impl Format {
    fn open(file: &str, features: &[String]) -> anyhow::Result<Self> {
        Ok(match file != "-" && is_parquet(file)? {
            true => Self::Parquet(ParquetRows::open(File::open(file)?, features)?),
            false => Self::Text(TextRows::open(file, features)?),
        })
    }
}

/// By its first bytes. Those of a pipe would be lost by looking.
fn is_parquet(file: &str) -> std::io::Result<bool> {
    let mut first = Vec::new();
    if fs::metadata(file)?.is_file() {
        File::open(file)?.take(parquet_rows::MAGIC.len() as u64).read_to_end(&mut first)?;
    }
    Ok(first == parquet_rows::MAGIC)
}
