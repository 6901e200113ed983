//! No secret of the configuration is ever printed: not by `check`, not in a report, not by `{:?}`.

use needle::commands::check::check;
use needle::config::{Config, kafka, librdkafka};

const HUSH: &str = "correct-horse-battery";

fn secrets() -> Vec<&'static str> {
    librdkafka::names().filter(|name| kafka::is_secret(name)).collect()
}

#[test]
fn every_secret_property_is_known_as_one() {
    for name in
        ["sasl.password", "ssl.key.password", "ssl.key.pem", "ssl.keystore.password", "sasl.oauthbearer.client.secret"]
    {
        assert!(secrets().contains(&name), "{name}");
    }
    assert!(!kafka::is_secret("ssl.ca.location"));
}

#[test]
fn a_right_configuration_does_not_show_them() {
    // A build without OIDC refuses some of them.
    let taken = secrets().into_iter().filter(|name| librdkafka::probe(name, HUSH).is_ok());
    let properties: String = taken.map(|name| format!("{name:?} = {HUSH:?}\n")).collect();
    for section in ["kafka", "kafka.consumer", "kafka.producer"] {
        let config =
            Config::from_toml(&format!("[{section}]\n{properties}")).unwrap_or_else(|report| panic!("{report}"));
        let mut printed = Vec::new();
        check(&config, &mut printed).unwrap();
        let printed = String::from_utf8(printed).unwrap();
        assert!(printed.contains("sasl.password = (not shown)"), "{printed}");
        assert!(!printed.contains(HUSH), "{printed}");
        assert!(!format!("{config:?}").contains(HUSH));
        assert!(!format!("{config:#?}").contains(HUSH));
    }
}

#[test]
fn a_report_does_not_show_them() {
    for text in [
        format!("[kafka]\n\"sasl.pasword\" = {HUSH:?}"),
        format!("[kafka]\n\"sasl.password\" = [{HUSH:?}]"),
        format!("[kafka]\n\"sasl.password\" = \"{HUSH}\\u0000\""),
        format!("[service]\npassword = {HUSH:?}"),
        format!("[kafka]\n\"sasl.password\" = \"{HUSH}"),
        format!("[kafka]\n\"sasl.password\" = {HUSH}"),
        format!("[snapshots]\nurl = \"s3://key:{HUSH}@bucket\""),
    ] {
        let report = Config::from_toml(&text).expect_err(&text);
        assert!(!report.to_string().contains(HUSH), "{report}");
        assert!(!format!("{report:?}").contains(HUSH), "{report:?}");
    }
}
