//! Which data, how much was left out and why, and what the lint found.

use maud::{Markup, html};

use super::Section;
use crate::training::report::chart::bar;
use crate::training::report::data::{DataAccount, Finding, Report, Severity};
use crate::training::report::words::{count, day, figure, name, percent, sentence};

/// Entries of a list.
const MOST: usize = 50;

/// Always there: what was read is worth knowing above all where nothing was fitted.
pub fn section(report: &Report) -> Option<Section> {
    let data = &report.data;
    Some(Section::new(
        "data",
        "Data, and what was left out",
        html! {
            (facts(data))
            @if data.rows_read > 0 { (funnel(data)) }
            @if let Some(sampling) = &data.sampling {
                p {
                    "There were more rows than the " (count(sampling.max_rows)) " to be kept: of those without a positive outcome "
                    (percent(sampling.kept_share)) " were, by lot, and each weighs the more for it."
                }
            }
            @if !data.excluded_features.is_empty() {
                p {
                    "Features left out by the configuration: "
                    @for (nth, feature) in data.excluded_features.iter().take(MOST).enumerate() {
                        @if nth > 0 { ", " } code { (name(feature)) }
                    }
                    "."
                }
            }
        },
    ))
}

fn facts(data: &DataAccount) -> Markup {
    let period = match (data.from_ms, data.to_ms) {
        (Some(from), Some(to)) => format!("{} to {}", day(from), day(to)),
        _ => "none".into(),
    };
    let positives = |part: u64, all: u64| match all {
        0 => String::new(),
        _ => format!(" ({})", percent(part as f64 / all as f64)),
    };
    html! {
        dl.facts {
            div { dt { "Snapshot files read" } dd { (count(data.files)) } }
            div { dt { "Period" } dd { (period) } }
            div { dt { "Leads" } dd { (count(data.leads)) } }
            div { dt { "with a positive outcome" } dd { (count(data.positive_leads)) (positives(data.positive_leads, data.leads)) } }
            div { dt { "Rows used (a lead at an instant)" } dd { (count(data.rows_used)) } }
            div { dt { "with a positive outcome" } dd { (count(data.positive_rows)) (positives(data.positive_rows, data.rows_used)) } }
            div { dt { "Features" } dd { (count(data.features)) } }
        }
    }
}

/// From what was read to what was used.
fn funnel(data: &DataAccount) -> Markup {
    let share = |rows: u64| percent(rows as f64 / data.rows_read as f64);
    let line = |class: &str, head: Markup, rows: u64| {
        html! {
            tr.(class) {
                th scope="row" { (head) }
                td.bars { (bar(rows as f64, data.rows_read as f64, class)) }
                td.number { (count(rows)) }
                td.number { (share(rows)) }
            }
        }
    };
    html! {
        div.wide tabindex="0" role="group" aria-label="Rows read, left out and used" {
            table.funnel {
                thead {
                    tr { th scope="col" { "Rows" } th scope="col" { span.unseen { "Bar" } } th.number scope="col" { "Count" } th.number scope="col" { "Share" } }
                }
                tbody {
                    (line("read", html! { "Read" }, data.rows_read))
                    @for left in data.left_out.iter().take(MOST) {
                        (line("left", html! { "Left out: " (name(&left.reason)) span.why { (sentence(&left.text)) } }, left.rows))
                    }
                    (line("used", html! { "Used" }, data.rows_used))
                }
            }
        }
    }
}

pub fn lint(report: &Report) -> Option<Section> {
    if report.lint.is_empty() {
        return None;
    }
    Some(Section::new(
        "lint",
        "Leakage lint",
        html! {
            p {
                "Features that look too good to be true. Often such a feature is filled in once the outcome is known: a model that learns from it "
                "shines here, and fails in service, where it is still empty."
            }
            ul.findings { @for finding in report.lint.iter().take(MOST) { (found(finding)) } }
            (super::more(report.lint.len(), MOST, "findings"))
        },
    ))
}

fn found(finding: &Finding) -> Markup {
    let (class, word) = match finding.severity {
        Severity::Leak => ("leak", "Leak"),
        Severity::Suspicious => ("suspicious", "Suspicious"),
    };
    html! {
        li.(class) {
            p {
                span.tag.(class) { (word) } " " code { (name(&finding.feature)) }
                @if let Some(auroc) = finding.auroc { " AUROC " (figure(auroc)) " by itself" }
                " · " @if finding.left_out { "left out" } @else { b { "used" } }
            }
            p { (sentence(&finding.text)) }
        }
    }
}
