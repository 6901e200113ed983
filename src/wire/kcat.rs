//! Records as lines of JSON, as `kcat -J` prints them: what `replay` reads, and how it writes dead letters.
//!
//! `{"topic":…,"partition":…,"offset":…,"tstype":"create","ts":…,"broker":…,"headers":[name,value,…],"key":…,"payload":…}`.
//! Bytes that are no text stand in Base64 in `key_b64`, `payload_b64` and `headers_b64` (names and values alike) instead.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::encode::Json;
use super::fields::Top;
use super::instant;
use super::json::{Parser, View};
use super::raw;
use super::record::{Headers, OwnedHeaders, OwnedRecord, Record};

/// A line that is a record by its fields, but whose fields make no record.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum LineError {
    #[error("{field} is no Base64: {cause}")]
    Base64 { field: &'static str, cause: base64::DecodeError },
    #[error("headers: {0}")]
    Headers(&'static str),
    /// A field has the wrong type, or a number is too large.
    #[error("{0}")]
    Fields(String),
}

/// Reads lines; owns its buffers.
pub struct LineReader {
    parser: Parser,
}

impl Default for LineReader {
    fn default() -> Self {
        Self { parser: Parser::new(super::decode::MAX_TEXT_DEPTH) }
    }
}

impl LineReader {
    /// The record in a line: one that `kcat -J` printed if it has `topic`, `partition`, `offset`, a payload and no `type`,
    /// else a bare event, whose topic is the file's name and whose offset is the number of the line.
    ///
    /// A bare event's record time is its `receivedAt`, else its `sentAt`, else its own time. For a batch these are the batch's,
    /// else the latest among its items. Without any (or where the line is no JSON) the time is -1: nobody knows.
    pub fn read(&mut self, line: &[u8], topic: &str, line_number: i64) -> Result<OwnedRecord, LineError> {
        let json = raw::trim(line);
        let kind = self.parser.parse(json, |value| {
            if is_record(value) { Kind::Record } else { Kind::Event { at_ms: record_time(value).unwrap_or(-1) } }
        });
        // What is no JSON is an event too: the decoder will say what is wrong with it.
        match kind.unwrap_or(Kind::Event { at_ms: -1 }) {
            Kind::Record => read_record(json),
            Kind::Event { at_ms } => Ok(OwnedRecord {
                topic: topic.to_owned(),
                partition: 0,
                offset: line_number,
                at_ms,
                key: None,
                value: Some(line.to_vec()),
                headers: OwnedHeaders::new(),
            }),
        }
    }
}

enum Kind {
    Record,
    Event { at_ms: i64 },
}

fn is_record(line: View<'_>) -> bool {
    let is_number = |key| line.get(key).is_some_and(|v| v.number().is_some());
    line.get("topic").is_some_and(|v| v.text().is_some())
        && is_number("partition")
        && is_number("offset")
        && (line.get("payload").is_some() || line.get("payload_b64").is_some())
        && line.get("type").is_none()
}

fn record_time(line: View<'_>) -> Option<i64> {
    let top = Top::read(line);
    let time = |value: Option<View<'_>>| value.and_then(instant::read).filter(|&ms| ms >= 0);
    let told = time(top.received_at).or_else(|| time(top.sent_at));
    let own = || time(top.timestamp).or_else(|| time(top.original_timestamp));
    let items = || top.batch.into_iter().flat_map(View::elements).filter_map(record_time).max();
    let inner = || top.data.filter(|data| data.is_object()).and_then(record_time).or_else(|| time(top.time));
    told.or_else(own).or_else(items).or_else(inner)
}

#[derive(Deserialize)]
struct Line<'l> {
    topic: String,
    partition: i32,
    offset: i64,
    ts: Option<i64>,
    #[serde(borrow)]
    headers: Option<&'l RawValue>,
    headers_b64: Option<Vec<Option<String>>>,
    #[serde(borrow)]
    key: Option<&'l RawValue>,
    key_b64: Option<String>,
    #[serde(borrow)]
    payload: Option<&'l RawValue>,
    payload_b64: Option<String>,
}

