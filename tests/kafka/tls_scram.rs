//! TLS and SASL by librdkafka's own properties.

use crate::support::audit::audit;
use crate::support::{Broker, Flow, Needle, PATIENCE, Settings};

fn over_tls(broker: &Broker, mut settings: Settings, password: &str) -> Settings {
    for (property, value) in broker.tls_properties(password) {
        settings = settings.set("kafka", property, value);
    }
    settings
}

#[test]
fn the_service_runs_over_tls_with_scram() {
    let broker = Broker::shared();
    let plain = Settings::new(broker, "tls", 2);
    let settings = over_tls(broker, plain.clone(), crate::support::broker::PASSWORD);
    Flow::new(broker, &plain, 2, 1, 200).go_on();
    let mut needle = Needle::spawn(&settings, &["run"]);
    needle.await_ready();
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    assert_eq!(needle.terminate(), Some(0), "{}", needle.log());
    assert_eq!(audit(broker, &plain), Vec::<String>::new());
}

#[test]
fn a_wrong_password_is_told_with_where_to_look() {
    let broker = Broker::shared();
    let plain = Settings::new(broker, "wrong", 1);
    let needle = Needle::spawn(&over_tls(broker, plain, "not this one"), &["run"]);
    let line = needle.await_log(0, "refuses us");
    assert!(line.contains("sasl.*"), "{line}");
    assert!(!needle.log().contains("not this one"), "a password is never logged");
}
