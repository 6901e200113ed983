//! Whoever is woken by an alert is told how bad it is, what it means, what to do next, and where more of it stands.

use std::fs;

use crate::ops_support::*;

/// Section by section: heading, and what stands below it.
fn sections() -> Vec<(String, String)> {
    let runbook = fs::read_to_string(root().join("docs/runbook.md")).expect("the runbook");
    let sections = runbook.split("\n## ").skip(1);
    sections
        .map(|section| section.split_once('\n').expect("a heading"))
        .map(|(h, b)| (h.to_owned(), b.to_owned()))
        .collect()
}

#[test]
fn each_alert_says_what_a_person_needs() {
    for alert in alerts() {
        let name = alert["alert"].as_str().expect("a name");
        let severity = alert["labels"]["severity"].as_str().expect("a severity");
        assert!(["critical", "warning", "info"].contains(&severity), "{name}: {severity}");
        assert!(alert["for"].is_string(), "{name}: a single sample is no alert");
        let annotations = &alert["annotations"];
        for part in ["summary", "description"] {
            let text = annotations[part].as_str().unwrap_or_else(|| panic!("{name} has no {part}"));
            assert!(text.ends_with('.') && text.split(' ').count() >= 3, "{name}: {text}");
        }
        let url = annotations["runbook_url"].as_str().expect("a runbook");
        assert!(url.ends_with(&format!("/docs/runbook.md#{}", name.to_lowercase())), "{name}: {url}");
    }
}

#[test]
fn each_alert_has_its_section_and_each_section_its_alert() {
    let alerts: Vec<_> = alerts().iter().map(|alert| alert["alert"].as_str().expect("a name").to_owned()).collect();
    let headings: Vec<_> = sections().into_iter().map(|(heading, _)| heading).collect();
    assert_eq!(headings, alerts, "in the same order");
}

#[test]
fn each_section_says_what_it_means_where_to_look_what_to_do_and_what_not() {
    for (heading, body) in sections() {
        for part in ["**It means**", "**Look**", "**Do**", "**Do not**"] {
            assert!(body.contains(part), "{heading} has no {part}");
        }
    }
}

/// Links within the runbook lead to a section.
#[test]
fn links_lead_somewhere() {
    let headings: Vec<_> = sections().into_iter().map(|(heading, _)| heading.to_lowercase()).collect();
    let link = regex::Regex::new(r"\]\(#([a-z]+)\)").expect("a regex");
    for (heading, body) in sections() {
        for found in link.captures_iter(&body) {
            assert!(headings.contains(&found[1].to_owned()), "{heading}: {}", &found[1]);
        }
    }
}

/// Metrics that the runbook tells people to look at are there.
#[test]
fn metrics_are_named_rightly() {
    let metrics = needle::telemetry::metrics::Metrics::new().expect("metrics");
    for (heading, body) in sections() {
        // A header of dead letters has such a name too.
        for selector in promql::selectors(&body).iter().filter(|it| it.metric != "needle_reason") {
            assert_eq!(promql::mistake(metrics.described(), selector), None, "{heading}");
        }
    }
}
