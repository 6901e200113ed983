//! The environment is stronger than the file, `--set` stronger than both, key by key.

use std::ffi::OsString;
use std::fs;

use needle::config::{Config, ConfigError, Machine, load};

const FILE: &str = r#"
[service]
application = "of-file"
instance = "of-file"
listen = "127.0.0.1:1"
[scoring]
reasons = 1
horizon_days = 1
sweep_seconds = 1
bands = { Hot = 50, Cold = 0 }
[kafka]
"bootstrap.servers" = "file:1"
client.id = "file"
debug = "broker"
[kafka.consumer]
"fetch.min.bytes" = 1
[[themes]]
name = "of_file"
url = ["x"]
"#;

fn said(environment: &[(&str, &str)], set: &[&str]) -> Result<Config, ConfigError> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("needle.toml");
    fs::write(&file, FILE).unwrap();
    let environment = environment.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    load(Some(&file), environment, set.iter().copied(), &Machine { host: "pod-4".to_owned(), cores: 3 })
}

fn read(environment: &[(&str, &str)], set: &[&str]) -> Config {
    said(environment, set).unwrap_or_else(|report| panic!("{report}"))
}

#[test]
fn file_then_environment_then_set() {
    let environment = [
        ("NEEDLE_SERVICE__INSTANCE", "7"),
        ("NEEDLE_SERVICE__LISTEN", "127.0.0.1:2"),
        ("NEEDLE_SCORING__HORIZON_DAYS", "2"),
        ("NEEDLE_SCORING__SWEEP_SECONDS", "2"),
        ("NEEDLE_SCORING__BANDS__Hot", "60"),
        ("NEEDLE_KAFKA__BOOTSTRAP_SERVERS", "environment:1"),
        ("NEEDLE_KAFKA__CLIENT_ID", "environment"),
        ("NEEDLE_KAFKA__CONSUMER__FETCH_MIN_BYTES", "2"),
        ("NEEDLE_KAFKA__PRODUCER__LINGER_MS", "2"),
    ];
    let set = ["service.listen=127.0.0.1:3", "scoring.sweep_seconds=3", "kafka.\"bootstrap.servers\"=set:1"];
    let config = read(&environment, &set);
    assert_eq!(config.service.application, "of-file");
    assert_eq!(config.service.instance, "7");
    assert_eq!(config.service.listen, "127.0.0.1:3");
    assert_eq!(config.service.lanes, 3);
    assert_eq!((config.scoring.reasons, config.scoring.horizon_days, config.scoring.sweep_seconds), (1, 2, 3));
    assert_eq!(config.scoring.bands, [("Hot".to_owned(), 60), ("Cold".to_owned(), 0)]);
    assert_eq!(config.kafka.common["bootstrap.servers"], "set:1");
    assert_eq!(config.kafka.common["client.id"], "environment");
    assert_eq!(config.kafka.common["debug"], "broker");
    assert_eq!(config.kafka.consumer["fetch.min.bytes"], "2");
    assert_eq!(config.kafka.producer["linger.ms"], "2");
    assert_eq!(config.themes[0].name, "of_file");
}

#[test]
fn a_property_is_one_key_with_and_without_quotes() {
    for key in ["kafka.\"bootstrap.servers\"", "kafka.bootstrap.servers", "kafka.'bootstrap.servers'"] {
        let config = read(&[], &[&format!("{key}=set:1")]);
        assert_eq!(config.kafka.brokers(), Some("set:1"), "{key}");
    }
    let config = read(&[], &["kafka.consumer.fetch.min.bytes=5"]);
    assert_eq!(config.kafka.for_consumer()["fetch.min.bytes"], "5");
}

#[test]
fn the_later_set_wins() {
    assert_eq!(read(&[], &["scoring.reasons=7", "scoring.reasons=8"]).scoring.reasons, 8);
}

#[test]
fn values_are_toml_else_strings() {
    let set =
        ["topics.events=[\"a\", \"b\"]", "service.application=12", "outcomes.repeat=true", "topics.score_jumps=up"];
    let config = read(&[], &set);
    assert_eq!(config.topics.events, ["a", "b"]);
    assert_eq!(config.service.application, "12");
    assert!(config.outcomes.repeat);
    assert_eq!(config.topics.score_jumps, "up");
}

