//! All other columns follow from `state`: features and score are what online scoring says, to the bit, and the rest is what the facts say.

use std::sync::LazyLock;

use crate::snapshot_support::{LISTS, Owned, Side, about, leads, rows};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type, TimestampMillisecondType, UInt64Type};
use arrow_array::{Array, ArrayRef, RecordBatch, StructArray};
use needle::decision::Decisions;
use needle::lead::facts::Facts;
use needle::touchpoint::{FormStep, Mark, Touchpoint};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::prelude::*;

static SIDE: LazyLock<Side> = LazyLock::new(|| Side::new(LISTS));
const THEMES: [&str; 3] = ["pricing", "demo", "docs"];

fn text(column: &ArrayRef, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.as_string::<i32>().value(row))
}

fn instant(column: &ArrayRef, row: usize) -> Option<i64> {
    column.is_valid(row).then(|| column.as_primitive::<TimestampMillisecondType>().value(row))
}

fn outcome(facts: &Facts) -> (Option<&'static str>, Option<i64>) {
    match (facts.outcomes.positive_ms, facts.outcomes.negative_ms) {
        (None, None) => (None, None),
        (Some(positive), Some(negative)) if negative < positive => (Some("negative"), Some(negative)),
        (Some(positive), _) => (Some("positive"), Some(positive)),
        (None, Some(negative)) => (Some("negative"), Some(negative)),
    }
}

fn same_touchpoint(fields: &StructArray, at: usize, touchpoint: &Touchpoint) {
    let field = |name: &str| fields.column_by_name(name).expect("a field");
    assert_eq!(instant(field("at"), at), Some(touchpoint.at_ms));
    assert_eq!(field("id").as_primitive::<UInt64Type>().value(at), touchpoint.id);
    assert_eq!(text(field("type"), at), Some(touchpoint.kind.name()));
    assert_eq!(text(field("channel"), at), Some(touchpoint.channel.name()));
    let form = match touchpoint.form {
        FormStep::None => None,
        FormStep::Started => Some("started"),
        FormStep::Submitted => Some("submitted"),
    };
    assert_eq!(text(field("form"), at), form);
    let mark = match touchpoint.mark {
        Mark::None => None,
        Mark::Positive => Some("positive"),
        Mark::Negative => Some("negative"),
        Mark::Contact => Some("contact"),
    };
    assert_eq!(text(field("mark"), at), mark);
    let themes = field("themes").as_list::<i32>().value(at);
    let themes: Vec<_> = (0..themes.len()).filter_map(|place| text(&themes, place)).collect();
    let expected: Vec<_> = (0..3).filter(|bit| touchpoint.themes >> bit & 1 == 1).map(|bit| THEMES[bit]).collect();
    assert_eq!(themes, expected);
}

fn same_row(batch: &RecordBatch, row: usize, written: &Owned) {
    let column = |name: &str| batch.column_by_name(name).unwrap_or_else(|| panic!("column {name}"));
    let facts = crate::lead_support::decoded(&written.facts);
    let (schema, model) = (&SIDE.assembly.schema, &SIDE.assembly.model);
    let mut vector = vec![f64::NAN; schema.width()];
    // As of when it was scored last: what was said as of an instant stands.
    let said = Decisions::decode(&written.decisions).expect("decisions").said();
    let as_of_ms = facts.newest_ms().max(said.map_or(0, |said| said.at_ms));
    schema.extract(&facts, as_of_ms, &mut vector);
    let mut scored = Vec::new();
    model.score(&vector, schema.width(), &mut Default::default(), &mut scored);
    for (feature, value) in schema.features().iter().zip(&vector) {
        let found = column(&feature.name).as_primitive::<Float64Type>().value(row);
        assert_eq!(found.to_bits(), value.to_bits(), "{}: {found}, online {value}", feature.name);
    }
    assert_eq!(column("score").as_primitive::<Int32Type>().value(row), i32::from(scored[0].score));
    let probability = column("probability").as_primitive::<Float64Type>().value(row);
    assert_eq!(probability.to_bits(), scored[0].probability.to_bits());
    assert_eq!(text(column("model_version"), row), Some(model.version()));

    assert_eq!(
        (text(column("tenant"), row), text(column("lead"), row)),
        (Some("acme"), written.key.strip_prefix("acme/"))
    );
    assert_eq!(instant(column("as_of"), row), Some(as_of_ms));
    let topic = ["events", "more"][usize::from(written.origin.topic)];
    assert_eq!(text(column("input_topic"), row), Some(topic));
    assert_eq!(column("input_partition").as_primitive::<Int32Type>().value(row), about().partition);
    assert_eq!(column("input_offset").as_primitive::<Int64Type>().value(row), written.origin.offset);
    assert_eq!((text(column("outcome"), row), instant(column("outcome_at"), row)), outcome(&facts));
    assert_eq!(instant(column("contact_at"), row), facts.outcomes.contact_ms);
    assert_eq!(column("state").as_binary::<i32>().value(row), written.facts);
    assert_eq!(column("decision").as_binary::<i32>().value(row), written.decisions);

    let touchpoints = column("touchpoints").as_list::<i32>().value(row);
    let expected: Vec<&Touchpoint> = facts.older.firsts.iter().chain(&facts.timeline).collect();
    assert_eq!(touchpoints.len(), expected.len());
    assert!(expected.is_sorted());
    for (at, touchpoint) in expected.into_iter().enumerate() {
        same_touchpoint(touchpoints.as_struct(), at, touchpoint);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn every_column(leads in leads(1..90, 90)) {
        let written: Vec<Owned> = leads.iter().map(|(name, plain)| plain.row("acme", name)).collect();
        let file = SIDE.encode(&about(), "acme", &rows(&written)).expect("a file");
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet").build().expect("a reader");
        let mut row = 0;
        for batch in reader {
            let batch = batch.expect("a batch");
            for at in 0..batch.num_rows() {
                same_row(&batch, at, &written[row]);
                row += 1;
            }
        }
        prop_assert_eq!(row, written.len());
    }
}
