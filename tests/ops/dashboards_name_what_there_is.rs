//! Dashboards are ones that Grafana loads and people understand, and their queries are PromQL about needle's own metrics.

use std::collections::BTreeSet;

use needle::telemetry::metrics::Metrics;
use serde_json::{Value, json};

use crate::ops_support::promql::{grouped_by, mistake, selectors};
use crate::ops_support::*;

const WANTED: [&str; 6] = ["business.json", "flow.json", "lanes.json", "latency.json", "model.json", "state.json"];

#[test]
fn all_of_them_are_provisioned() {
    assert_eq!(dashboards().keys().collect::<Vec<_>>(), WANTED);
    let lying: BTreeSet<_> = std::fs::read_dir(root().join("k8s/components/monitoring/dashboards"))
        .expect("the folder")
        .collect::<Result<Vec<_>, _>>()
        .expect("entries")
        .iter()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(lying, WANTED.iter().map(|name| name.to_string()).collect());
    let is_it = |map: &&&Value| name(map) == "needle-dashboards";
    let maps = of_kind(WHOLE, "ConfigMap");
    let labels = &maps.iter().find(is_it).expect("the dashboards")["metadata"]["labels"];
    assert_eq!(labels["grafana_dashboard"], "1", "what Grafana's sidecar looks for");
}

#[test]
fn each_panel_says_what_it_shows_and_in_which_unit() {
    let mut identities = BTreeSet::new();
    for (file, dashboard) in dashboards() {
        assert!(identities.insert(dashboard["uid"].as_str().expect("a uid").to_owned()), "{file}");
        let panels = dashboard["panels"].as_array().expect("panels");
        let numbers: BTreeSet<_> = panels.iter().map(|panel| panel["id"].as_u64()).collect();
        assert_eq!(numbers.len(), panels.len(), "{file}: one number twice");
        for panel in panels {
            let title = panel["title"].as_str().expect("a title");
            assert!(panel["description"].as_str().is_some_and(|text| text.ends_with('.')), "{file}: {title}");
            assert!(panel["fieldConfig"]["defaults"]["unit"].is_string(), "{file}: {title}");
            assert_eq!(panel["datasource"]["uid"], "${datasource}", "{file}: {title}");
            assert!(!panel["targets"].as_array().expect("targets").is_empty(), "{file}: {title}");
        }
    }
}

#[test]
fn every_selector_finds_something() {
    let metrics = Metrics::new().expect("metrics");
    for (file, dashboard) in dashboards() {
        for (title, query) in queries(&dashboard) {
            let asked = selectors(&query);
            assert!(!asked.is_empty(), "{file}: {title}");
            for selector in &asked {
                assert_eq!(mistake(metrics.described(), selector), None, "{file}: {title}: {query}");
            }
            let has = |label: &String| metrics.described().iter().any(|it| it.labels.contains(label));
            for label in
                grouped_by(&query).iter().filter(|label| !["le", "instance", "feature"].contains(&label.as_str()))
            {
                assert!(has(label), "{file}: {title}: no metric has a label {label}");
            }
        }
    }
}

/// As rules, so that promtool reads them; Grafana's variables stand for what it would put there.
#[test]
fn every_query_is_promql() {
    let asked = dashboards().values().flat_map(queries).collect::<Vec<_>>();
    let rule = |(number, (_, query)): (usize, &(String, String))| {
        let expr = query.replace("$__rate_interval", "5m").replace("$namespace", ".*").replace("$tenant", ".*");
        json!({ "record": format!("query_{number}"), "expr": expr })
    };
    let rules: Vec<Value> = asked.iter().enumerate().map(rule).collect();
    let directory = tempfile::tempdir().expect("a directory");
    let groups = json!({ "groups": [{ "name": "queries", "rules": rules }] });
    let file = write(directory.path(), "queries.json", groups.to_string());
    let checked = tool(&["promtool", "check", "rules"]).arg(file).output().expect("promtool starts");
    assert!(checked.status.success(), "{}{}", text(&checked.stdout), text(&checked.stderr));
    assert!(text(&checked.stdout).contains(&format!("{} rules found", rules.len())), "{}", text(&checked.stdout));
}
