//! The metrics, labels and buckets that rules ask for are needle's.

use needle::telemetry::metrics::Metrics;

use crate::ops_support::promql::{grouped_by, mistake, selectors};
use crate::ops_support::*;

fn expressions() -> Vec<String> {
    let groups = rules();
    let all =
        groups["groups"].as_array().expect("groups").iter().flat_map(|group| group["rules"].as_array().expect("rules"));
    all.map(|rule| rule["expr"].as_str().expect("a query").to_owned()).collect()
}

#[test]
fn every_selector_finds_something() {
    let metrics = Metrics::new().expect("metrics");
    let mut asked = 0;
    for expression in expressions() {
        for selector in &selectors(&expression) {
            assert_eq!(mistake(metrics.described(), selector), None, "{expression}");
            asked += 1;
        }
    }
    assert!(asked > 20, "{asked}");
}

/// A recorded name that nobody records would be silent for ever.
#[test]
fn what_is_recorded_is_what_is_asked_for() {
    let groups = rules();
    let all =
        groups["groups"].as_array().expect("groups").iter().flat_map(|group| group["rules"].as_array().expect("rules"));
    let recorded: Vec<_> = all.filter_map(|rule| rule["record"].as_str()).collect();
    let name = regex::Regex::new(r"namespace_job:\w+:\w+").expect("a regex");
    let expressions = expressions();
    let asked: Vec<_> = expressions.iter().flat_map(|it| name.find_iter(it)).map(|found| found.as_str()).collect();
    assert!(asked.iter().all(|asked| recorded.contains(asked)), "{asked:?} of {recorded:?}");
    assert!(recorded.iter().all(|recorded| asked.contains(recorded)), "{recorded:?}, asked for {asked:?}");
}

/// Or one namespace's needle would be added to another's.
#[test]
fn namespaces_stay_apart() {
    let groups = regex::Regex::new(r"(?:by|on) \([^)]*\)").expect("a regex");
    for expression in expressions() {
        for group in groups.find_iter(&expression) {
            let labels = grouped_by(group.as_str());
            assert!(labels.starts_with(&["namespace".to_owned(), "job".to_owned()]), "{expression}");
        }
    }
}

#[test]
fn a_metric_that_is_not_there_would_be_seen() {
    let metrics = Metrics::new().expect("metrics");
    for (query, wanted) in [
        ("rate(needle_evnts_total[5m])", "there is no metric needle_evnts_total"),
        ("needle_leads{topic=\"events\"}", "needle_leads has no label topic"),
        ("needle_event_age_seconds_bucket{le=\"2.5\"}", "needle_event_age_seconds_bucket has no bucket 2.5"),
        ("sum(needle_leads_bucket)", "there is no metric needle_leads_bucket"),
    ] {
        let found: Vec<_> = selectors(query).iter().filter_map(|it| mistake(metrics.described(), it)).collect();
        assert_eq!(found, [wanted], "{query}");
    }
}
