//! A file into rows: only the columns that a restore needs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, BinaryViewArray, Int64Array, RecordBatch, StringViewArray};
use arrow_schema::{DataType, Field, Fields, Schema as ArrowSchema};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::file::metadata::ParquetStatisticsPolicy;

use super::metadata::Lists;
use super::remap::Remap;
use super::{Codec, Unreadable};
use crate::decision::encoding;
use crate::lead::codec;
use crate::lead::facts::Facts;
use crate::lead::leads::Origin;
use crate::snapshot::rows::LeadRow;

const MAGIC: &[u8] = b"PAR1";

/// Rows that are read at once.
const BATCH_ROWS: usize = 4096;

/// The columns of a restore, as they are read: texts and bytes are views into the file.
const NEEDED: [(&str, DataType); 6] = [
    ("tenant", DataType::Utf8View),
    ("lead", DataType::Utf8View),
    ("input_topic", DataType::Utf8View),
    ("input_offset", DataType::Int64),
    ("state", DataType::BinaryView),
    ("decision", DataType::BinaryView),
];

/// A file that is being read, batch by batch.
pub struct Opened {
    /// Gone after an error.
    batches: Option<ParquetRecordBatchReader>,
    topics: Arc<[String]>,
    remap: Option<Remap>,
    /// Rows that the file promises, and those handed out.
    promised: u64,
    found: u64,
    tenant: Vec<u8>,
    /// `tenant/lead` of the last row.
    key: Vec<u8>,
    /// Of the last row, so that it need not be looked for again.
    topic: u16,
    facts: Facts,
    translated: Vec<u8>,
}