fn read_record(json: &[u8]) -> Result<OwnedRecord, LineError> {
    let line: Line<'_> = serde_json::from_slice(json).map_err(|e| LineError::Fields(e.to_string()))?;
    let headers = match (line.headers_b64, line.headers) {
        (Some(flat), _) => pairs(flat.into_iter().map(|text| text.map(|t| base64("headers_b64", &t)).transpose()))?,
        (None, Some(headers)) => {
            let flat: Vec<Option<String>> = serde_json::from_str(headers.get())
                .map_err(|_| LineError::Headers("not a flat array of names and values"))?;
            pairs(flat.into_iter().map(|text| Ok(text.map(String::into_bytes))))?
        }
        (None, None) => OwnedHeaders::new(),
    };
    Ok(OwnedRecord {
        topic: line.topic,
        partition: line.partition,
        offset: line.offset,
        at_ms: line.ts.unwrap_or(-1),
        key: bytes("key_b64", line.key_b64, line.key)?,
        value: bytes("payload_b64", line.payload_b64, line.payload)?,
        headers,
    })
}

/// Base64 goes first; a JSON value that is no text stands for its own bytes (kcat prints Avro like that).
fn bytes(field: &'static str, b64: Option<String>, plain: Option<&RawValue>) -> Result<Option<Vec<u8>>, LineError> {
    match (b64, plain) {
        (Some(text), _) => base64(field, &text).map(Some),
        (None, Some(value)) => match serde_json::from_str::<String>(value.get()) {
            Ok(text) => Ok(Some(text.into_bytes())),
            Err(_) if value.get() == "null" => Ok(None),
            Err(_) => Ok(Some(value.get().as_bytes().to_vec())),
        },
        (None, None) => Ok(None),
    }
}

fn base64(field: &'static str, text: &str) -> Result<Vec<u8>, LineError> {
    BASE64.decode(text).map_err(|cause| LineError::Base64 { field, cause })
}

fn pairs(mut flat: impl Iterator<Item = Result<Option<Vec<u8>>, LineError>>) -> Result<OwnedHeaders, LineError> {
    let mut headers = OwnedHeaders::new();
    while let Some(name) = flat.next() {
        let name = name?.ok_or(LineError::Headers("a name is null"))?;
        let value = flat.next().ok_or(LineError::Headers("a name without a value"))??;
        headers.push((name, value));
    }
    Ok(headers)
}

/// Appends `record` as one line (with its line feed) that [`LineReader`] reads back whole; for a dead letter with its
/// reason and detail.
pub fn write_line(record: &Record<'_>, fault: Option<(&str, &str)>, out: &mut Vec<u8>) {
    let mut json = Json(out);
    json.raw("{\"topic\":").text(record.topic);
    json.raw(",\"partition\":").integer(record.partition.into());
    json.raw(",\"offset\":").integer(record.offset);
    if record.at_ms != -1 {
        json.raw(",\"tstype\":\"create\",\"ts\":").integer(record.at_ms);
    }
    write_headers(record.headers, &mut json);
    write_bytes("key", record.key, &mut json);
    write_bytes("payload", record.value, &mut json);
    if let Some((reason, detail)) = fault {
        json.raw(",\"reason\":").text(reason);
        json.raw(",\"detail\":").text(detail);
    }
    json.raw("}\n");
}

fn write_bytes(field: &str, bytes: Option<&[u8]>, json: &mut Json<'_>) {
    json.raw(",\"").raw(field);
    match bytes.map(|bytes| (bytes, std::str::from_utf8(bytes))) {
        None => json.raw("\":null"),
        Some((_, Ok(text))) => json.raw("\":").text(text),
        Some((bytes, Err(_))) => json.raw("_b64\":").text(&BASE64.encode(bytes)),
    };
}

fn write_headers(headers: &dyn Headers, json: &mut Json<'_>) {
    if headers.is_empty() {
        return;
    }
    let all = || (0..headers.len()).map(|index| headers.get(index));
    let is_text = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok();
    let are_text = all().all(|(name, value)| is_text(name) && value.is_none_or(is_text));
    let write = |bytes: &[u8], json: &mut Json<'_>| {
        match std::str::from_utf8(bytes) {
            Ok(text) if are_text => json.text(text),
            _ => json.text(&BASE64.encode(bytes)),
        };
    };
    json.raw(if are_text { ",\"headers\":[" } else { ",\"headers_b64\":[" });
    for (index, (name, value)) in all().enumerate() {
        json.raw(if index == 0 { "" } else { "," });
        write(name, json);
        json.raw(",");
        match value {
            Some(value) => write(value, json),
            None => _ = json.raw("null"),
        }
    }
    json.raw("]");
}
