//! The example file shows every key, and each value in it is the default that it claims to be.

use needle::config::{Config, vocabulary};

const EXAMPLE: &str = include_str!("../../needle.example.toml");

#[test]
fn the_example_is_the_default_configuration() {
    let example = Config::from_toml(EXAMPLE).unwrap_or_else(|report| panic!("{report}"));
    let default = Config::from_toml("").unwrap_or_else(|report| panic!("{report}"));
    // The one key of which it is known whether anybody has said it.
    let said = format!("[snapshots]\nurl = {:?}", default.snapshots.url);
    let default = Config::from_toml(&said).unwrap_or_else(|report| panic!("{report}"));
    assert_eq!(format!("{example:#?}"), format!("{default:#?}"));
}

#[test]
fn the_settings_that_are_commented_out_are_right_as_well() {
    let settings = uncommented();
    assert_ne!(settings, EXAMPLE);
    let config = Config::from_toml(&settings).unwrap_or_else(|report| panic!("{report}"));
    assert_eq!(config.kafka.brokers(), Some("127.0.0.1:9092"));
    assert_eq!(config.scoring.anchor_probability, Some(0.01));
}

#[test]
fn the_example_shows_every_key() {
    let document: toml::Table = uncommented().parse().unwrap();
    for key in vocabulary::KEYS {
        let shown = match key.split_once('.') {
            None => document.contains_key(*key),
            Some((section, key)) => match &document[section] {
                toml::Value::Array(tables) => tables.iter().any(|table| table.get(key).is_some()),
                table => table.get(key).is_some(),
            },
        };
        assert!(shown, "{key}");
    }
}

/// The example with its `#key = …` lines switched on; prose has a blank after the `#`.
fn uncommented() -> String {
    let switch_on = |line: &str| match line.strip_prefix('#') {
        Some(setting) if !setting.is_empty() && !setting.starts_with(' ') => setting.to_owned(),
        _ => line.to_owned(),
    };
    EXAMPLE.lines().map(switch_on).collect::<Vec<_>>().join("\n")
}
