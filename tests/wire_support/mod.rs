//! What the tests of `wire` share: a decoder, owned events, the folder of real payloads.
#![allow(dead_code)] // each test uses a part of it

use std::path::PathBuf;

use needle::config::{Limits, Tenancy, Trait, TraitKind};
use needle::wire::decode::Decoder;
use needle::wire::event::{Event, EventType, Scalar};
use needle::wire::fault::Fault;
use needle::wire::record::{OwnedHeaders, OwnedRecord};

pub const RECORD_MS: i64 = 1_795_252_443_120; // 2026-11-21T09:14:03.120Z

pub fn limits() -> Limits {
    let blocked = ["null", "undefined", "anonymous", "0", "none", "guest"];
    Limits { record_bytes: 1 << 20, blocked_ids: blocked.map(str::to_owned).to_vec() }
}

pub fn traits() -> Vec<Trait> {
    let kept = |name: &str, path: &[&str], kind| Trait {
        name: name.to_owned(),
        path: path.iter().map(|p| (*p).to_owned()).collect(),
        kind,
    };
    vec![
        kept("employees", &["/company/employee_count", "/employees"], TraitKind::Number),
        kept("title", &["/title", "/jobs/0/title"], TraitKind::Title),
        kept("plan", &["/a~1b/~0c"], TraitKind::Category),
    ]
}

pub fn decoder() -> Decoder {
    Decoder::with(&limits(), &Tenancy::None, &traits())
}

pub fn record(value: impl Into<Vec<u8>>) -> OwnedRecord {
    OwnedRecord {
        topic: "events".into(),
        partition: 2,
        offset: 17,
        at_ms: RECORD_MS,
        value: Some(value.into()),
        ..OwnedRecord::default()
    }
}

pub fn with_headers(value: impl Into<Vec<u8>>, headers: &[(&str, &str)]) -> OwnedRecord {
    let headers: OwnedHeaders =
        headers.iter().map(|(n, v)| (n.as_bytes().to_vec(), Some(v.as_bytes().to_vec()))).collect();
    OwnedRecord { headers, ..record(value) }
}

/// [`Event`], owned.
#[derive(Clone, Debug, PartialEq)]
pub struct Owned {
    pub tenant: String,
    pub lead: String,
    pub known: bool,
    pub kind: EventType,
    pub id: String,
    pub name: Option<String>,
    pub at_ms: i64,
    /// url, path, search, title, referrer
    pub page: [Option<String>; 5],
    /// source, medium, name
    pub campaign: [Option<String>; 3],
    pub offline: bool,
    pub form_completeness: Option<f64>,
    pub traits: Vec<(u16, OwnedScalar)>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum OwnedScalar {
    Null,
    Flag(bool),
    Number(f64),
    Text(String),
}

impl From<&Event<'_>> for Owned {
    fn from(event: &Event<'_>) -> Self {
        let Event { page: p, campaign: c, .. } = event;
        Self {
            tenant: event.tenant.into(),
            lead: event.lead.into(),
            known: event.known,
            kind: event.kind,
            id: event.id.into(),
            name: event.name.map(str::to_owned),
            at_ms: event.at_ms,
            page: [p.url, p.path, p.search, p.title, p.referrer].map(|part| part.map(str::to_owned)),
            campaign: [c.source, c.medium, c.name].map(|part| part.map(str::to_owned)),
            offline: event.offline,
            form_completeness: event.form_completeness,
            traits: event
                .traits
                .iter()
                .map(|(index, value)| {
                    let value = match *value {
                        Scalar::Null => OwnedScalar::Null,
                        Scalar::Flag(flag) => OwnedScalar::Flag(flag),
                        Scalar::Number(number) => OwnedScalar::Number(number),
                        Scalar::Text(text) => OwnedScalar::Text(text.to_owned()),
                    };
                    (*index, value)
                })
                .collect(),
        }
    }
}

/// The events of a record with their items, and its fault. Checks what holds for every record.
pub fn decode_with(decoder: &mut Decoder, record: &OwnedRecord) -> (Vec<(Option<u32>, Owned)>, Option<Fault>) {
    let mut events = Vec::new();
    let decoded = decoder.decode(&record.as_record(), &mut |item, event| events.push((item, Owned::from(event))));
    assert_eq!(decoded.good as usize, events.len());
    (events, decoded.fault)
}

pub fn decode(record: &OwnedRecord) -> (Vec<(Option<u32>, Owned)>, Option<Fault>) {
    decode_with(&mut decoder(), record)
}

/// The only event of a record without fault.
pub fn one(record: &OwnedRecord) -> Owned {
    let (mut events, fault) = decode(record);
    assert_eq!((events.len(), &fault), (1, &None));
    let (item, event) = events.remove(0);
    assert_eq!(item, None);
    event
}

/// The fault of a record without events.
pub fn fault(record: &OwnedRecord) -> Fault {
    let (events, fault) = decode(record);
    assert_eq!(events, []);
    fault.expect("a fault")
}

/// Folder of real payloads; `None` (said aloud) where it is not there.
pub fn payloads() -> Option<PathBuf> {
    let shared = std::env::var_os("NEEDLE_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let folder = shared.join("data/payloads");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {} is not there", folder.display());
    None
}

/// The raw bytes of the 303 events of RudderStack's tests, with their paths.
pub fn rudder(folder: &std::path::Path) -> Vec<(String, String)> {
    #[derive(serde::Deserialize)]
    struct Line<'l> {
        path: String,
        #[serde(borrow)]
        event: &'l serde_json::value::RawValue,
    }
    let text = std::fs::read_to_string(folder.join("rudder/events.jsonl")).expect("events.jsonl");
    let lines = text.lines().map(|line| serde_json::from_str::<Line<'_>>(line).expect("a line"));
    lines.map(|line| (line.path, line.event.get().to_owned())).collect()
}

/// Segment's own fixtures: file name, content.
pub fn segment_go(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let files = std::fs::read_dir(folder.join("segment_go")).expect("segment_go");
    let mut files: Vec<_> = files.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "json"));
    files.sort();
    let name = |path: &PathBuf| path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    files.iter().map(|path| (name(path), std::fs::read(path).expect("a fixture"))).collect()
}
