//! The columns: names, types, meaning, and how each is laid out.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow_schema::{DataType, Field, Fields, Schema as ArrowSchema, SchemaRef, TimeUnit};
use parquet::arrow::ArrowSchemaConverter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::{ColumnPath, SchemaDescriptor};

use super::ROW_GROUP_ROWS;
use super::WriteError;
use super::described::described;
use super::metadata::Lists;
use super::touchpoints::Words;
use crate::features::{Feature, Schema};

/// Files of fewer rows are not compressed.
const COMPRESSED_ROWS: usize = 128;

/// Columns before the features, with their meaning.
pub const BEFORE: [(&str, &str); 13] = [
    ("tenant", "whose lead it is"),
    ("lead", "userId, else anonymousId; ascending in a file"),
    (
        "as_of",
        "newest instant of the lead, or the later one as of which a sweep has scored it; score and features are taken there",
    ),
    ("input_topic", "topic of the last event folded"),
    ("input_partition", "its partition"),
    ("input_offset", "its offset"),
    ("score", "0 to 100, of model_version; 50 is the anchor, every 10 more double the odds"),
    ("probability", "chance of a positive outcome within the horizon"),
    ("model_version", "model of score and probability"),
    ("outcome", "first outcome: positive or negative; null before there is one"),
    ("outcome_at", "when that was"),
    ("contact_at", "first contact by sales"),
    ("touchpoints", "the first 5 and the newest 64, oldest first"),
];

/// Columns after the features.
pub const AFTER: [(&str, &str); 2] = [
    (
        "state",
        "facts in canonical bytes: equal for equal sets of events; themes and traits by place in needle.themes, needle.traits",
    ),
    ("decision", "what was last said, in canonical bytes; empty where nothing was"),
];

/// Fields of a touchpoint.
pub const TOUCHPOINT: [(&str, &str); 7] = [
    ("at", "instant"),
    ("id", "64-bit hash of the message id"),
    ("type", "page, track, identify, group, alias or screen"),
    ("channel", "marketing channel"),
    ("form", "started or submitted; null where it is no step in a form"),
    ("mark", "positive or negative outcome, or contact; null where it is none"),
    ("themes", "themes of its page or event"),
];

/// The columns of one configuration: what a writer needs of them, made once.
pub(super) struct Columns {
    /// Of the batches that are written: texts of few values are dictionaries there.
    pub batch: SchemaRef,
    /// Of the file.
    pub parquet: SchemaDescriptor,
    /// Of the file, in Arrow's terms, as metadata.
    pub arrow: KeyValue,
    properties: WriterProperties,
    small: WriterProperties,
    pub words: Words,
}

impl Columns {
    pub fn new(features: &Schema, lists: &Lists, topics: &[String]) -> Result<Self, WriteError> {
        let fields = fields(features.features());
        let schema = Arc::new(ArrowSchema::new(fields));
        let parquet = ArrowSchemaConverter::new().schema_root("lead").convert(&schema)?;
        let arrow = described(&schema)?;
        let batch = Arc::new(ArrowSchema::new(schema.fields.iter().map(with_dictionaries).collect::<Fields>()));
        let properties = layout(Compression::ZSTD(ZstdLevel::try_new(1)?));
        let small = layout(Compression::UNCOMPRESSED);
        Ok(Self { batch, parquet, arrow, properties, small, words: Words::new(lists, topics) })
    }

    /// How a file of so many rows is laid out. A few rows are not compressed: each column would have a compressor made for it, and
    /// come out larger.
    pub fn properties(&self, rows: usize) -> WriterProperties {
        if rows < COMPRESSED_ROWS { self.small.clone() } else { self.properties.clone() }
    }
}

/// A batch's dictionary: the words that a column can have, and their places.
pub(super) fn dictionary() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

fn instant() -> DataType {
    DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))
}

fn fields(features: &[Feature]) -> Fields {
    let types = [
        (DataType::Utf8, false),
        (DataType::Utf8, false),
        (instant(), false),
        (DataType::Utf8, false),
        (DataType::Int32, false),
        (DataType::Int64, false),
        (DataType::Int32, false),
        (DataType::Float64, false),
        (DataType::Utf8, false),
        (DataType::Utf8, true),
        (instant(), true),
        (instant(), true),
        (DataType::List(Arc::new(Field::new_struct("element", touchpoint(), false))), false),
    ];
    let field = |((name, sentence), (kind, nullable)): (&(&str, &str), (DataType, bool))| {
        Field::new(*name, kind, nullable).with_metadata(said(&[("sentence", sentence)]))
    };
    let before = BEFORE.iter().zip(types).map(field);
    let after = AFTER.iter().zip([(DataType::Binary, false), (DataType::Binary, false)]).map(field);
    let names = feature_columns(features).into_iter().zip(features).map(|(name, feature)| describe(name, feature));
    before.chain(names).chain(after).collect()
}

