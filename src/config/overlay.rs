//! What is said outside of the file: the environment, and `--set`, which is stronger.

use std::ffi::{OsStr, OsString};

use super::report::{Mistakes, Origin};
use super::tree::{Node, Table, Value, parse_key, parse_value};
use super::{librdkafka, vocabulary};

const PREFIX: &str = "NEEDLE_";

/// Puts the variables `NEEDLE_SECTION__KEY` over `root`.
///
/// A variable without `__` is ours only where it names a section as a whole (`NEEDLE_JUMPS`): Kubernetes puts variables like
/// `NEEDLE_SERVICE_HOST` into every pod beside a service called needle.
pub(super) fn environment(
    root: &mut Table,
    variables: impl IntoIterator<Item = (OsString, OsString)>,
    mistakes: &Mistakes,
) {
    let mut ours: Vec<(String, Vec<String>, OsString)> = variables
        .into_iter()
        .filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            let Some(path) = path_of(&name) else {
                if let Some(meant) = meant_by(&name) {
                    mistakes.add("", &Origin::Environment(name), format!("would not be read: write {meant}"));
                }
                return None;
            };
            Some((name, path, value))
        })
        .collect();
    // A section as a whole comes before its keys, in whatever order the system lists them.
    ours.sort();
    for (name, path, value) in ours {
        let origin = Origin::Environment(name);
        match value.into_string() {
            Ok(text) => assign(root, &path, parse_value(&text, origin)),
            Err(_) => mistakes.add(path.join("."), &origin, "must be UTF-8"),
        }
    }
}

/// The dotted key that a variable stands for; `None` for one that is not ours.
fn path_of(variable: &str) -> Option<Vec<String>> {
    let rest = variable.strip_prefix(PREFIX)?;
    let mut parts: Vec<String> = rest.split("__").map(str::to_lowercase).collect();
    match parts.as_mut_slice() {
        [section] => vocabulary::is_section(section).then_some(parts),
        [kafka, properties @ ..] if kafka == "kafka" => {
            let property = properties.join(".").replace('_', ".");
            Some(vec!["kafka".to_owned(), property])
        }
        // Names of bands are the operator's own: their case counts.
        [section, key, band] if section == "scoring" && key == "bands" => {
            *band = rest.rsplit("__").next().unwrap_or_default().to_owned();
            Some(parts)
        }
        _ => Some(parts),
    }
}

/// The variable that was meant by one with a single `_` behind its section: only where that is a key to the letter, so that an
/// orchestrator's own variables are passed over.
fn meant_by(variable: &str) -> Option<String> {
    let (section, key) = variable.strip_prefix(PREFIX)?.split_once('_')?;
    let name = key.to_lowercase();
    let is_key = if section == "KAFKA" {
        librdkafka::names().any(|property| property == name.replace('_', "."))
    } else {
        vocabulary::KEYS.contains(&format!("{}.{name}", section.to_lowercase()).as_str())
    };
    is_key.then(|| format!("{PREFIX}{section}__{key}"))
}

/// Puts `key=value` over `root`.
pub(super) fn set<'s>(root: &mut Table, settings: impl IntoIterator<Item = &'s str>, mistakes: &Mistakes) {
    for setting in settings {
        let Some((key, value)) = split_setting(setting) else {
            let shown = setting.split('=').next().unwrap_or_default();
            mistakes.add("", &Origin::Set(shown.to_owned()), "must be written key=value");
            continue;
        };
        let origin = Origin::Set(key.to_owned());
        match parse_key(key) {
            None => mistakes.add("", &origin, "must have a dotted TOML key before its '='"),
            Some(path) => assign(root, &path, parse_value(value, origin)),
        }
    }
}

/// Splits at the first `=` that is not within a quoted part of the key.
fn split_setting(setting: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    for (at, c) in setting.char_indices() {
        match (quote, c) {
            (None, '=') => return Some((setting[..at].trim(), &setting[at + 1..])),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

/// A table given for a section is merged into it key by key; any other value replaces what was there.
fn assign(root: &mut Table, path: &[String], mut value: Node) {
    if let ([section], Value::Table(entries)) = (path, &mut value.value)
        && vocabulary::is_section(section)
    {
        for (key, node) in std::mem::take(entries) {
            assign(root, &[section.clone(), key], node);
        }
        return;
    }
    match path {
        [section, property @ ..] if section == "kafka" && !property.is_empty() => {
            for (property, node) in flatten(property.join("."), value) {
                put(root, &[section.clone(), property], node);
            }
        }
        _ => put(root, path, value),
    }
}

fn put(table: &mut Table, path: &[String], value: Node) {
    let Some((first, rest)) = path.split_first() else { return };
    let index = table.iter().position(|(key, _)| key == first).unwrap_or_else(|| {
        let empty = Node { value: Value::Table(Table::new()), origin: value.origin.clone(), raw: None };
        table.push((first.clone(), empty));
        table.len() - 1
    });
    let (_, node) = &mut table[index];
    if rest.is_empty() {
        *node = value;
        return;
    }
    if !matches!(node.value, Value::Table(_)) {
        *node = Node { value: Value::Table(Table::new()), origin: value.origin.clone(), raw: None };
    }
    if let Value::Table(inner) = &mut node.value {
        put(inner, rest, value);
    }
}

/// Gives every property of `kafka` one dotted name: `bootstrap.servers = …` without its quotes is a table in a table to TOML.
pub(super) fn flatten_kafka(root: &mut Table) {
    if let Some((_, Node { value: Value::Table(entries), .. })) = root.iter_mut().find(|(key, _)| key == "kafka") {
        let flat = std::mem::take(entries).into_iter().flat_map(|(name, node)| flatten(name, node)).collect();
        *entries = flat;
    }
}

fn flatten(name: String, node: Node) -> Vec<(String, Node)> {
    match node.value {
        Value::Table(entries) => {
            entries.into_iter().flat_map(|(key, inner)| flatten(format!("{name}.{key}"), inner)).collect()
        }
        _ => vec![(name, node)],
    }
}

/// The variables of this process.
pub fn variables() -> impl Iterator<Item = (OsString, OsString)> {
    std::env::vars_os().filter(|(name, _)| starts_with(name, PREFIX))
}

fn starts_with(name: &OsStr, prefix: &str) -> bool {
    name.as_encoded_bytes().starts_with(prefix.as_bytes())
}
