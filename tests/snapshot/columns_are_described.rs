//! `schemas/snapshot.json` is what is written: every column with its type and meaning, and the metadata of features and files.
//!
//! `NEEDLE_BLESS=1` writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::snapshot_support::{LISTS, Side, about};
use arrow_schema::{DataType, Field};
use needle::commands::features::list;
use needle::features::{Feature, Schema};
use needle::snapshot::file::columns::{AFTER, BEFORE, TOUCHPOINT, feature_columns};
use needle::snapshot::file::metadata::KEYS;
use needle::snapshot::file::{FORMAT, ROW_GROUP_ROWS};
use needle::snapshot::rows::Rows;
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use serde_json::{Value, json};

const FEATURE: [(&str, &str); 7] = [
    ("version", "version of the meaning: the same name and version give the same value for the same facts"),
    ("unit", "what is counted or measured"),
    ("group", "what the feature speaks of"),
    ("kind", "number: more is more; flag: 0 or 1; category: a code whose order means nothing"),
    ("sentence", "the value in words, with a capital letter in its place"),
    ("missing", "the value that says that nothing is known; only where there is one"),
    ("feature", "the feature's name, only where the column had to be called otherwise"),
];
const READING: [&str; 3] = [
    "DuckDB: SELECT * FROM 'data/snapshots/leads/**/*.parquet' takes `tenant` and `partition` from the path as well, and guesses their types: where all tenants look like numbers, `tenant` is a number. With read_parquet('…', hive_partitioning = false) or hive_types_autocast = false it stays a text.",
    "Files of other configurations have other features: read_parquet('…', union_by_name = true).",
    "A column's metadata is Arrow field metadata (pyarrow: schema.field(name).metadata), the file's is Parquet key-value metadata (DuckDB: parquet_kv_metadata('…')).",
];

fn columns(metadata: &ArrowReaderMetadata, names: &[(&str, &str)]) -> Value {
    let root = metadata.parquet_schema().root_schema();
    let column = |(name, meaning): &(&str, &str)| {
        let field = metadata.schema().field_with_name(name).expect("a column");
        let stored = root.get_fields().iter().find(|column| column.name() == *name).expect("a column");
        assert_eq!(field.metadata().get("sentence").map(String::as_str), Some(*meaning), "{name}");
        assert_eq!(stored.is_optional(), field.is_nullable());
        json!({ "name": name, "type": kind(field.data_type()), "nullable": field.is_nullable(), "meaning": meaning })
    };
    names.iter().map(column).collect()
}

fn kind(of: &DataType) -> Value {
    match of {
        DataType::Utf8 => json!("text"),
        DataType::Binary => json!("binary"),
        DataType::Int32 => json!("int32"),
        DataType::Int64 => json!("int64"),
        DataType::UInt64 => json!("uint64"),
        DataType::Float64 => json!("double"),
        DataType::Timestamp(arrow_schema::TimeUnit::Millisecond, Some(zone)) if **zone == *"UTC" => {
            json!("timestamp, milliseconds, UTC")
        }
        DataType::List(element) => json!({ "list of": kind(element.data_type()) }),
        DataType::Struct(fields) => fields.iter().zip(TOUCHPOINT).map(touchpoint).collect(),
        other => panic!("what is {other}?"),
    }
}

fn touchpoint((field, (name, meaning)): (&std::sync::Arc<Field>, (&str, &str))) -> Value {
    assert_eq!(field.name(), name);
    json!({ "name": name, "type": kind(field.data_type()), "nullable": field.is_nullable(), "meaning": meaning })
}

fn written(side: &Side) -> ArrowReaderMetadata {
    let file = side.encode(&about(), "acme", &Rows::default()).expect("a file");
    ArrowReaderMetadata::load(&file, Default::default()).expect("Parquet")
}

fn object(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, meaning)| ((*key).to_owned(), (*meaning).to_owned())).collect()
}

#[test]
fn the_description_is_what_is_written() {
    let metadata = written(&Side::new(LISTS));
    let described = json!({
        "title": "Leads in snapshots: one Parquet file of one tenant and partition, sorted by lead",
        "path": "<snapshots.url>/leads/tenant=<tenant>/partition=<partition>/<increment|base>-<number>-<writer>-<i>.parquet",
        "format": FORMAT,
        "row_group_rows": ROW_GROUP_ROWS,
        "columns": columns(&metadata, &BEFORE),
        "features": {
            "columns": "then one for each feature, under its name, in the order of `needle features`; double, never null",
            "metadata": object(&FEATURE),
        },
        "last_columns": columns(&metadata, &AFTER),
        "file_metadata": object(&KEYS),
        "reading": READING,
    });
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schemas/snapshot.json");
    if std::env::var_os("NEEDLE_BLESS").is_some() {
        std::fs::write(&file, format!("{described:#}\n")).expect("the description");
    }
    let stored: Value = serde_json::from_slice(&std::fs::read(&file).expect("schemas/snapshot.json")).expect("JSON");
    assert_eq!(stored, described, "NEEDLE_BLESS=1 writes it anew");
}

#[test]
fn every_column_and_key_is_there_in_order() {
    let side = Side::new(LISTS);
    let metadata = written(&side);
    let found: Vec<_> = metadata.schema().fields().iter().map(|field| field.name().clone()).collect();
    let features = feature_columns(side.assembly.schema.features());
    let fixed = |names: &[(&str, &str)]| names.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(found, [fixed(&BEFORE), features, fixed(&AFTER)].concat());
    let pairs = metadata.metadata().file_metadata().key_value_metadata().expect("metadata");
    let keys: BTreeSet<_> = pairs.iter().map(|pair| pair.key.as_str()).collect();
    assert_eq!(keys, KEYS.iter().map(|(key, _)| *key).chain(["ARROW:schema"]).collect());
}

/// As `needle features` lists them.
#[test]
fn features_bring_their_meaning() {
    let side = Side::new(LISTS);
    let metadata = written(&side);
    let mut listed = Vec::new();
    list(&side.assembly.schema, true, &mut listed).expect("a vector takes everything");
    let listed: Vec<BTreeMap<String, Value>> = serde_json::from_slice(&listed).expect("JSON");
    assert_eq!(listed.len(), side.assembly.schema.width());
    for feature in listed {
        let name = feature["name"].as_str().expect("a name");
        let field = metadata.schema().field_with_name(name).expect("a column");
        assert_eq!((field.data_type(), field.is_nullable()), (&DataType::Float64, false));
        let text = |key: &str| match &feature[key] {
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            number => Some(number.as_f64().expect("a number").to_string()),
        };
        for (key, _) in FEATURE {
            let expected = if key == "feature" { None } else { text(key) };
            assert_eq!(field.metadata().get(key).cloned(), expected, "{name}: {key}");
        }
    }
}

#[test]
fn a_feature_whose_name_is_taken_gets_another_column() {
    let schema = Schema::of(&[], &[]);
    let feature = |name: &str| Feature { name: name.into(), ..schema.features()[0].clone() };
    let names = ["score", "Score", "score_2", "visits", "Visits", "state", "tenant_2"].map(feature);
    let expected = ["score_3", "Score_4", "score_2", "visits", "Visits_2", "state_2", "tenant_2"];
    assert_eq!(feature_columns(&names), expected);
}
