//! A pod that is told to end has time to: longer than a transaction may stay open, and longer than needle promises to take.

use std::ffi::OsString;

use needle::config::{self, Machine};
use needle::log::kafka::settings;

use crate::ops_support::*;

/// INTERFACE: on SIGTERM needle finishes within this.
const PROMISED_SECONDS: u64 = 30;

#[test]
fn the_kubelet_waits_longer_than_needle_takes() {
    for folder in folders() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = write(
            directory.path(),
            "needle.toml",
            config_map(&folder, "needle-config")["needle.toml"].as_str().expect("text"),
        );
        let places = config_map(&folder, "needle-places").iter();
        let places = places.map(|(name, value)| (OsString::from(name), OsString::from(value.as_str().expect("text"))));
        let machine = Machine { host: "needle-0".to_owned(), cores: 2 };
        let config = config::load(Some(&file), places, [], &machine).expect("a configuration");
        let transaction_ms = settings::producer(&config, 0).get("transaction.timeout.ms").map(str::parse::<u64>);
        let transaction_ms = transaction_ms.expect("it is set").expect("a number");
        let pod = &the(&folder, "StatefulSet")["spec"]["template"]["spec"];
        let grace_seconds = pod["terminationGracePeriodSeconds"].as_u64().expect("seconds");
        assert!(
            1000 * grace_seconds > transaction_ms,
            "{folder}: {grace_seconds} s, a transaction {transaction_ms} ms"
        );
        assert!(grace_seconds > PROMISED_SECONDS, "{folder}: {grace_seconds} s");
    }
}

/// The watchdog ends a process that hangs (fencing makes that safe); a probe that came first would take the reason with it.
#[test]
fn liveness_comes_after_the_first_doubt_and_before_it_is_hopeless() {
    use needle::telemetry::health::{HOPELESS_AFTER, UNHEALTHY_AFTER};
    for folder in folders() {
        let probe = &the(&folder, "StatefulSet")["spec"]["template"]["spec"]["containers"][0]["livenessProbe"];
        let number = |key: &str| probe[key].as_u64().expect("a number");
        let killed_seconds = u64::from(UNHEALTHY_AFTER) + number("periodSeconds") * number("failureThreshold");
        assert!(killed_seconds <= u64::from(HOPELESS_AFTER), "{folder}: {killed_seconds}");
        assert!(
            number("periodSeconds") * number("failureThreshold") >= 30,
            "{folder}: a pause of the node is no death"
        );
    }
}