impl Codec {
    /// Hands all rows of a file to `visit`, in order. After an error, those that were handed over are void.
    pub fn decode(&self, file: Bytes, visit: &mut dyn FnMut(LeadRow<'_>)) -> Result<(), Unreadable> {
        let mut opened = self.open(file)?;
        while opened.read(visit)? {}
        Ok(())
    }

    /// Begins to read a file. Nothing but its footer is read yet.
    pub fn open(&self, file: Bytes) -> Result<Opened, Unreadable> {
        looks_whole(&file)?;
        guarded(|| self.open_parquet(file))
    }

    fn open_parquet(&self, file: Bytes) -> Result<Opened, Unreadable> {
        let Begun { batches, lists, promised } = begin(file, &NEEDED)?;
        Ok(Opened {
            batches: Some(batches),
            topics: self.topics.clone(),
            remap: Remap::new(&lists, &self.lists),
            promised,
            found: 0,
            tenant: Vec::new(),
            key: Vec::new(),
            topic: 0,
            facts: Facts::default(),
            translated: Vec::new(),
        })
    }
}

/// A file whose footer has been read.
pub(super) struct Begun {
    /// Of the needed columns alone.
    pub batches: ParquetRecordBatchReader,
    /// The themes and traits that its states speak of.
    pub lists: Lists,
    /// Rows that it should have.
    pub promised: u64,
}

/// Reads a file's footer, and begins with the columns that are needed, each as the type beside it.
pub(super) fn begin(file: Bytes, needed: &[(&'static str, DataType)]) -> Result<Begun, Unreadable> {
    let options = || {
        ArrowReaderOptions::new()
            .with_skip_arrow_metadata(true)
            .with_column_stats_policy(ParquetStatisticsPolicy::SkipAll)
            .with_size_stats_policy(ParquetStatisticsPolicy::SkipAll)
    };
    let found = ArrowReaderMetadata::load(&file, options())?;
    let metadata = found.metadata().file_metadata();
    let lists = Lists::read(metadata.key_value_metadata().map_or(&[], Vec::as_slice))?;
    let promised = u64::try_from(metadata.num_rows()).unwrap_or_default();
    let schema = as_needed(found.schema(), needed)?;
    let mask = ProjectionMask::columns(found.parquet_schema(), needed.iter().map(|(name, _)| *name));
    let metadata = ArrowReaderMetadata::try_new(found.metadata().clone(), options().with_schema(schema))?;
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
    let batches = builder.with_projection(mask).with_batch_size(BATCH_ROWS).build()?;
    Ok(Begun { batches, lists, promised })
}

impl Opened {
    /// Rows that the file promises.
    pub fn rows(&self) -> u64 {
        self.promised
    }

    /// Hands the next rows (at most 4,096) to `visit`. Returns whether there were any; when there are none, the file was whole.
    /// After an error there is nothing more to read, and what was handed over is void.
    pub fn read(&mut self, visit: &mut dyn FnMut(LeadRow<'_>)) -> Result<bool, Unreadable> {
        let read = self.read_batch(visit);
        if read.is_err() {
            self.batches = None;
        }
        read
    }

    fn read_batch(&mut self, visit: &mut dyn FnMut(LeadRow<'_>)) -> Result<bool, Unreadable> {
        let batches = &mut self.batches;
        let Some(batch) = guarded(|| Ok(batches.as_mut().and_then(Iterator::next).transpose()?))? else {
            let Self { found, promised, .. } = *self;
            return if found == promised { Ok(false) } else { Err(Unreadable::Rows { found, promised }) };
        };
        let batch = Needed::of(&batch)?;
        for index in 0..batch.lead.len() {
            self.row(&batch, index, visit)?;
            self.found += 1;
        }
        Ok(true)
    }

    fn row(&mut self, batch: &Needed, index: usize, visit: &mut dyn FnMut(LeadRow<'_>)) -> Result<(), Unreadable> {
        let row = self.found as usize;
        self.name(row, batch.tenant(index), batch.lead.value(index))?;
        let origin = self.origin(row, batch.topic(index), batch.input_offset.value(index))?;
        let mut facts = batch.state.value(index);
        match facts.first() {
            Some(version) if codec::VERSIONS.contains(version) => {}
            version => return Err(Unreadable::StateVersion { row, version: version.copied().unwrap_or_default() }),
        }
        let decisions = batch.decision.value(index);
        match decisions.first() {
            None => {}
            Some(&version) if encoding::is_read(version) => {}
            Some(&version) => return Err(Unreadable::DecisionVersion { row, version }),
        }
        if self.remap.is_some() || !codec::is_current(facts) {
            self.facts.decode(facts).map_err(|error| Unreadable::State { row, error })?;
            self.remap.iter().for_each(|remap| remap.apply(&mut self.facts));
            self.translated.clear();
            self.facts.encode(&mut self.translated);
            facts = &self.translated;
        }
        visit(LeadRow { key: &self.key, facts, decisions, origin });
        Ok(())
    }

    /// Makes the key, which has to come after the one before; `None`: the tenant is as in the row before.
    fn name(&mut self, row: usize, tenant: Option<&str>, lead: &str) -> Result<(), Unreadable> {
        match tenant {
            Some(tenant) if row == 0 => {
                self.tenant.extend_from_slice(tenant.as_bytes());
                self.key.extend_from_slice(tenant.as_bytes());
                self.key.push(b'/');
            }
            Some(tenant) if self.tenant != tenant.as_bytes() => return Err(Unreadable::Tenants { row }),
            _ => {}
        }
        let start = self.tenant.len() + 1;
        if row > 0 && self.key[start..] >= *lead.as_bytes() {
            return Err(Unreadable::OutOfOrder { row });
        }
        self.key.truncate(start);
        self.key.extend_from_slice(lead.as_bytes());
        Ok(())
    }

    /// `None`: the topic is as in the row before.
    fn origin(&mut self, row: usize, name: Option<&str>, offset: i64) -> Result<Origin, Unreadable> {
        if !(0..1 << 48).contains(&offset) {
            return Err(Unreadable::Offset { row });
        }
        if let Some(name) = name {
            let place = self.topics.iter().position(|topic| topic == name);
            let place = place.ok_or_else(|| Unreadable::Topic { row, topic: name.to_owned() })?;
            self.topic = place as u16;
        }
        Ok(Origin { topic: self.topic, offset })
    }
}

/// Whether its first and last bytes are those of Parquet.
pub(super) fn looks_whole(file: &[u8]) -> Result<(), Unreadable> {
    if !file.starts_with(MAGIC) {
        return Err(if MAGIC.starts_with(file) { Unreadable::Truncated } else { Unreadable::NotParquet });
    }
    if file.len() < 3 * MAGIC.len() || !file.ends_with(MAGIC) {
        return Err(Unreadable::Truncated);
    }
    Ok(())
}

/// Parquet's reader checks much, but not all: numbers of a damaged page overflow in it. A panic there is the file's fault, and
/// nothing that it left half-done is used again.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T, Unreadable>) -> Result<T, Unreadable> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(Unreadable::Damaged(text.unwrap_or("its reader gave up").to_owned()))
    })
}

/// The file's columns, with those that are needed as they are read.
fn as_needed(found: &ArrowSchema, needed: &[(&'static str, DataType)]) -> Result<Arc<ArrowSchema>, Unreadable> {
    for (name, kind) in needed {
        let field = found.field_with_name(name).map_err(|_| Unreadable::NoColumn(name))?;
        let view = match field.data_type() {
            DataType::Utf8 => DataType::Utf8View,
            DataType::Binary => DataType::BinaryView,
            other => other.clone(),
        };
        if view != *kind {
            return Err(Unreadable::ColumnType(name));
        }
    }
    let fields = found.fields().iter().map(|field| match needed.iter().find(|(name, _)| name == field.name()) {
        Some((name, kind)) => Arc::new(Field::new(*name, kind.clone(), field.is_nullable())),
        None => field.clone(),
    });
    Ok(Arc::new(ArrowSchema::new(fields.collect::<Fields>())))
}

struct Needed {
    tenant: StringViewArray,
    lead: StringViewArray,
    input_topic: StringViewArray,
    input_offset: Int64Array,
    state: BinaryViewArray,
    decision: BinaryViewArray,
}

impl Needed {
    /// `None`: as in the row before.
    fn tenant(&self, index: usize) -> Option<&str> {
        (!is_as_before(&self.tenant, index)).then(|| self.tenant.value(index))
    }

    /// `None`: as in the row before.
    fn topic(&self, index: usize) -> Option<&str> {
        (!is_as_before(&self.input_topic, index)).then(|| self.input_topic.value(index))
    }

    fn of(batch: &RecordBatch) -> Result<Self, Unreadable> {
        Ok(Self {
            tenant: column(batch, "tenant", |array| array.as_string_view_opt())?,
            lead: column(batch, "lead", |array| array.as_string_view_opt())?,
            input_topic: column(batch, "input_topic", |array| array.as_string_view_opt())?,
            input_offset: column(batch, "input_offset", |array| array.as_primitive_opt::<Int64Type>())?,
            state: column(batch, "state", |array| array.as_binary_view_opt())?,
            decision: column(batch, "decision", |array| array.as_binary_view_opt())?,
        })
    }
}

/// Whether a text is that of the row before, as far as its view tells: views of one text may differ, equal ones are of one text.
fn is_as_before(texts: &StringViewArray, index: usize) -> bool {
    index > 0 && texts.views()[index] == texts.views()[index - 1]
}

pub(super) fn column<A: Array + Clone>(
    batch: &RecordBatch,
    name: &'static str,
    cast: impl Fn(&dyn Array) -> Option<&A>,
) -> Result<A, Unreadable> {
    let array = batch.column_by_name(name).ok_or(Unreadable::NoColumn(name))?;
    let array = cast(array.as_ref()).ok_or(Unreadable::ColumnType(name))?;
    if array.null_count() > 0 { Err(Unreadable::ColumnType(name)) } else { Ok(array.clone()) }
}
