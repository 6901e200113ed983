//! Rows of CSV or TSV.
//!
//! A first line with a field that is neither a number nor missing is a header, and columns are found by name; else they stand in the
//! model's order. A tab in the first line makes it TSV. Blank lines are no rows.

use std::cell::Cell;
use std::fs;
use std::rc::Rc;

use anyhow::{Context, anyhow, bail, ensure};
use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

use super::columns;
use super::parquet_rows;
use crate::log::file::{Line, Lines};

/// A longer line is no row.
const MAX_LINE_BYTES: usize = 64 << 20;

/// Characters that a message quotes.
const QUOTED: usize = 40;

pub struct TextRows {
    lines: Lines,
    line: Vec<u8>,
    /// Of the line read last, from 1.
    number: usize,
    fields: Fields,
    /// The first line, where it is a row and still to be handed out.
    is_first_pending: bool,
    /// Fields of each line.
    count: usize,
    /// The field of each feature.
    places: Vec<usize>,
    /// Names of the features, for messages.
    features: Vec<String>,
    read_bytes: Rc<Cell<u64>>,
    total_bytes: Option<u64>,
}

impl TextRows {
    pub fn open(file: &str, features: &[String]) -> anyhow::Result<Self> {
        let read_bytes = Rc::default();
        let total_bytes = fs::metadata(file).ok().filter(|meta| file != "-" && meta.is_file()).map(|meta| meta.len());
        let mut rows = Self {
            lines: Lines::open(file, Rc::clone(&read_bytes))?,
            line: Vec::new(),
            number: 0,
            fields: Fields::new(b','),
            is_first_pending: false,
            count: features.len(),
            places: Vec::new(),
            features: features.to_vec(),
            read_bytes,
            total_bytes,
        };
        rows.read_first()?;
        Ok(rows)
    }

    pub fn total_bytes(&self) -> Option<u64> {
        self.total_bytes
    }

    pub fn read_bytes(&self) -> u64 {
        self.read_bytes.get()
    }

    /// Adds the next rows, at most `count`, to `batch`.
    pub fn read(&mut self, batch: &mut Vec<f64>, count: usize) -> anyhow::Result<()> {
        for _ in 0..count {
            if !std::mem::take(&mut self.is_first_pending) && !self.next_line()? {
                break;
            }
            let read = self.read_row(batch);
            read.with_context(|| format!("line {}", self.number))?;
        }
        Ok(())
    }

    /// Finds out what the first line is, and from it where each feature stands.
    fn read_first(&mut self) -> anyhow::Result<()> {
        if !self.next_line()? {
            return Ok(());
        }
        // As some spreadsheets begin a file.
        if self.line.starts_with(b"\xef\xbb\xbf") {
            self.line.drain(..3);
        }
        ensure!(!self.line.starts_with(parquet_rows::MAGIC), "Parquet is read from files alone, not from a pipe");
        let separator = if self.line.contains(&b'\t') { b'\t' } else { b',' };
        self.fields = Fields::new(separator);
        let found = self.understand_first();
        found.with_context(|| format!("line {}", self.number))
    }

    fn understand_first(&mut self) -> anyhow::Result<()> {
        self.fields.split(&self.line)?;
        self.count = self.fields.count();
        let is_header = self.fields.iter().any(|field| number(field).is_none());
        if is_header {
            let names: Vec<_> = self.fields.iter().map(String::from_utf8_lossy).collect();
            self.places = columns::places(&self.features, names.iter().map(AsRef::as_ref))?;
            return Ok(());
        }
        let features = self.features.len();
        if self.count != features {
            let (one, other) = (self.count, features);
            bail!("{one} values, where the model has {other} features; with a header, columns are found by name");
        }
        self.places = (0..features).collect();
        self.is_first_pending = true;
        Ok(())
    }

    /// Reads on to the next line that is not blank.
    fn next_line(&mut self) -> anyhow::Result<bool> {
        loop {
            self.number += 1;
            let read = self.lines.next(&mut self.line, MAX_LINE_BYTES);
            match read.with_context(|| format!("line {}", self.number))? {
                Line::End => return Ok(false),
                Line::TooLong => bail!("line {}: longer than {MAX_LINE_BYTES} bytes", self.number),
                Line::Whole if self.line.iter().all(|byte| matches!(byte, b' ' | b'\r')) => {}
                Line::Whole => return Ok(true),
            }
        }
    }

    fn read_row(&mut self, batch: &mut Vec<f64>) -> anyhow::Result<()> {
        self.fields.split(&self.line)?;
        let (found, count) = (self.fields.count(), self.count);
        ensure!(found == count, "{found} fields, where the first line has {count}");
        for (&place, feature) in self.places.iter().zip(&self.features) {
            let field = self.fields.get(place);
            batch.push(number(field).ok_or_else(|| no_number(field, feature))?);
        }
        Ok(())
    }
}

/// The number in a field, NaN where it is missing.
fn number(field: &[u8]) -> Option<f64> {
    if let Ok(number) = std::str::from_utf8(field).ok()?.parse() {
        return Some(number);
    }
    let is_missing = field.is_empty() || field.eq_ignore_ascii_case(b"na");
    is_missing.then_some(f64::NAN)
}

fn no_number(field: &[u8], feature: &str) -> anyhow::Error {
    let shown: String = String::from_utf8_lossy(field).chars().take(QUOTED).flat_map(char::escape_debug).collect();
    let why = if field.contains(&b',') { "has a comma; a decimal point is expected" } else { "is no number" };
    anyhow!("`{feature}`: `{shown}` {why}")
}

/// The fields of one line.
struct Fields {
    reader: Reader,
    text: Vec<u8>,
    /// Where each ends in `text`.
    ends: Vec<usize>,
    count: usize,
}

impl Fields {
    fn new(separator: u8) -> Self {
        // A line comes without its end; any other `\r` is part of a field.
        let reader = ReaderBuilder::new().delimiter(separator).terminator(Terminator::Any(b'\n')).build();
        Self { reader, text: Vec::new(), ends: vec![0; 64], count: 0 }
    }

    /// Splits a line that is not blank.
    fn split(&mut self, line: &[u8]) -> anyhow::Result<()> {
        self.reader.reset();
        // Quotes go away, nothing is added.
        self.text.resize(line.len().max(self.text.len()), 0);
        let (mut input, mut written) = (line, 0);
        let mut is_over = false;
        self.count = 0;
        loop {
            let (text, ends) = (&mut self.text[written..], &mut self.ends[self.count..]);
            let (result, bytes_in, bytes_out, fields) = self.reader.read_record(input, text, ends);
            input = &input[bytes_in..];
            written += bytes_out;
            self.count += fields;
            match result {
                ReadRecordResult::Record => return Ok(()),
                ReadRecordResult::OutputEndsFull => self.ends.resize(2 * self.ends.len(), 0),
                ReadRecordResult::InputEmpty if !is_over => (input, is_over) = (b"\n", true),
                // Only in quotes does a record go on beyond that.
                _ => bail!("a quote is not closed"),
            }
        }
    }

    fn count(&self) -> usize {
        self.count
    }

    /// Without blanks around it.
    fn get(&self, place: usize) -> &[u8] {
        let begin = if place == 0 { 0 } else { self.ends[place - 1] };
        self.text[begin..self.ends[place]].trim_ascii()
    }

    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.count).map(|place| self.get(place))
    }
}
