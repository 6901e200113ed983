//! Rows of a Parquet file. Columns are found by name; one that the model does not ask for is not read.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::{Context, anyhow, bail, ensure};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrowPrimitiveType, RecordBatch};
use arrow_schema::DataType;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::columns;

/// How a Parquet file begins.
pub const MAGIC: &[u8] = b"PAR1";

/// Rows that are decoded at once.
const DECODED_ROWS: usize = 1024;

pub struct ParquetRows {
    batches: ParquetRecordBatchReader,
    /// The rows that were decoded last, and how many of them have been handed out.
    decoded: Option<(RecordBatch, usize)>,
    /// The decoded column of each feature.
    places: Vec<usize>,
    features: Vec<String>,
    total: u64,
    read_rows: u64,
}

impl ParquetRows {
    pub fn open(file: File, features: &[String]) -> anyhow::Result<Self> {
        guarded(|| {
            let builder = ParquetRecordBatchReaderBuilder::try_new(file)?;
            let names: Vec<String> = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
            let wanted = columns::places(features, names.iter().map(String::as_str))?;
            for (place, feature) in wanted.iter().zip(features) {
                check_kind(builder.schema().field(*place).data_type())
                    .with_context(|| format!("column `{feature}`"))?;
            }
            // What is decoded stands in the file's order.
            let mut decoded = wanted.clone();
            decoded.sort_unstable();
            decoded.dedup();
            let places = wanted.iter().map(|place| decoded.partition_point(|other| other < place)).collect();
            let mask = ProjectionMask::roots(builder.parquet_schema(), decoded);
            let total = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or_default();
            let batches = builder.with_projection(mask).with_batch_size(DECODED_ROWS).build()?;
            Ok(Self { batches, decoded: None, places, features: features.to_vec(), total, read_rows: 0 })
        })
    }

    /// Rows that the file promises.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Rows that have been handed out.
    pub fn read_rows(&self) -> u64 {
        self.read_rows
    }

    /// Adds the next rows, at most `count`, to `batch`.
    pub fn read(&mut self, batch: &mut Vec<f64>, count: usize) -> anyhow::Result<()> {
        let (decoded, begin) = match self.decoded.take() {
            Some(rest) => rest,
            None => match guarded(|| Ok(self.batches.next().transpose()?))
                .with_context(|| format!("behind row {}", self.read_rows))?
            {
                Some(decoded) => (decoded, 0),
                None => return Ok(()),
            },
        };
        let end = decoded.num_rows().min(begin + count);
        let width = self.places.len();
        batch.resize((end - begin) * width, f64::NAN);
        for (column, &place) in self.places.iter().enumerate() {
            let array = decoded.column(place).slice(begin, end - begin);
            let values = batch[column..].iter_mut().step_by(width);
            copy(&array, values).with_context(|| format!("column `{}`", self.features[column]))?;
        }
        self.read_rows += (end - begin) as u64;
        self.decoded = (end < decoded.num_rows()).then_some((decoded, end));
        Ok(())
    }
}

/// What numbers are made of. Decimals, dates and texts are not numbers without somebody's decision.
fn check_kind(kind: &DataType) -> anyhow::Result<()> {
    let is_number = matches!(kind, DataType::Boolean | DataType::Float32 | DataType::Float64 | DataType::Null);
    ensure!(is_number || kind.is_integer(), "it is {kind}, where numbers are expected");
    Ok(())
}

/// Copies the values that are there.
fn copy<'a>(array: &dyn Array, into: impl Iterator<Item = &'a mut f64>) -> anyhow::Result<()> {
    match array.data_type() {
        DataType::Float64 => each::<Float64Type>(array, into, |value| value),
        DataType::Float32 => each::<Float32Type>(array, into, f64::from),
        DataType::Int8 => each::<Int8Type>(array, into, f64::from),
        DataType::Int16 => each::<Int16Type>(array, into, f64::from),
        DataType::Int32 => each::<Int32Type>(array, into, f64::from),
        // To the nearest beyond 2^53, as everywhere else.
        DataType::Int64 => each::<Int64Type>(array, into, |value| value as f64),
        DataType::UInt8 => each::<UInt8Type>(array, into, f64::from),
        DataType::UInt16 => each::<UInt16Type>(array, into, f64::from),
        DataType::UInt32 => each::<UInt32Type>(array, into, f64::from),
        DataType::UInt64 => each::<UInt64Type>(array, into, |value| value as f64),
        DataType::Boolean => fill(array.as_boolean().iter().map(|value| value.map(f64::from)), into),
        DataType::Null => {}
        other => bail!("it is {other}, where numbers are expected"),
    }
    Ok(())
}

fn each<'a, T: ArrowPrimitiveType>(
    array: &dyn Array,
    into: impl Iterator<Item = &'a mut f64>,
    number: impl Fn(T::Native) -> f64,
) {
    fill(array.as_primitive::<T>().iter().map(|value| value.map(&number)), into);
}

fn fill<'a>(values: impl Iterator<Item = Option<f64>>, into: impl Iterator<Item = &'a mut f64>) {
    for (value, place) in values.zip(into) {
        *place = value.unwrap_or(f64::NAN);
    }
}

/// A file may be damaged in ways that its reader did not think of.
fn guarded<T>(read: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(anyhow!("it is damaged: its reader gave up")))
}
