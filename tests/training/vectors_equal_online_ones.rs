//! Vectors of training are those that were scored online, to the bit: the reasons of a score change name values of the row of its lead and
//! instant, the shipped model makes the same probability of it, and the snapshot's own columns hold the same. A silent row is the same
//! function of the same state, later.

use std::collections::HashMap;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, TimestampMillisecondType};
use needle::commands::assembly::Assembly;
use needle::lead::facts::Facts;
use needle::training::matrix::Matrix;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use xxhash_rust::xxh3::xxh3_64;

use crate::training_support::replayed::Replayed;
use crate::training_support::{DAY_MS, HOUR_MS, START_MS, wanted};

const RULES: &str = r#"
scoring = { horizon_days = 10, change_threshold = 0, reasons = 50 }
themes = [{ name = "pricing", url = ["^/pricing"], high_intent = true }, { name = "docs", url = ["^/docs"] }]
traits = [
  { name = "employees", path = ["/employees"], kind = "number" }, { name = "industry", path = ["/industry"], kind = "category" },
  { name = "title", path = ["/title"], kind = "title" }, { name = "newsletter", path = ["/newsletter"], kind = "flag" },
]
"#;
const LEADS: i64 = 12;
const EVENTS: i64 = 180;

/// Pages, forms, traits, an outcome now and then; every event an interval of its own.
fn events() -> String {
    let line = |n: i64| {
        let (at_ms, lead) = (START_MS + n * 5 * HOUR_MS + n * n % 977 * 1000, n * n % LEADS);
        let said = match n % 9 {
            0..4 => {
                let path = ["pricing", "docs/api", "blog", "pricing/plans"][(n / 9 % 4) as usize];
                format!(
                    r#""type":"page","context":{{"page":{{"url":"https://x.io/{path}","path":"/{path}","referrer":"https://google.com/"}}}}"#
                )
            }
            4 => r#""type":"track","event":"Form Started""#.to_owned(),
            5 => r#""type":"track","event":"Form Submitted""#.to_owned(),
            6 => format!(
                r#""type":"identify","traits":{{"employees":{},"industry":"Retail {}","title":"Head of Sales","newsletter":{}}}"#,
                n * 7,
                n % 3,
                n % 2 == 0
            ),
            7 => r#""type":"track","event":"Video Played","context":{"campaign":{"source":"google","medium":"cpc"}}"#
                .to_owned(),
            _ if n % 81 == 80 => r#""type":"track","event":"Lead Accepted""#.to_owned(),
            _ => r#""type":"page""#.to_owned(),
        };
        format!(r#"{{{said},"messageId":"m{n}","userId":"u{lead}","timestamp":{at_ms},"receivedAt":{at_ms}}}"#) + "\n"
    };
    let last_ms = START_MS + 400 * DAY_MS;
    let last =
        format!(r#"{{"type":"page","messageId":"z","userId":"z","timestamp":{last_ms},"receivedAt":{last_ms}}}"#);
    (0..EVENTS).map(line).collect::<String>() + &last + "\n"
}

fn places(matrix: &Matrix) -> HashMap<(u64, i64), usize> {
    let on_events = matrix.rows.iter().enumerate().filter(|(_, row)| row.silent_ms == 0);
    on_events.map(|(place, row)| ((row.lead, row.at_ms), place)).collect()
}

fn hash(lead: &str) -> u64 {
    xxh3_64(format!("default/{lead}").as_bytes())
}

#[test]
fn to_the_bit() {
    let replayed = Replayed::new(&events(), RULES, 1);
    let matrix = replayed.read(&wanted()).matrix;
    let assembly = Assembly::new(replayed.config.clone()).expect("it fits together");
    let schema = &assembly.schema;
    assert_eq!(matrix.columns.len(), schema.width());
    let places = places(&matrix);

    // Said online.
    let (mut compared, mut values) = (0, 0);
    for change in replayed.score_changes() {
        let at_ms = change["as_of"].as_str().expect("an instant").parse::<jiff::Timestamp>().expect("RFC 3339");
        let lead = change["lead"].as_str().expect("a lead");
        let Some(place) = places.get(&(hash(lead), at_ms.as_millisecond())) else { continue };
        let row = matrix.row(*place);
        let mut scored = Vec::new();
        assembly.model.score(row, schema.width(), &mut Default::default(), &mut scored);
        let probability = change["probability"].as_f64().expect("a number");
        assert_eq!(scored[0].probability.to_bits(), probability.to_bits(), "{change}");
        for reason in change["reasons"].as_array().expect("reasons") {
            let feature = schema.index(reason["feature"].as_str().expect("a name")).expect("a feature");
            let value = reason["value"].as_f64().expect("a value");
            assert_eq!(row[feature].to_bits(), value.to_bits(), "{reason} of {lead}");
            values += 1;
        }
        compared += 1;
    }
    assert_eq!(compared, places.len(), "every row on an event was said");
    assert!(compared > 100 && values > 5 * compared, "{compared} rows, {values} values");

    // In the files.
    let mut found = 0;
    let mut states = HashMap::new();
    for file in replayed.files() {
        let bytes = bytes::Bytes::from(std::fs::read(file).expect("a file"));
        for batch in ParquetRecordBatchReaderBuilder::try_new(bytes).expect("Parquet").build().expect("a reader") {
            let batch = batch.expect("a batch");
            let column = |name: &str| batch.column_by_name(name).expect("a column");
            for at in 0..batch.num_rows() {
                let lead = hash(column("lead").as_string::<i32>().value(at));
                let at_ms = column("as_of").as_primitive::<TimestampMillisecondType>().value(at);
                let mut facts = Facts::default();
                facts.decode(column("state").as_binary::<i32>().value(at)).expect("facts");
                states.insert((lead, at_ms), facts);
                let Some(place) = places.get(&(lead, at_ms)) else { continue };
                for (feature, value) in schema.features().iter().zip(matrix.row(*place)) {
                    let kept = column(&feature.name).as_primitive::<Float64Type>().value(at);
                    assert_eq!(kept.to_bits(), value.to_bits(), "{}", feature.name);
                }
                found += 1;
            }
        }
    }
    assert!(found >= places.len(), "{found} of {} rows are in files", places.len());

    // After a silence.
    let mut vector = vec![0.0; schema.width()];
    let silent: Vec<_> = matrix.rows.iter().enumerate().filter(|(_, row)| row.silent_ms > 0).collect();
    for (place, row) in &silent {
        let facts = &states[&(row.lead, row.at_ms - row.silent_ms)];
        schema.extract(facts, row.at_ms, &mut vector);
        assert!(vector.iter().zip(matrix.row(*place)).all(|(a, b)| a.to_bits() == b.to_bits()));
        let since = matrix.row(*place)[schema.index("hours_since_last").expect("a feature")];
        assert_eq!(since, row.silent_ms as f64 / HOUR_MS as f64);
    }
    assert!(silent.len() > 20, "{} silent rows", silent.len());
}

#[test]
fn what_is_excluded_is_not_there_and_the_rest_stays() {
    let replayed = Replayed::new(&events(), RULES, 86_400);
    let all = replayed.read(&wanted()).matrix;
    let mut config = replayed.config.clone();
    config.training.exclude = vec!["trait_employees".to_owned(), "hours_since_last".to_owned()];
    let less = &replayed.read_by(&config, &wanted())[0].matrix;
    assert_eq!(less.rows, all.rows);
    // A trait's flag goes with it.
    let gone = ["trait_employees", "trait_employees_missing", "hours_since_last"];
    let kept: Vec<usize> = (0..all.width()).filter(|at| !gone.contains(&all.columns[*at].name.as_str())).collect();
    assert_eq!(kept.len(), all.width() - 3);
    for row in 0..all.rows.len() {
        let must: Vec<u64> = kept.iter().map(|at| all.row(row)[*at].to_bits()).collect();
        assert_eq!(less.row(row).iter().map(|value| value.to_bits()).collect::<Vec<_>>(), must);
    }
    config.training.exclude = vec!["trait_employes".to_owned()];
    let assembly = Assembly::new(config).expect("it fits together");
    let store = needle::storage::store::open(&replayed.config.snapshots.url).expect("a store");
    let refused = needle::training::dataset::read(store, &assembly.config, &assembly.schema, &wanted(), &mut |_| {});
    let sentence = refused.expect_err("there is no such feature").to_string();
    assert!(sentence.contains("`trait_employes`") && sentence.contains("`trait_employees`"), "{sentence}");
}
