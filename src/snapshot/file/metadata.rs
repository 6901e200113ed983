//! The file's key-value metadata, so that a lone file can be understood: all keys begin with `needle.`, all values are JSON.

use parquet::file::metadata::KeyValue;
use serde::{Deserialize, Serialize};

use super::{About, FORMAT, Unreadable};
use crate::config::{Theme, Trait, TraitKind};

/// Version of the format, a number. Whatever changes, this stays where it is.
pub const FORMAT_KEY: &str = "needle.format";
/// Names of the themes, in the order of their bits in `state`.
pub const THEMES_KEY: &str = "needle.themes";
/// `name` and `kind` of the traits, in the order of their numbers in `state`.
pub const TRAITS_KEY: &str = "needle.traits";

/// Every key, and what its value is.
pub const KEYS: [(&str, &str); 9] = [
    (FORMAT_KEY, "version of this format"),
    ("needle.version", "version of the needle that wrote the file"),
    ("needle.partition", "partition of the input topics"),
    ("needle.kind", "increment: the leads that changed since the entry before; base: all leads"),
    ("needle.number", "entry of the partition's snapshot log that the file was written for"),
    ("needle.reach", "offsets of each input topic that are in the leads: from, to (the next one)"),
    ("needle.said", "score changes before this offset are in `decision`; those from there on may be or not"),
    (THEMES_KEY, "names of the themes, in the order of their bits in `state`"),
    (TRAITS_KEY, "name and kind of the traits, in the order of their numbers in `state`"),
];

/// What the places of themes and traits in `state` stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lists {
    pub themes: Vec<String>,
    pub traits: Vec<ListedTrait>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedTrait {
    pub name: String,
    #[serde(with = "Kinds")]
    pub kind: TraitKind,
}

/// As the configuration spells them.
#[derive(Serialize, Deserialize)]
#[serde(remote = "TraitKind", rename_all = "snake_case")]
enum Kinds {
    Number,
    Category,
    Flag,
    Title,
}

impl Lists {
    pub fn new(themes: &[Theme], traits: &[Trait]) -> Self {
        let listed = |t: &Trait| ListedTrait { name: t.name.clone(), kind: t.kind };
        Self { themes: themes.iter().map(|t| t.name.clone()).collect(), traits: traits.iter().map(listed).collect() }
    }

    /// The lists of a file, if this binary reads its format.
    pub fn read(metadata: &[KeyValue]) -> Result<Self, Unreadable> {
        let format: u64 = match value(metadata, FORMAT_KEY) {
            None => return Err(Unreadable::Foreign),
            Some(text) => json(FORMAT_KEY, text)?,
        };
        match format {
            0 => return Err(Unreadable::Metadata { key: FORMAT_KEY, what: "is 0".to_owned() }),
            newer if newer > u64::from(FORMAT) => return Err(Unreadable::Newer(newer)),
            _ => {}
        }
        let lists = Self { themes: needed(metadata, THEMES_KEY)?, traits: needed(metadata, TRAITS_KEY)? };
        unique(THEMES_KEY, lists.themes.iter().map(String::as_str))?;
        unique(TRAITS_KEY, lists.traits.iter().map(|t| t.name.as_str()))?;
        Ok(lists)
    }

    /// All metadata of a file.
    pub(super) fn write(&self, about: &About) -> Vec<KeyValue> {
        let About { partition, kind, number, reach, said } = about;
        let json = |value: serde_json::Value| value.to_string();
        let values = [
            FORMAT.to_string(),
            json(env!("CARGO_PKG_VERSION").into()),
            partition.to_string(),
            json(serde_json::json!(kind)),
            number.to_string(),
            json(serde_json::json!(reach)),
            json(serde_json::json!(said)),
            json(serde_json::json!(self.themes)),
            json(serde_json::json!(self.traits)),
        ];
        KEYS.iter().zip(values).map(|((key, _), value)| KeyValue::new((*key).to_owned(), value)).collect()
    }
}

fn value<'a>(metadata: &'a [KeyValue], key: &str) -> Option<&'a str> {
    metadata.iter().find(|pair| pair.key == key)?.value.as_deref()
}

fn needed<'a, T: Deserialize<'a>>(metadata: &'a [KeyValue], key: &'static str) -> Result<T, Unreadable> {
    let text = value(metadata, key).ok_or_else(|| Unreadable::Metadata { key, what: "is missing".to_owned() })?;
    json(key, text)
}

fn json<'a, T: Deserialize<'a>>(key: &'static str, text: &'a str) -> Result<T, Unreadable> {
    serde_json::from_str(text)
        .map_err(|error| Unreadable::Metadata { key, what: format!("is not as written: {error}") })
}

fn unique<'a>(key: &'static str, names: impl Iterator<Item = &'a str>) -> Result<(), Unreadable> {
    let mut seen = std::collections::HashSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(Unreadable::Metadata { key, what: format!("names `{name}` twice") });
        }
    }
    Ok(())
}