#[test]
fn a_password_is_taken_to_the_letter() {
    for password in ["1_000", "0x10", "true", "2026-01-01", "a=b", "x # y", "'", "[", " blank "] {
        let config = read(&[("NEEDLE_KAFKA__SASL_PASSWORD", password)], &[]);
        assert_eq!(config.kafka.common["sasl.password"], password);
    }
}

#[test]
fn a_section_as_a_whole_is_merged_and_a_list_replaced() {
    let environment = [
        ("NEEDLE_SCORING__REASONS", "9"),
        ("NEEDLE_SCORING", "{ reasons = 8, horizon_days = 8 }"),
        ("NEEDLE_THEMES", "[{ name = \"of_environment\", url = [\"y\"] }]"),
    ];
    let config = read(&environment, &["kafka={ client.id = \"set\" }"]);
    assert_eq!((config.scoring.reasons, config.scoring.horizon_days, config.scoring.sweep_seconds), (9, 8, 1));
    assert_eq!(config.themes.len(), 1);
    assert_eq!(config.themes[0].name, "of_environment");
    assert_eq!(config.kafka.common["client.id"], "set");
    assert_eq!(config.kafka.common["debug"], "broker");
}

#[test]
fn variables_that_an_orchestrator_puts_there_are_passed_over() {
    let environment = [
        ("NEEDLE_SERVICE_HOST", "10.0.0.1"),
        ("NEEDLE_PORT_9464_TCP", "tcp://10.0.0.1:9464"),
        ("NEEDLE_SHARED", "/x"),
        ("NEEDLEX__A", "1"),
        ("SCORING__REASONS", "9"),
    ];
    assert_eq!(read(&environment, &[]).scoring.reasons, 1);
}

/// What one underscore too few would leave unread is said, not passed over.
#[test]
fn a_variable_with_one_underscore_behind_its_section_is_a_mistake() {
    let environment = [("NEEDLE_SCORING_REASONS", "3"), ("NEEDLE_KAFKA_BOOTSTRAP_SERVERS", "a:1")];
    let report = said(&environment, &[]).unwrap_err().to_string();
    for line in [
        "NEEDLE_SCORING_REASONS: would not be read: write NEEDLE_SCORING__REASONS",
        "NEEDLE_KAFKA_BOOTSTRAP_SERVERS: would not be read: write NEEDLE_KAFKA__BOOTSTRAP_SERVERS",
    ] {
        assert!(report.contains(line), "{line}\n{report}");
    }
}

#[test]
fn mistakes_name_the_place_where_they_were_made() {
    let environment = [("NEEDLE_SCORING__RESONS", "3"), ("NEEDLE_SERVICE__LANES", "0")];
    let report = said(&environment, &["scoring.reasons=many", "scoring.reasons.x=1", "no-value", "a b=1"]).unwrap_err();
    let text = report.to_string();
    for line in [
        "NEEDLE_SCORING__RESONS: scoring.resons is not a key; the nearest one is scoring.reasons",
        "NEEDLE_SERVICE__LANES: service.lanes must be a whole number from 1 to 1024, not 0",
        "--set scoring.reasons.x: scoring.reasons must be a whole number from 0 to 50, not a table",
        "--set no-value: must be written key=value",
        "--set a b: must have a dotted TOML key before its '='",
    ] {
        assert!(text.lines().any(|said| said.trim() == line), "{line}\n{text}");
    }
    assert_eq!(report.mistakes.len(), 5, "{text}");
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_a_mistake() {
    use std::os::unix::ffi::OsStringExt as _;
    let environment = [(OsString::from("NEEDLE_SERVICE__APPLICATION"), OsString::from_vec(vec![0xff]))];
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("empty.toml");
    fs::write(&file, "").unwrap();
    let machine = Machine { host: String::new(), cores: 1 };
    let report = load(Some(&file), environment, [], &machine).unwrap_err();
    assert!(report.to_string().contains("NEEDLE_SERVICE__APPLICATION: service.application must be UTF-8"), "{report}");
}
