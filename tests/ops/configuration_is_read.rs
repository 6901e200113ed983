//! needle reads what the manifests give it, from file and environment, without a mistake; and the autoscaler watches the group and the
//! topic that this configuration names.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use needle::config::{self, Config, Machine};

use crate::ops_support::*;

/// The environment of a folder's pods, secrets included.
fn environment(folder: &str) -> Vec<(String, String)> {
    let places = config_map(folder, "needle-places").iter();
    let mut all: Vec<_> =
        places.map(|(name, value)| (name.clone(), value.as_str().expect("text").to_owned())).collect();
    all.push(("NEEDLE_KAFKA__SASL_PASSWORD".to_owned(), "hunter2".to_owned()));
    all
}

fn file(folder: &str, directory: &Path) -> std::path::PathBuf {
    write(directory, "needle.toml", config_map(folder, "needle-config")["needle.toml"].as_str().expect("text"))
}

fn configuration(folder: &str, host: &str) -> Config {
    let directory = tempfile::tempdir().expect("a directory");
    let variables = environment(folder).into_iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    let machine = Machine { host: host.to_owned(), cores: 64 };
    config::load(Some(&file(folder, directory.path())), variables, [], &machine)
        .unwrap_or_else(|mistakes| panic!("{folder}: {mistakes}"))
}

#[test]
fn needle_check_understands_it() {
    for folder in folders() {
        let directory = tempfile::tempdir().expect("a directory");
        let mut command = Command::new(env!("CARGO_BIN_EXE_needle"));
        command.env_clear().envs(environment(&folder)).current_dir(directory.path());
        // Models lie in the pod's own folder, or in a bucket that nobody asks.
        let checked =
            command.args(["check", "--config"]).arg(file(&folder, directory.path())).output().expect("needle starts");
        let (out, err) = (text(&checked.stdout), text(&checked.stderr));
        assert_eq!(checked.status.code(), Some(0), "{folder}: {err}");
        let brokers = config_map(&folder, "needle-places")["NEEDLE_KAFKA__BOOTSTRAP_SERVERS"].as_str().expect("text");
        assert!(out.contains(brokers), "{folder}: the environment is stronger\n{out}");
        assert!(!out.contains("hunter2") && !err.contains("hunter2"), "{folder}: a secret is told");
    }
}

/// Without it a lane's transactional id would change with the node that a pod comes to lie on.
#[test]
fn identity_follows_from_the_ordinal_alone() {
    for folder in folders() {
        let config = configuration(&folder, "needle-7");
        assert_eq!(config.service.instance, "7", "{folder}");
        assert!(config.service.lanes <= 2, "{folder}: said, not counted from the {} cores of a node", 64);
        let ports = &templates(&folder)[..].iter().find(|(what, _)| what.contains("StatefulSet")).expect("pods").1["spec"]
            ["containers"][0]["ports"];
        assert_eq!(config.service.listen, format!("0.0.0.0:{}", ports[0]["containerPort"]), "{folder}");
    }
}

#[test]
fn the_autoscaler_watches_what_needle_reads() {
    let config = configuration(WHOLE, "needle-0");
    let object = the(WHOLE, "ScaledObject");
    let metadata = &object["spec"]["triggers"][0]["metadata"];
    assert_eq!(metadata["consumerGroup"], config.service.application.as_str());
    assert_eq!(metadata["topic"], config.topics.events[0].as_str());
    assert_eq!(metadata["bootstrapServers"], config.kafka.common["bootstrap.servers"].as_str());
    let mechanism = config.kafka.common["sasl.mechanism"].to_lowercase().replace("-sha-", "_sha");
    assert_eq!(metadata["sasl"], mechanism.as_str());
}

/// A snapshot that is on time must not be an alert, nor one that was missed once.
#[test]
fn the_alert_on_snapshots_knows_their_interval() {
    let alert = alerts().into_iter().find(|alert| alert["alert"] == "NeedleSnapshotsTooOld").expect("the alert");
    let query = alert["expr"].as_str().expect("a query");
    let seconds: u64 = query.rsplit("> ").next().expect("a threshold").trim().parse().expect("seconds");
    assert!(seconds >= 3 * configuration(WHOLE, "needle-0").snapshots.interval_seconds, "{query}");
}
