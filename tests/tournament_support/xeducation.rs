//! Leads of an online school, which this project did not make: `../shared/data/xeducation/leads.csv`.

use std::collections::HashMap;
use std::path::PathBuf;

use csv_core::{ReadRecordResult, Reader};
use needle::training::matrix::{Column, ColumnKind, Matrix, Row};
use xxhash_rust::xxh3::xxh3_64;

use super::column;

/// Columns that know the outcome, by the yardstick's list.
const LEAKS: [&str; 8] = [
    "Tags",
    "Lead Quality",
    "Lead Profile",
    "Asymmetrique Activity Index",
    "Asymmetrique Profile Index",
    "Asymmetrique Activity Score",
    "Asymmetrique Profile Score",
    "Last Notable Activity",
];
const NUMBERS: [&str; 3] = ["TotalVisits", "Total Time Spent on Website", "Page Views Per Visit"];

/// The leads as traits: a number is missing as -1, with a flag beside; a category is a code of 31 bits. There is no time in the data, so
/// the lead's number stands for it. `None` where the data is not here.
pub fn matrix() -> Option<Matrix> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/xeducation/leads.csv"));
    let records = records(&std::fs::read(path).ok()?);
    let (header, records) = records.split_first()?;
    let place: HashMap<&str, usize> = header.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
    let left_out = ["Prospect ID", "Lead Number", "Converted"];
    let kept: Vec<&str> =
        header.iter().map(String::as_str).filter(|name| !left_out.contains(name) && !LEAKS.contains(name)).collect();
    let columns: Vec<Column> = kept.iter().flat_map(|name| columns(name)).collect();
    let mut drawn: Vec<(Row, Vec<f64>)> = Vec::new();
    for record in records {
        let number = record[place["Lead Number"]].parse::<i64>().ok()?;
        let positive = record[place["Converted"]] == "1";
        let row = Row { lead: number as u64, at_ms: number, positive, weight: 1.0, silent_ms: 0 };
        drawn.push((row, kept.iter().flat_map(|name| values(name, &record[place[name]])).collect()));
    }
    drawn.sort_by_key(|(row, _)| (row.at_ms, row.lead));
    let (rows, values): (Vec<_>, Vec<_>) = drawn.into_iter().unzip();
    Some(Matrix { columns, rows, values: values.concat() })
}

fn columns(name: &str) -> Vec<Column> {
    let stem = name.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "_");
    if NUMBERS.contains(&name) {
        let missing = column(&format!("{stem}_missing"), ColumnKind::Flag, false);
        vec![column(&stem, ColumnKind::Number, true), missing]
    } else {
        vec![column(&stem, ColumnKind::Category, true)]
    }
}

fn values(name: &str, text: &str) -> Vec<f64> {
    if NUMBERS.contains(&name) {
        let value = text.parse::<f64>().ok();
        vec![value.unwrap_or(-1.0), f64::from(u8::from(value.is_none()))]
    } else if text.is_empty() {
        vec![-1.0]
    } else {
        vec![(xxh3_64(text.trim().to_lowercase().as_bytes()) & 0x7fff_ffff) as f64]
    }
}

fn records(bytes: &[u8]) -> Vec<Vec<String>> {
    let (mut reader, mut rest, mut records) = (Reader::new(), bytes, Vec::new());
    let (mut text, mut ends) = (vec![0; 1 << 16], vec![0; 64]);
    loop {
        let (result, read, _, fields) = reader.read_record(rest, &mut text, &mut ends);
        rest = &rest[read..];
        match result {
            ReadRecordResult::Record => {
                let starts = std::iter::once(0).chain(ends.iter().copied());
                let fields = starts.zip(&ends[..fields]).map(|(start, end)| &text[start..*end]);
                records.push(fields.map(|field| String::from_utf8_lossy(field).into_owned()).collect());
            }
            ReadRecordResult::End => return records,
            // A last line without an end is told of by an empty read.
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => panic!("a record is too large"),
        }
    }
}