/// Fields of a touchpoint.
pub(super) fn touchpoint() -> Fields {
    let themes = DataType::List(Arc::new(Field::new("element", DataType::Utf8, false)));
    let types = [
        (instant(), false),
        (DataType::UInt64, false),
        (DataType::Utf8, false),
        (DataType::Utf8, false),
        (DataType::Utf8, true),
        (DataType::Utf8, true),
        (themes, false),
    ];
    TOUCHPOINT.iter().zip(types).map(|((name, _), (kind, nullable))| Field::new(*name, kind, nullable)).collect()
}

/// A feature's name is its column's, unless another column has it: engines tell no capitals from small letters, and refuse or
/// rename a second column of one name. Then the first number that makes it unique is put behind it.
pub fn feature_columns(features: &[Feature]) -> Vec<String> {
    let fixed = BEFORE.iter().chain(&AFTER).map(|(name, _)| (*name).to_owned());
    let mut taken: HashSet<String> = fixed.collect();
    // What a feature is called stays its own, even where a later one would rather have it.
    let mut reserved: HashMap<String, usize> = HashMap::new();
    features.iter().for_each(|f| *reserved.entry(f.name.to_lowercase()).or_default() += 1);
    let mut column = |feature: &Feature| {
        let own = feature.name.to_lowercase();
        if taken.insert(own) {
            return feature.name.clone();
        }
        let numbered = (2u32..).map(|number| format!("{}_{number}", feature.name));
        let free = numbered.into_iter().find(|name| {
            let folded = name.to_lowercase();
            !reserved.contains_key(&folded) && taken.insert(folded)
        });
        free.unwrap_or_default()
    };
    features.iter().map(&mut column).collect()
}

fn describe(column: String, feature: &Feature) -> Field {
    let version = feature.version.to_string();
    let sentence = feature.sentence.template();
    let mut pairs = vec![
        ("version", version.as_str()),
        ("unit", feature.unit),
        ("group", feature.group.name()),
        ("kind", feature.kind.name()),
        ("sentence", sentence.as_str()),
    ];
    if feature.can_miss {
        pairs.push(("missing", "-1"));
    }
    if column != feature.name {
        pairs.push(("feature", &feature.name));
    }
    let metadata = said(&pairs);
    Field::new(column, DataType::Float64, false).with_metadata(metadata)
}

fn said(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// The field as batches have it.
fn with_dictionaries(field: &Arc<Field>) -> Arc<Field> {
    let kind = match field.data_type() {
        DataType::Utf8 if field.name() != "lead" => dictionary(),
        DataType::List(element) => DataType::List(with_dictionaries(element)),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(with_dictionaries).collect()),
        other => other.clone(),
    };
    Arc::new(Field::new(field.name(), kind, field.is_nullable()))
}

/// What a restore reads is laid out for reading: plain, not compressed, so that its bytes are taken from where they lie. The rest is
/// read rarely and written always: Zstandard at its quickest. A column chunk's bounds are kept where a query could use them.
fn layout(compression: Compression) -> WriterProperties {
    let path = |name: &str| ColumnPath::from(name.split('/').map(str::to_owned).collect::<Vec<_>>());
    let mut properties = WriterProperties::builder()
        .set_created_by(concat!("needle version ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_sorting_columns(Some(vec![SortingColumn { column_idx: 1, descending: false, nulls_first: false }]))
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
        .set_compression(compression);
    for name in ["lead", "state", "decision", "touchpoints/list/element/id"] {
        properties = properties
            .set_column_dictionary_enabled(path(name), false)
            .set_column_encoding(path(name), Encoding::PLAIN)
            .set_column_compression(path(name), Compression::UNCOMPRESSED);
    }
    for name in ["as_of", "input_offset", "touchpoints/list/element/at"] {
        properties = properties
            .set_column_dictionary_enabled(path(name), false)
            .set_column_encoding(path(name), Encoding::DELTA_BINARY_PACKED)
            .set_column_compression(path(name), Compression::UNCOMPRESSED);
    }
    for name in ["tenant", "lead", "as_of", "score"] {
        properties = properties.set_column_statistics_enabled(path(name), EnabledStatistics::Chunk);
    }
    properties.build()
}
