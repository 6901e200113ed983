//! Bytes that are no file of ours are refused with a reason, whatever they are, and never with a panic.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use crate::snapshot_support::{LISTS, Owned, Side, about, read, rows};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BinaryArray, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::Schema;
use bytes::Bytes;
use needle::lead::leads::Origin;
use needle::snapshot::file::{FORMAT, Unreadable};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Encoding;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;

static SIDE: LazyLock<Side> = LazyLock::new(|| Side::new(LISTS));

fn written() -> Vec<Owned> {
    let facts = crate::lead_support::bytes(&crate::lead_support::fold(&[]));
    let row = |n: u16| Owned {
        key: format!("acme/lead-{n}"),
        facts: facts.clone(),
        decisions: if n == 3 { vec![] } else { vec![1, 50, 0, 0] },
        origin: Origin { topic: n % 2, offset: n.into() },
    };
    (0..8).map(row).collect()
}

static FILE: LazyLock<Bytes> = LazyLock::new(|| SIDE.encode(&about(), "acme", &rows(&written())).expect("a file"));

fn refused(file: impl Into<Bytes>) -> Unreadable {
    read(&SIDE.codec, file.into()).expect_err("refused")
}

/// The file taken apart and put together again, after `change` had its way with columns and metadata.
fn changed(change: impl FnOnce(&mut Vec<(String, ArrayRef)>, &mut BTreeMap<String, String>)) -> Bytes {
    let builder = ParquetRecordBatchReaderBuilder::try_new(FILE.clone()).expect("Parquet");
    let pairs = builder.metadata().file_metadata().key_value_metadata().expect("metadata");
    let ours = pairs.iter().filter(|pair| pair.key.starts_with("needle."));
    let mut metadata: BTreeMap<_, _> =
        ours.map(|pair| (pair.key.clone(), pair.value.clone().expect("a value"))).collect();
    let batch = builder.build().expect("a reader").next().expect("a batch").expect("a batch");
    let names = batch.schema().fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
    let mut columns: Vec<_> = names.into_iter().zip(batch.columns().iter().cloned()).collect();
    change(&mut columns, &mut metadata);
    let batch = RecordBatch::try_from_iter(columns).expect("a batch");
    let schema: Arc<Schema> = batch.schema();
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_column_encoding("input_offset".into(), Encoding::DELTA_BINARY_PACKED)
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), schema, Some(properties)).expect("a writer");
    writer.write(&batch).expect("written");
    metadata.into_iter().for_each(|(key, value)| writer.append_key_value_metadata(KeyValue::new(key, value)));
    writer.into_inner().expect("a file").into()
}

fn with_column(name: &str, column: ArrayRef) -> Bytes {
    changed(|columns, _| columns.iter_mut().filter(|(n, _)| n == name).for_each(|(_, c)| *c = column.clone()))
}

/// The column with the n-th row's value exchanged.
fn with_bytes(name: &str, row: usize, value: &[u8]) -> Bytes {
    changed(|columns, _| {
        let (_, column) = columns.iter_mut().find(|(n, _)| n == name).expect("the column");
        let bytes = column.as_binary::<i32>();
        let values = (0..bytes.len()).map(|at| if at == row { value } else { bytes.value(at) });
        let exchanged = BinaryArray::from_iter_values(values);
        *column = Arc::new(exchanged);
    })
}

