//! Files that an earlier needle wrote stay readable, and a change of the columns needs a new number of the format.
//!
//! `NEEDLE_BLESS=1` writes the golden file of a format that has none yet, and never over one.

use std::path::PathBuf;

use crate::lead_support::{Happened, Sent};
use crate::snapshot_support::{LISTS, Owned, Plain, Side, about, read, rows};
use needle::lead::leads::Origin;
use needle::snapshot::file::FORMAT;
use needle::snapshot::file::columns::feature_columns;
use needle::touchpoint::{Channel, FormStep, Mark, Touchpoint};
use needle::wire::event::EventType;
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use parquet::schema::types::Type;

const START_MS: i64 = 1_763_716_443_120;

/// Two leads: one with everything that a column can hold, one of whom little is known.
fn written() -> Vec<Owned> {
    let event = |n: u64| {
        let touchpoint = Touchpoint {
            at_ms: START_MS + n as i64 * 600_000,
            id: 0x0123_4567_89ab_cdef ^ n,
            kind: EventType::ALL[n as usize % 6],
            channel: Channel::ALL[n as usize % 20],
            form: FormStep::ALL[n as usize % 3],
            mark: Mark::ALL[n as usize % 4],
            themes: n % 8,
        };
        Happened { touchpoint, known: n == 9, completeness: (n == 7).then_some(0.75), traits: vec![] }
    };
    let mut events: Vec<_> = (0..70).map(event).collect();
    let values =
        [Sent::Number(250.5), Sent::Text("Größe".into()), Sent::Flag(true), Sent::Text("Head of Sales".into())];
    events[3].traits = values.into_iter().enumerate().map(|(n, value)| (n as u16, value)).collect();
    let origin = |topic, offset| Origin { topic, offset };
    let rich = Plain { events, decisions: vec![1, 81, 5, 0], origin: origin(1, 48_113) };
    let poor = Plain { events: vec![event(0)], decisions: vec![], origin: origin(0, 7) };
    vec![rich.row("acme", "u-1"), poor.row("acme", "ü-2")]
}

fn golden(format: u32) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/snapshot_{format}.parquet"))
}

fn file_now() -> bytes::Bytes {
    Side::new(LISTS).encode(&about(), "acme", &rows(&written())).expect("a file")
}

#[test]
fn stored_files_are_read() {
    for format in 1..=FORMAT {
        let file = golden(format);
        if std::env::var_os("NEEDLE_BLESS").is_some() && !file.exists() {
            assert_eq!(format, FORMAT, "no file of an older format can be written any more");
            std::fs::write(&file, file_now()).expect("the golden file");
        }
        let file = std::fs::read(&file).expect("the golden file of each format");
        let file = bytes::Bytes::from(file);
        // Facts in a form that is not written any more are as they would be written now.
        assert_eq!(read(&Side::new(LISTS).codec, file.clone()).expect("readable"), written(), "format {format}");
        let other_lists = LISTS.replace("themes = [", r#"themes = [ { name = "first", url = ["x"] },"#);
        let others = Side::new(&other_lists.replace(r#"{ name = "demo", url = ["b"] }, "#, ""));
        let read = |file| read(&others.codec, file).expect("readable");
        assert_eq!(read(file), read(file_now()), "format {format}, under other lists");
    }
}

/// All columns but the features, which have versions of their own; and the keys of the metadata.
fn form(file: &bytes::Bytes) -> (Vec<Type>, Vec<String>) {
    let metadata = ArrowReaderMetadata::load(file, Default::default()).expect("Parquet");
    let side = Side::new(LISTS);
    let features = feature_columns(side.assembly.schema.features());
    let columns = metadata.parquet_schema().root_schema().get_fields().iter();
    let columns = columns.filter(|column| !features.iter().any(|name| name == column.name()));
    let pairs = metadata.metadata().file_metadata().key_value_metadata().expect("metadata");
    (columns.map(|column| column.as_ref().clone()).collect(), pairs.iter().map(|pair| pair.key.clone()).collect())
}

#[test]
fn columns_change_with_the_format_alone() {
    let stored = std::fs::read(golden(FORMAT)).expect("the golden file of the format");
    let ((stored, stored_keys), (now, now_keys)) = (form(&stored.into()), form(&file_now()));
    let why = "a change needs a new FORMAT; keep the golden file of the old one, which stays readable";
    assert_eq!(stored.len(), now.len(), "{why}");
    for (stored, now) in stored.iter().zip(&now) {
        assert_eq!(stored, now, "{why}");
    }
    assert_eq!(stored_keys, now_keys, "{why}");
}
