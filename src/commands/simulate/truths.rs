//! The file of truth: one row a lead and instant, as Parquet, CSV or JSON lines.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::types::TimestampMillisecondType;
use arrow_array::{ArrayRef, BooleanArray, Float64Array, PrimitiveArray, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::events::named;
use super::packed::Packed;
use crate::commands::Failure;
use crate::simulate::truth::Truth;
use crate::wire::instant::event_time;

/// Rows that are held before they are written.
const BATCH_ROWS: usize = 65_536;

pub struct Truths {
    name: String,
    form: Form,
}

enum Form {
    Csv(Packed),
    JsonLines(Packed),
    Parquet { writer: Box<ArrowWriter<File>>, waiting: Vec<Truth> },
}

impl Truths {
    /// The form is told by the name: `.parquet`, `.csv`, `.jsonl`; the latter two `.gz` and `.zst` as well.
    ///
    /// # Errors
    /// Another name; a file that cannot be made.
    pub fn create(name: &str) -> Result<Self, Failure> {
        let plain = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(name);
        let packed = || Packed::create(name).map_err(|error| named(name, error));
        let form = match plain.rsplit_once('.').map(|(_, extension)| extension) {
            Some("parquet") if plain == name => Form::parquet(name).map_err(|error| named(name, error))?,
            Some("csv") => {
                let mut rows = packed()?;
                rows.write_all(b"lead,as_of,probability,contacted,silent\n").map_err(|error| named(name, error))?;
                Form::Csv(rows)
            }
            Some("jsonl") => Form::JsonLines(packed()?),
            _ => {
                let wanted = "must end in .parquet, .csv, .csv.gz, .csv.zst, .jsonl, .jsonl.gz or .jsonl.zst";
                return Err(Failure::Usage(format!("--truth {name}: {wanted}")));
            }
        };
        Ok(Self { name: name.to_owned(), form })
    }

    pub fn write(&mut self, truth: Truth) -> Result<(), Failure> {
        let written = match &mut self.form {
            Form::Csv(rows) => {
                let Truth { lead, probability, contacted, silent, .. } = &truth;
                writeln!(rows, "{lead},{},{probability},{contacted},{silent}", instant(truth.at_ms))
            }
            Form::JsonLines(rows) => {
                let Truth { lead, probability, contacted, silent, .. } = &truth;
                let at = instant(truth.at_ms);
                // A lead's name needs no escaping here: the simulator has made it.
                writeln!(
                    rows,
                    r#"{{"lead":"{lead}","as_of":"{at}","probability":{probability},"contacted":{contacted},"silent":{silent}}}"#
                )
            }
            Form::Parquet { writer, waiting } => {
                waiting.push(truth);
                if waiting.len() < BATCH_ROWS { Ok(()) } else { write_batch(writer, waiting) }
            }
        };
        written.map_err(|error| named(&self.name, error))
    }

    pub fn finish(self) -> Result<(), Failure> {
        let finished = match self.form {
            Form::Csv(rows) | Form::JsonLines(rows) => rows.finish(),
            Form::Parquet { mut writer, mut waiting } => {
                write_batch(&mut writer, &mut waiting).and_then(|()| writer.close().map(drop).map_err(io_error))
            }
        };
        finished.map_err(|error| named(&self.name, error))
    }
}

impl Form {
    fn parquet(name: &str) -> io::Result<Self> {
        let compression = Compression::ZSTD(ZstdLevel::default());
        let properties = WriterProperties::builder().set_compression(compression).build();
        let writer = ArrowWriter::try_new(File::create(name)?, schema(), Some(properties)).map_err(io_error)?;
        Ok(Self::Parquet { writer: Box::new(writer), waiting: Vec::with_capacity(BATCH_ROWS) })
    }
}

/// `lead` and `as_of` as the snapshots have them, so that rows join.
fn schema() -> Arc<Schema> {
    let field = |name: &str, kind| Field::new(name, kind, false);
    Arc::new(Schema::new(vec![
        field("lead", DataType::Utf8),
        field("as_of", DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))),
        field("probability", DataType::Float64),
        field("contacted", DataType::Boolean),
        field("silent", DataType::Boolean),
    ]))
}

fn write_batch(writer: &mut ArrowWriter<File>, waiting: &mut Vec<Truth>) -> io::Result<()> {
    let leads: StringArray = waiting.iter().map(|truth| Some(truth.lead.as_str())).collect();
    let instants = PrimitiveArray::<TimestampMillisecondType>::from_iter_values(waiting.iter().map(|t| t.at_ms));
    let probabilities = Float64Array::from_iter_values(waiting.iter().map(|truth| truth.probability));
    let flags = |of: fn(&Truth) -> bool| -> BooleanArray { waiting.iter().map(|truth| Some(of(truth))).collect() };
    let columns: Vec<ArrayRef> = vec![
        Arc::new(leads),
        Arc::new(instants.with_timezone("UTC")),
        Arc::new(probabilities),
        Arc::new(flags(|truth| truth.contacted)),
        Arc::new(flags(|truth| truth.silent)),
    ];
    let batch = RecordBatch::try_new(schema(), columns).map_err(|error: ArrowError| io::Error::other(error))?;
    waiting.clear();
    writer.write(&batch).map_err(io_error)
}

fn io_error(error: ParquetError) -> io::Error {
    io::Error::other(error)
}

fn instant(at_ms: i64) -> String {
    let mut text = Vec::with_capacity(24);
    event_time(at_ms, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}