#[test]
fn each_reason_has_a_name() {
    // Taken apart and put together it is read: only what is changed below is the matter.
    assert_eq!(read(&SIDE.codec, changed(|_, _| ())).expect("readable"), written());

    assert_eq!(refused(&b"tenant,lead\nacme,u-1\n"[..]), Unreadable::NotParquet);
    assert_eq!(refused(&b""[..]), Unreadable::Truncated);
    assert_eq!(refused(FILE.slice(..FILE.len() - 1)), Unreadable::Truncated);
    assert_eq!(refused(FILE.slice(..FILE.len() / 2)), Unreadable::Truncated);
    assert!(matches!(refused(&b"PAR1\0\0\0\0\0\0PAR1"[..]), Unreadable::Damaged(_)));

    let meta = |key: &str, value: &str| changed(|_, metadata| drop(metadata.insert(key.into(), value.into())));
    let without = |key: &str| changed(|_, metadata| drop(metadata.remove(key)));
    assert_eq!(refused(without("needle.format")), Unreadable::Foreign);
    let newer = u64::from(FORMAT) + 1;
    assert_eq!(refused(meta("needle.format", &newer.to_string())), Unreadable::Newer(newer));
    assert!(refused(meta("needle.format", "7000000000")).to_string().contains("a newer needle wrote it"));
    for (key, value) in [
        ("needle.format", "0"),
        ("needle.format", "one"),
        ("needle.themes", "{}"),
        ("needle.themes", r#"["a","b","a"]"#),
        ("needle.traits", r#"[{"name":"a","kind":"colour"}]"#),
        ("needle.traits", r#"[{"name":"a","kind":"flag"},{"name":"a","kind":"flag"}]"#),
    ] {
        assert!(
            matches!(refused(meta(key, value)), Unreadable::Metadata { key: found, .. } if found == key),
            "{key} {value}"
        );
    }
    assert!(matches!(refused(without("needle.themes")), Unreadable::Metadata { key: "needle.themes", .. }));

    for name in ["tenant", "lead", "input_topic", "input_offset", "state", "decision"] {
        let gone = changed(|columns, _| columns.retain(|(column, _)| column != name));
        assert_eq!(refused(gone), Unreadable::NoColumn(name));
        let other = with_column(name, Arc::new(Int32Array::from_value(0, written().len())));
        assert_eq!(refused(other), Unreadable::ColumnType(name));
    }
    let nulls = StringArray::from(vec![None::<&str>; written().len()]);
    assert_eq!(refused(with_column("lead", Arc::new(nulls))), Unreadable::ColumnType("lead"));

    let texts = |words: [&str; 8]| -> ArrayRef { Arc::new(StringArray::from_iter_values(words)) };
    let unsorted = texts(["a", "b", "c", "d", "f", "e", "g", "h"]);
    assert_eq!(refused(with_column("lead", unsorted)), Unreadable::OutOfOrder { row: 5 });
    let twice = texts(["a", "b", "b", "d", "e", "f", "g", "h"]);
    assert_eq!(refused(with_column("lead", twice)), Unreadable::OutOfOrder { row: 2 });
    let tenants = texts(["a", "a", "a", "a", "a", "a", "a", "b"]);
    assert_eq!(refused(with_column("tenant", tenants)), Unreadable::Tenants { row: 7 });
    let topics = texts(["events", "more", "events", "other", "events", "events", "events", "events"]);
    assert_eq!(refused(with_column("input_topic", topics)), Unreadable::Topic { row: 3, topic: "other".into() });
    for offset in [-1, 1 << 48] {
        let offsets = Int64Array::from_iter_values([0, 1, 2, 3, 4, 5, offset, 7]);
        assert_eq!(refused(with_column("input_offset", Arc::new(offsets))), Unreadable::Offset { row: 6 });
    }

    assert_eq!(refused(with_bytes("state", 4, &[3, 0, 0, 0])), Unreadable::StateVersion { row: 4, version: 3 });
    assert_eq!(refused(with_bytes("state", 4, &[])), Unreadable::StateVersion { row: 4, version: 0 });
    assert_eq!(refused(with_bytes("decision", 0, &[9, 0])), Unreadable::DecisionVersion { row: 0, version: 9 });
    // Facts are only looked into where they have to be translated.
    let other = Side::new(&LISTS.replace("pricing", "prices"));
    let found = read(&other.codec, with_bytes("state", 1, &[1, 0, 3, 0]));
    assert!(matches!(found, Err(Unreadable::State { row: 1, .. })), "{found:?}");
}

/// In a file of few columns, so that there are few bytes: Parquet's own reader panics at some of them.
#[test]
fn each_byte_flipped() {
    let needed = ["tenant", "lead", "input_topic", "input_offset", "state", "decision"];
    let mut file = changed(|columns, _| columns.retain(|(name, _)| needed.contains(&name.as_str()))).to_vec();
    let mut refused = 0;
    for at in 0..file.len() {
        for flips in [0xff, 0x80, 0x10, 1] {
            file[at] ^= flips;
            refused += usize::from(read(&SIDE.codec, file.clone().into()).is_err());
            file[at] ^= flips;
        }
    }
    assert!(refused > file.len(), "{refused} refused of {} bytes", file.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_file_cut_anywhere(at in 0..FILE.len()) {
        prop_assert_eq!(refused(FILE.slice(..at)), Unreadable::Truncated);
    }

    /// The end of the file is where the footer says what to read; most flips are there.
    #[test]
    fn flipped_bytes(flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<bool>()), 1..4)) {
        let mut file = FILE.to_vec();
        for (index, byte, at_end) in flips {
            let from = if at_end { file.len().saturating_sub(600) } else { 0 };
            let at = from + index.index(file.len() - from);
            file[at] = byte;
        }
        // A reason, or rows: bytes that nothing depends on may be flipped unseen. A file's hash is its entry's to know.
        let _ = read(&SIDE.codec, file.into());
    }

    #[test]
    fn bytes_of_any_kind(body in proptest::collection::vec(any::<u8>(), 0..400), footer in any::<u16>()) {
        let mut file = b"PAR1".to_vec();
        file.extend(&body);
        let _ = read(&SIDE.codec, file.clone().into());
        file.extend(u32::from(footer).to_le_bytes());
        file.extend(b"PAR1");
        prop_assert!(read(&SIDE.codec, file.into()).is_err());
    }
}
