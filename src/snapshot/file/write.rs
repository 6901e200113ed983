//! Rows into a file.

use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;

use super::batch::Batch;
use super::{About, Codec, WriteError};
use crate::model::Model;
use crate::snapshot::rows::Rows;

/// Rows that become columns together. Bounds what is unpacked at a time.
const BATCH_ROWS: usize = 1024;

impl Codec {
    /// The file of `rows`, which are `tenant`'s and sorted by key, each key once, scored by `model`. At most 65,536 rows are a file.
    pub fn encode(&self, about: &About, tenant: &str, rows: &Rows, model: &Model) -> Result<Bytes, WriteError> {
        let columns = &self.columns;
        let options = ArrowWriterOptions::new()
            .with_properties(columns.properties(rows.len()))
            .with_parquet_schema(columns.parquet.clone())
            .with_skip_arrow_metadata(true);
        let mut writer = ArrowWriter::try_new_with_options(Vec::new(), columns.batch.clone(), options)?;
        self.lists.write(about).into_iter().for_each(|pair| writer.append_key_value_metadata(pair));
        writer.append_key_value_metadata(columns.arrow.clone());
        let mut batch = Batch::new(self, model);
        let mut before: &[u8] = b"";
        for (number, row) in rows.iter().enumerate() {
            let lead = lead(row.key, tenant).ok_or(WriteError::Key { row: number })?;
            if number > 0 && lead <= before {
                return Err(WriteError::OutOfOrder { row: number });
            }
            before = lead;
            batch.push(number, lead, row)?;
            if batch.len() == BATCH_ROWS {
                writer.write(&batch.take(tenant, about.partition)?)?;
            }
        }
        writer.write(&batch.take(tenant, about.partition)?)?;
        Ok(writer.into_inner()?.into())
    }
}

/// What a key says after the tenant.
fn lead<'a>(key: &'a [u8], tenant: &str) -> Option<&'a [u8]> {
    let lead = key.strip_prefix(tenant.as_bytes())?.strip_prefix(b"/")?;
    std::str::from_utf8(lead).is_ok().then_some(lead)
}
