//! A file into states: what training reads of it. Unlike a restore it asks for no topic to be configured, since it goes on from nowhere.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, TimestampMillisecondType};
use arrow_array::{
    Array, BinaryViewArray, Float64Array, Int32Array, RecordBatch, StringViewArray, TimestampMillisecondArray,
};
use arrow_schema::{DataType, TimeUnit};
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

/// What a row was scored, beside.
fn scores() -> [(&'static str, DataType); 3] {
    let instant = DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
    [("as_of", instant), ("score", DataType::Int32), ("probability", DataType::Float64)]
}

/// Rows as they lie in the file, some thousand at a time.
pub struct States {
    /// Gone after an error.
    batches: Option<ParquetRecordBatchReader>,
    remap: Option<Arc<Remap>>,
    scored: bool,
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
    scores: Option<Scores>,
}

/// The columns of [`scores`].
struct Scores {
    as_of_ms: TimestampMillisecondArray,
    score: Int32Array,
    probability: Float64Array,
}

/// How a row was scored, by the model that served then.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    /// The instant of which the score is, milliseconds since 1970.
    pub as_of_ms: i64,
    /// 0 to 100.
    pub score: u8,
    pub probability: f64,
}

impl States {
    /// Begins to read a file; places of themes and traits in what is decoded are those of `lists`.
    pub fn open(file: Bytes, lists: &Lists) -> Result<Self, Unreadable> {
        Self::open_with(file, lists, false)
    }

    /// As [`States::open`]; `scored`: rows tell [`StateBatch::scored`] as well.
    pub fn open_with(file: Bytes, lists: &Lists, scored: bool) -> Result<Self, Unreadable> {
        looks_whole(&file)?;
        guarded(|| Self::open_parquet(file, lists, scored))
    }

    fn open_parquet(file: Bytes, lists: &Lists, scored: bool) -> Result<Self, Unreadable> {
        let mut needed = NEEDED.to_vec();
        if scored {
            needed.extend(scores());
        }
        let Begun { batches, lists: theirs, promised } = begin(file, &needed)?;
        let remap = Remap::new(&theirs, lists).map(Arc::new);
        Ok(Self { batches: Some(batches), remap, scored, promised, found: 0 })
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
            scores: if self.scored { Some(Scores::of(&batch)?) } else { None },
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

    /// How a row was scored; `None` where the file was not opened for that. `index` is below [`StateBatch::len`].
    pub fn scored(&self, index: usize) -> Option<Scored> {
        let Scores { as_of_ms, score, probability } = self.scores.as_ref()?;
        let (score, probability) = (score.value(index).clamp(0, 100) as u8, probability.value(index));
        Some(Scored { as_of_ms: as_of_ms.value(index), score, probability })
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

impl Scores {
    fn of(batch: &RecordBatch) -> Result<Self, Unreadable> {
        Ok(Self {
            as_of_ms: column(batch, "as_of", |array| array.as_primitive_opt::<TimestampMillisecondType>())?,
            score: column(batch, "score", |array| array.as_primitive_opt::<Int32Type>())?,
            probability: column(batch, "probability", |array| array.as_primitive_opt::<Float64Type>())?,
        })
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
