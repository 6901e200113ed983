//! Records as lines of `kcat -J`, which `needle replay` reads as if it had consumed them.

use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::Record;

/// One line, without its end. Bytes that are no text go into the `_b64` fields.
pub fn line(record: &Record) -> String {
    let mut line = Map::new();
    line.insert("topic".into(), json!(record.topic));
    line.insert("partition".into(), json!(record.partition));
    line.insert("offset".into(), json!(record.offset));
    line.insert("tstype".into(), json!("create"));
    line.insert("ts".into(), json!(record.at_ms));
    line.insert("broker".into(), json!(1));
    if !record.headers.is_empty() {
        put_headers(&mut line, record);
    }
    put_bytes(&mut line, "key", record.key.as_deref());
    put_bytes(&mut line, "payload", record.value.as_deref());
    Value::Object(line).to_string()
}

/// Writes the records as a file for `needle replay --events`.
pub fn write<'a>(file: &Path, records: impl IntoIterator<Item = &'a Record>) {
    let mut out = std::io::BufWriter::new(std::fs::File::create(file).expect("a new file"));
    for record in records {
        writeln!(out, "{}", line(record)).expect("written");
    }
    out.flush().expect("written");
}

/// The bytes that a line holds under `name` or `name_b64`.
pub fn bytes(line: &Value, name: &str) -> Option<Vec<u8>> {
    match &line[format!("{name}_b64")] {
        Value::String(text) => Some(STANDARD.decode(text).expect("base64")),
        _ => line[name].as_str().map(|text| text.as_bytes().to_vec()),
    }
}

/// The headers that a line holds, flat as kcat prints them: name, value, name, value.
pub fn headers(line: &Value) -> super::record::HeaderList {
    let (flat, encoded) = match &line["headers_b64"] {
        Value::Array(flat) => (flat.as_slice(), true),
        _ => (line["headers"].as_array().map_or(&[][..], Vec::as_slice), false),
    };
    let read = |value: &Value| {
        let text = value.as_str()?;
        Some(if encoded { STANDARD.decode(text).expect("base64") } else { text.as_bytes().to_vec() })
    };
    let name = |value: &Value| super::record::lossy(&read(value).expect("a name"));
    flat.chunks_exact(2).map(|pair| (name(&pair[0]), read(&pair[1]))).collect()
}

fn put_bytes(line: &mut Map<String, Value>, name: &str, bytes: Option<&[u8]>) {
    match bytes.map(|b| (std::str::from_utf8(b), b)) {
        None => line.insert(name.into(), Value::Null),
        Some((Ok(text), _)) => line.insert(name.into(), json!(text)),
        Some((Err(_), raw)) => line.insert(format!("{name}_b64"), json!(STANDARD.encode(raw))),
    };
}

fn put_headers(line: &mut Map<String, Value>, record: &Record) {
    let is_text = |value: &Option<Vec<u8>>| value.as_ref().is_none_or(|v| std::str::from_utf8(v).is_ok());
    let text = record.headers.iter().all(|(_, value)| is_text(value));
    let show = |raw: &[u8]| if text { super::record::lossy(raw) } else { STANDARD.encode(raw) };
    let mut flat = Vec::new();
    for (name, value) in &record.headers {
        flat.push(json!(show(name.as_bytes())));
        flat.push(value.as_deref().map_or(Value::Null, |v| json!(show(v))));
    }
    line.insert(if text { "headers" } else { "headers_b64" }.into(), Value::Array(flat));
}
