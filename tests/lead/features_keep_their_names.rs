//! Names, versions, units, groups and sentences are a promise to models, snapshots and people: they change on purpose only.

use std::collections::BTreeSet;

use crate::features_support::{bless, golden, schema, theme};
use needle::commands::features::list;
use needle::config::{Trait, TraitKind};
use needle::features::Schema;

#[test]
fn the_list_is_the_golden_one() {
    let mut listed = Vec::new();
    list(&schema(), false, &mut listed).expect("a vector takes everything");
    let listed = String::from_utf8(listed).expect("text");
    let file = golden("features.txt");
    if bless() {
        std::fs::write(&file, &listed).expect("golden file");
    }
    let golden = std::fs::read_to_string(&file).expect("tests/golden/features.txt");
    for (line, golden) in listed.lines().zip(golden.lines()) {
        assert_eq!(line, golden, "changed on purpose? NEEDLE_BLESS=1 writes the golden file anew");
    }
    assert_eq!(listed.len(), golden.len());
}

#[test]
fn names_are_unique_whatever_themes_and_traits_are_called() {
    let themes: Vec<_> =
        ["a b", "a_b", "A b", "a_b_2", "", "Preise & Pläne", "価格"].map(|name| theme(name, false)).to_vec();
    let of = |name: &str, kind| Trait { name: name.into(), path: vec![], kind };
    let traits = [
        of("x", TraitKind::Title),
        of("x_rank", TraitKind::Number),
        of("x_missing", TraitKind::Flag),
        of("x", TraitKind::Category),
    ];
    let schema = Schema::of(&themes, &traits);
    let names: BTreeSet<_> = schema.features().iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names.len(), schema.width());
    for (slot, feature) in schema.features().iter().enumerate() {
        assert_eq!(schema.index(&feature.name), Some(slot));
    }
    assert_eq!(schema.index("theme_a_b_count_7d_3").map(|slot| &schema.features()[slot].unit), Some(&"visits"));
    assert_eq!(schema.index("no such feature"), None);
}

#[test]
fn machines_read_the_same_list() {
    let mut listed = Vec::new();
    list(&schema(), true, &mut listed).expect("a vector takes everything");
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&listed).expect("a JSON array");
    let schema = schema();
    assert_eq!(rows.len(), schema.width());
    for (row, feature) in rows.iter().zip(schema.features()) {
        assert_eq!(row["name"], feature.name.as_str());
        assert_eq!(row["version"], feature.version);
        assert_eq!(row["unit"], feature.unit);
        assert_eq!(row["group"], feature.group.name());
        assert_eq!(row["missing"], if feature.can_miss { serde_json::json!(-1.0) } else { serde_json::Value::Null });
        assert_eq!(row["sentence"], feature.sentence.template());
    }
}
