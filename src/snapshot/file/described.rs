//! The columns in Arrow's terms, as metadata: what carries each column's meaning.
//!
//! The bytes are those of an Arrow IPC message
//! (<https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format>), as Arrow's own writer has it, but that all that
//! is said more than once (words, pairs, types) is there once. There are hundreds of columns, and a file may have ten rows: so the
//! description takes half the room.

use std::collections::HashMap;

use arrow_ipc as ipc;
use arrow_schema::{ArrowError, DataType, Field, Fields, Schema, TimeUnit};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flatbuffers::{FlatBufferBuilder, ForwardsUOffset, UnionWIPOffset, Vector, WIPOffset};
use parquet::arrow::ARROW_SCHEMA_META_KEY;
use parquet::file::metadata::KeyValue;

/// The metadata from which Arrow's readers take fields and what is said of them.
pub(super) fn described(schema: &Schema) -> Result<KeyValue, ArrowError> {
    let mut builder = Builder::default();
    let fields = builder.fields(schema.fields())?;
    let mut buffer = builder.buffer;
    let mut root = ipc::SchemaBuilder::new(&mut buffer);
    root.add_fields(fields);
    let root = root.finish().as_union_value();
    let mut message = ipc::MessageBuilder::new(&mut buffer);
    message.add_version(ipc::MetadataVersion::V5);
    message.add_header_type(ipc::MessageHeader::Schema);
    message.add_header(root);
    message.add_bodyLength(0);
    let message = message.finish();
    buffer.finish(message, None);
    let message = buffer.finished_data();
    let mut framed = vec![0xff; 4];
    framed.extend_from_slice(&(message.len() as u32).to_le_bytes());
    framed.extend_from_slice(message);
    Ok(KeyValue::new(ARROW_SCHEMA_META_KEY.to_owned(), BASE64_STANDARD.encode(framed)))
}

type Children<'a> = WIPOffset<Vector<'a, ForwardsUOffset<ipc::Field<'a>>>>;
type Type<'a> = (ipc::Type, WIPOffset<UnionWIPOffset>, Children<'a>);

#[derive(Default)]
struct Builder<'a> {
    buffer: FlatBufferBuilder<'a>,
    words: HashMap<String, WIPOffset<&'a str>>,
    pairs: HashMap<(String, String), WIPOffset<ipc::KeyValue<'a>>>,
    /// Those without children.
    types: HashMap<DataType, Type<'a>>,
}

impl<'a> Builder<'a> {
    fn fields(&mut self, fields: &Fields) -> Result<Children<'a>, ArrowError> {
        let fields = fields.iter().map(|field| self.field(field)).collect::<Result<Vec<_>, _>>()?;
        Ok(self.buffer.create_vector(&fields))
    }

    fn field(&mut self, field: &Field) -> Result<WIPOffset<ipc::Field<'a>>, ArrowError> {
        let pairs: Vec<_> = field.metadata().iter().map(|(key, value)| self.pair(key, value)).collect();
        let pairs = (!pairs.is_empty()).then(|| self.buffer.create_vector(&pairs));
        let name = self.word(field.name());
        let (kind, details, children) = self.kind(field.data_type())?;
        let mut built = ipc::FieldBuilder::new(&mut self.buffer);
        built.add_name(name);
        built.add_type_type(kind);
        built.add_nullable(field.is_nullable());
        built.add_children(children);
        built.add_type_(details);
        if let Some(pairs) = pairs {
            built.add_custom_metadata(pairs);
        }
        Ok(built.finish())
    }

    fn pair(&mut self, key: &str, value: &str) -> WIPOffset<ipc::KeyValue<'a>> {
        let both = (key.to_owned(), value.to_owned());
        if let Some(pair) = self.pairs.get(&both) {
            return *pair;
        }
        let (key, value) = (self.word(key), self.word(value));
        let pair = ipc::KeyValue::create(&mut self.buffer, &ipc::KeyValueArgs { key: Some(key), value: Some(value) });
        self.pairs.insert(both, pair);
        pair
    }

    fn word(&mut self, word: &str) -> WIPOffset<&'a str> {
        let Self { buffer, words, .. } = self;
        *words.entry(word.to_owned()).or_insert_with(|| buffer.create_string(word))
    }

    fn kind(&mut self, of: &DataType) -> Result<Type<'a>, ArrowError> {
        if let Some(known) = self.types.get(of) {
            return Ok(*known);
        }
        match of {
            DataType::List(element) => {
                let children = self.fields(&Fields::from(vec![element.clone()]))?;
                let list = ipc::List::create(&mut self.buffer, &ipc::ListArgs {});
                return Ok((ipc::Type::List, list.as_union_value(), children));
            }
            DataType::Struct(fields) => {
                let children = self.fields(fields)?;
                let of = ipc::Struct_::create(&mut self.buffer, &ipc::Struct_Args {});
                return Ok((ipc::Type::Struct_, of.as_union_value(), children));
            }
            _ => {}
        }
        let (kind, details) = self.plain(of)?;
        let none: [WIPOffset<ipc::Field<'a>>; 0] = [];
        let built = (kind, details, self.buffer.create_vector(&none));
        self.types.insert(of.clone(), built);
        Ok(built)
    }

    fn plain(&mut self, of: &DataType) -> Result<(ipc::Type, WIPOffset<UnionWIPOffset>), ArrowError> {
        let zone = match of {
            DataType::Timestamp(_, Some(zone)) => Some(self.word(zone)),
            _ => None,
        };
        let buffer = &mut self.buffer;
        let mut int = |bits, signed| {
            let args = ipc::IntArgs { bitWidth: bits, is_signed: signed };
            (ipc::Type::Int, ipc::Int::create(buffer, &args).as_union_value())
        };
        Ok(match of {
            DataType::Int32 => int(32, true),
            DataType::Int64 => int(64, true),
            DataType::UInt64 => int(64, false),
            DataType::Float64 => {
                let args = ipc::FloatingPointArgs { precision: ipc::Precision::DOUBLE };
                (ipc::Type::FloatingPoint, ipc::FloatingPoint::create(buffer, &args).as_union_value())
            }
            DataType::Utf8 => (ipc::Type::Utf8, ipc::Utf8::create(buffer, &ipc::Utf8Args {}).as_union_value()),
            DataType::Binary => (ipc::Type::Binary, ipc::Binary::create(buffer, &ipc::BinaryArgs {}).as_union_value()),
            DataType::Timestamp(TimeUnit::Millisecond, _) => {
                let args = ipc::TimestampArgs { unit: ipc::TimeUnit::MILLISECOND, timezone: zone };
                (ipc::Type::Timestamp, ipc::Timestamp::create(buffer, &args).as_union_value())
            }
            other => return Err(ArrowError::NotYetImplemented(format!("no column is of type {other}"))),
        })
    }
}
