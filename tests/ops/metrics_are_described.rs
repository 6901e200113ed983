//! Every metric that is promised exists, with its labels, a sentence of help, and its unit as the last part of its name.

use std::collections::BTreeSet;

use needle::telemetry::metrics::Metrics;

/// INTERFACE: the metrics that people's alerts and dashboards are built on.
const PROMISED: [(&str, &[&str]); 17] = [
    ("needle_events_total", &["topic", "type"]),
    ("needle_duplicates_total", &[]),
    ("needle_dead_letters_total", &["reason"]),
    ("needle_score_changes_total", &["cause"]),
    ("needle_score_jumps_total", &["rule"]),
    ("needle_event_age_seconds", &[]),
    ("needle_step_duration_seconds", &[]),
    ("needle_commit_duration_seconds", &[]),
    ("needle_transactions_total", &["result"]),
    ("needle_partition_lag_records", &["topic", "partition"]),
    ("needle_state_bytes", &["partition"]),
    ("needle_restore_duration_seconds", &[]),
    ("needle_snapshot_age_seconds", &["partition"]),
    ("needle_model_info", &["tenant", "version", "kind"]),
    ("needle_model_age_seconds", &["tenant"]),
    ("needle_lane_state", &["lane", "state"]),
    ("needle_leads", &["partition"]),
];
/// Histogram of a number without a unit.
const SCORE: &str = "needle_score";
/// What a metric's name may end with: its unit, or that it has none.
const UNITS: [&str; 10] =
    ["_total", "_seconds", "_bytes", "_records", "_info", "_leads", "_state", "_stopped", "_score", "_psi"];

#[test]
fn what_is_promised_exists_with_its_labels() {
    let metrics = Metrics::new().expect("metrics");
    for (name, labels) in PROMISED.iter().chain([&(SCORE, [].as_slice())]) {
        let found = metrics.described().iter().find(|it| it.name == *name);
        let found = found.unwrap_or_else(|| panic!("{name} is promised"));
        let (mut has, mut wanted) = (found.labels.clone(), labels.to_vec());
        has.sort();
        wanted.sort();
        assert_eq!(has, wanted, "{name}");
    }
}

#[test]
fn each_has_help_and_a_unit() {
    let metrics = Metrics::new().expect("metrics");
    assert!(metrics.described().len() > PROMISED.len());
    for it in metrics.described() {
        assert!(it.help.ends_with('.') && it.help.split(' ').count() >= 3, "{}: {:?}", it.name, it.help);
        assert!(UNITS.iter().any(|unit| it.name.ends_with(unit)), "{} has no unit", it.name);
        let is_histogram = !it.bounds.is_empty();
        assert!(!is_histogram || !it.name.ends_with("_total"), "{}", it.name);
    }
}

/// What a scraper gets is what is described, and each name is one metric.
#[test]
fn what_is_told_is_what_is_described() {
    let metrics = Metrics::new().expect("metrics");
    let names: BTreeSet<_> = metrics.described().iter().map(|it| it.name.clone()).collect();
    assert_eq!(names.len(), metrics.described().len());
    let page = String::from_utf8(metrics.render().expect("text")).expect("UTF-8");
    let told: Vec<_> = page.lines().filter_map(|line| line.strip_prefix("# HELP ")?.split(' ').next()).collect();
    assert!(told.len() >= 10, "{told:?}");
    for name in told {
        assert!(names.contains(name), "{name}");
    }
}

/// A counter that appears with its first count hides that one from every rate.
#[test]
fn counters_with_known_labels_begin_at_zero() {
    let metrics = Metrics::new().expect("metrics");
    let page = String::from_utf8(metrics.render().expect("text")).expect("UTF-8");
    for line in [
        "needle_transactions_total{result=\"aborted\"} 0",
        "needle_transactions_total{result=\"fenced\"} 0",
        "needle_dead_letters_total{reason=\"invalid_json\"} 0",
        "needle_score_changes_total{cause=\"event\"} 0",
        "needle_snapshots_total{result=\"delayed\"} 0",
    ] {
        assert!(page.lines().any(|told| told == line), "{line}\n{page}");
    }
}

/// A tenant's name comes from outside: whoever sends ever new ones must not fill memory here and at Prometheus'.
#[test]
fn tenants_are_bounded() {
    let metrics = Metrics::new().expect("metrics");
    let labels: BTreeSet<String> =
        (0..10_000).map(|number| metrics.tenant(&format!("t-{number}")).to_owned()).collect();
    assert_eq!(labels.len(), 201);
    assert!(labels.contains("other"));
    assert_eq!(metrics.tenant("t-7"), "t-7", "who was there keeps a series");
}
