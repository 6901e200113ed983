//! A file into states: what training reads of it. Unlike a restore it asks for no topic to be configured, since it goes on from nowhere.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, BinaryViewArray, StringViewArray};
use arrow_schema::DataType;
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaDataReader;
use parquet::file::statistics::Statistics;

use super::Unreadable;
use super::metadata::Lists;
use super::read::{Begun, begin, column, guarded, looks_whole};
use super::remap::Remap;
use crate::lead::facts::Facts;

/// As they are read: views into the file.
const NEEDED: [(&str, DataType); 2] = [("lead", DataType::Utf8View), ("state", DataType::BinaryView)];

/// Rows as they lie in the file, some thousand at a time.
pub struct States {
    /// Gone after an error.
    batches: Option<ParquetRecordBatchReader>,
    remap: Option<Arc<Remap>>,
    promised: u64,
    found: u64,
}

/// One batch of a file.
pub struct StateBatch {
    /// The first row's number in the file.
    pub first: u64,
    remap: Option<Arc<Remap>>,
    lead: StringViewArray,
    state: BinaryViewArray,
}

impl States {
    /// Begins to read a file; places of themes and traits in what is decoded are those of `lists`.
    pub fn open(file: Bytes, lists: &Lists) -> Result<Self, Unreadable> {
        looks_whole(&file)?;
        guarded(|| Self::open_parquet(file, lists))
    }

    fn open_parquet(file: Bytes, lists: &Lists) -> Result<Self, Unreadable> {
        let Begun { batches, lists: theirs, promised } = begin(file, &NEEDED)?;
        Ok(Self { batches: Some(batches), remap: Remap::new(&theirs, lists).map(Arc::new), promised, found: 0 })
    }

    /// The next rows; `None` where there are no more, and the file was whole.
    pub fn read(&mut self) -> Result<Option<StateBatch>, Unreadable> {
        let read = self.read_batch();
        if read.is_err() {
            self.batches = None;
        }
        read
    }

    fn read_batch(&mut self) -> Result<Option<StateBatch>, Unreadable> {
        let batches = &mut self.batches;
        let Some(batch) = guarded(|| Ok(batches.as_mut().and_then(Iterator::next).transpose()?))? else {
            let Self { found, promised, .. } = *self;
            return if found == promised { Ok(None) } else { Err(Unreadable::Rows { found, promised }) };
        };
        let batch = StateBatch {
            first: self.found,
            remap: self.remap.clone(),
            lead: column(&batch, "lead", |array| array.as_string_view_opt())?,
            state: column(&batch, "state", |array| array.as_binary_view_opt())?,
        };
        self.found += batch.len() as u64;
        Ok(Some(batch))
    }
}

impl StateBatch {
    pub fn len(&self) -> usize {
        self.lead.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the key says after the tenant; `index` is below [`StateBatch::len`].
    pub fn lead(&self, index: usize) -> &str {
        self.lead.value(index)
    }

    /// Decodes the state of a row; `index` is below [`StateBatch::len`].
    pub fn decode(&self, index: usize, facts: &mut Facts) -> Result<(), Unreadable> {
        let row = self.first as usize + index;
        facts.decode(self.state.value(index)).map_err(|error| Unreadable::State { row, error })?;
        if let Some(remap) = &self.remap {
            remap.apply(facts);
        }
        Ok(())
    }
}

/// What the end of a file says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Footer {
    /// So many of the last bytes are needed.
    Needs(u64),
    /// The newest instant of its leads, milliseconds since 1970; `None` where it has none.
    Newest(Option<i64>),
}

/// Reads the newest instant out of the last bytes of a file of `bytes` bytes.
pub fn newest_instant(end: &Bytes, bytes: u64) -> Result<Footer, Unreadable> {
    guarded(|| {
        let mut reader = ParquetMetaDataReader::new();
        match reader.try_parse_sized(end, bytes) {
            Ok(()) => {}
            Err(ParquetError::NeedMoreData(needed)) if (needed as u64) <= bytes && needed > end.len() => {
                return Ok(Footer::Needs(needed as u64));
            }
            Err(error) => return Err(error.into()),
        }
        let metadata = reader.finish()?;
        let newest = metadata.row_groups().iter().map(|group| {
            let of = |column: &&parquet::file::metadata::ColumnChunkMetaData| column.column_path().string() == "as_of";
            let as_of = group.columns().iter().find(of).ok_or(Unreadable::NoColumn("as_of"))?;
            match as_of.statistics() {
                Some(Statistics::Int64(known)) => known.max_opt().copied().ok_or(Unreadable::ColumnType("as_of")),
                _ => Err(Unreadable::ColumnType("as_of")),
            }
        });
        let newest: Vec<i64> = newest.collect::<Result<_, _>>()?;
        Ok(Footer::Newest(newest.into_iter().max()))
    })
}
