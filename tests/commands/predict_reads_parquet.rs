//! `needle predict` on Parquet: columns by name, of every kind of number, however they are packed.

use std::fs::File;
use std::sync::Arc;

use crate::predict_support::{Desk, NAMES, desk};
use crate::trees_support::lightgbm::Kind;
use arrow_array::{
    ArrayRef, BooleanArray, Float32Array, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray, UInt8Array,
};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::WriterProperties;

/// Writes columns as `rows.parquet`, in row groups of 100 rows.
fn write(desk: &Desk, columns: Vec<(&str, ArrayRef)>, packing: Compression) {
    let rows = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)));
    let properties =
        WriterProperties::builder().set_compression(packing).set_max_row_group_row_count(Some(100)).build();
    let file = File::create(desk.dir.path().join("rows.parquet")).unwrap();
    let rows = rows.unwrap();
    let mut writer = ArrowWriter::try_new(file, rows.schema(), Some(properties)).unwrap();
    writer.write(&rows).unwrap();
    writer.close().unwrap();
}

/// One value of each row; a missing one is null.
fn values(desk: &Desk, place: usize) -> impl Iterator<Item = Option<f64>> {
    desk.rows.chunks(4).map(move |row| Some(row[place]).filter(|value| !value.is_nan()))
}

fn doubles(desk: &Desk, place: usize) -> ArrayRef {
    Arc::new(values(desk, place).collect::<Float64Array>())
}

#[test]
fn columns_are_found_by_name() {
    let desk = desk();
    let text: ArrayRef = Arc::new(StringArray::from_iter_values((0..desk.rows.len() / 4).map(|n| n.to_string())));
    let sources: ArrayRef =
        Arc::new(values(&desk, 1).map(|value| value.map(|value| value as i64)).collect::<Int64Array>());
    let columns = || {
        vec![
            ("note", text.clone()),
            ("age", doubles(&desk, 3)),
            ("source", sources.clone()),
            ("visits", doubles(&desk, 0)),
            ("unknown", text.clone()),
            ("last_seen", doubles(&desk, 2)),
        ]
    };
    let zstd = Compression::ZSTD(ZstdLevel::default());
    let gzip = Compression::GZIP(GzipLevel::default());
    for packing in [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::LZ4_RAW, gzip, zstd] {
        write(&desk, columns(), packing);
        for (kind, flags) in [(Kind::Normal, &[][..]), (Kind::Leaf, &["--leaf"])] {
            assert_eq!(desk.printed(&[&["--rows", "rows.parquet"], flags].concat()), desk.expected(kind), "{packing}");
        }
    }
}

#[test]
fn every_kind_of_number_is_read() {
    let mut desk = desk();
    let narrow = |value: f64| f64::from(value as f32);
    for row in desk.rows.chunks_mut(4) {
        let flag = f64::from(row[3] > 0.0);
        row.copy_from_slice(&[narrow(row[0]), row[1], row[2].round(), flag]);
    }
    let columns: Vec<(&str, ArrayRef)> = vec![
        (NAMES[0], Arc::new(values(&desk, 0).map(|value| value.map(|value| value as f32)).collect::<Float32Array>())),
        (NAMES[1], Arc::new(values(&desk, 1).map(|value| value.map(|value| value as u8)).collect::<UInt8Array>())),
        (NAMES[2], Arc::new(values(&desk, 2).map(|value| value.map(|value| value as i32)).collect::<Int32Array>())),
        (NAMES[3], Arc::new(values(&desk, 3).map(|value| value.map(|value| value != 0.0)).collect::<BooleanArray>())),
    ];
    write(&desk, columns, Compression::SNAPPY);
    assert_eq!(desk.printed(&["--rows", "rows.parquet"]), desk.expected(Kind::Normal));
}

#[test]
fn what_is_wrong_with_columns_is_told_by_name() {
    let desk = desk();
    let told = |columns| {
        write(&desk, columns, Compression::SNAPPY);
        let (code, error) = desk.told(&["--rows", "rows.parquet"]);
        assert_eq!(code, Some(1), "{error}");
        error.trim_end().to_owned()
    };
    let column = |place: usize| (NAMES[place], doubles(&desk, place));
    assert_eq!(
        told(vec![column(0), column(2), column(3)]),
        "needle: rows.parquet: no column is named `source`, as the model's features are"
    );
    let text: ArrayRef = Arc::new(StringArray::from_iter_values((0..desk.rows.len() / 4).map(|n| n.to_string())));
    assert_eq!(
        told(vec![column(0), (NAMES[1], text), column(2), column(3)]),
        "needle: rows.parquet: column `source`: it is Utf8, where numbers are expected"
    );
}

/// Whatever is wrong with a file, it is told, and not by a panic.
#[test]
fn damaged_files_are_refused() {
    let desk = desk();
    write(&desk, (0..4).map(|place| (NAMES[place], doubles(&desk, place))).collect(), Compression::SNAPPY);
    let whole = std::fs::read(desk.dir.path().join("rows.parquet")).unwrap();
    let footer = whole.len() - 8;
    let refused = |bytes: &[u8]| {
        desk.write("rows.parquet", bytes);
        let (code, error) = desk.told(&["--rows", "rows.parquet"]);
        assert!(code == Some(1) && error.starts_with("needle: rows.parquet: "), "{code:?} {error}");
        assert!(!error.contains("panicked"), "{error}");
    };
    for length in [5, 100, whole.len() / 2, whole.len() - 1] {
        refused(&whole[..length]);
    }
    // A footer longer than the file.
    let mut damaged = whole.clone();
    damaged[footer..footer + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    refused(&damaged);
}
