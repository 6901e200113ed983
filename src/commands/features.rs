//! `needle features`: every feature of a configuration, for people and for machines.

use std::io::{self, Write};

use serde::Serialize;

use crate::config::Config;
use crate::features::{Feature, Group, Kind, Schema};

/// One feature as machines read it.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    version: u32,
    unit: &'a str,
    group: Group,
    kind: Kind,
    /// What stands for "not known"; null where the value always is.
    missing: Option<f64>,
    sentence: String,
}

/// Lists the features of `config` in the order of the vector: an aligned table, or a JSON array of objects.
pub fn features(config: &Config, json: bool, out: &mut impl Write) -> io::Result<()> {
    list(&Schema::new(config), json, out)
}

/// [`features`] of a schema that is there already.
pub fn list(schema: &Schema, json: bool, out: &mut impl Write) -> io::Result<()> {
    if json { as_json(schema.features(), out) } else { as_table(schema.features(), out) }
}

fn as_json(features: &[Feature], out: &mut impl Write) -> io::Result<()> {
    let rows: Vec<Row> = features.iter().map(row).collect();
    serde_json::to_writer_pretty(&mut *out, &rows)?;
    writeln!(out)
}

fn row(feature: &Feature) -> Row<'_> {
    Row {
        name: &feature.name,
        version: feature.version,
        unit: feature.unit,
        group: feature.group,
        kind: feature.kind,
        missing: feature.can_miss.then_some(crate::features::MISSING),
        sentence: feature.sentence.template(),
    }
}

fn as_table(features: &[Feature], out: &mut impl Write) -> io::Result<()> {
    const HEAD: [&str; 5] = ["name", "version", "unit", "group", "sentence"];
    let cells = |f: &Feature| [f.name.clone(), f.version.to_string(), f.unit.into(), f.group.name().into()];
    let mut widths: [usize; 4] = std::array::from_fn(|column| HEAD[column].len());
    for feature in features {
        for (width, cell) in widths.iter_mut().zip(cells(feature)) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let [a, b, c, d] = widths;
    writeln!(out, "{:a$}  {:b$}  {:c$}  {:d$}  {}", HEAD[0], HEAD[1], HEAD[2], HEAD[3], HEAD[4])?;
    for feature in features {
        let [name, version, unit, group] = cells(feature);
        writeln!(out, "{name:a$}  {version:b$}  {unit:c$}  {group:d$}  {}", feature.sentence.template())?;
    }
    Ok(())
}
