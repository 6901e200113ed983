//! Whom to call: every threshold's outcome in a table, and a slider over it.
//!
//! The script formats nothing: it shows the cells of the table's row, so that both always agree.

use maud::{Markup, html};

use super::{Section, Swatch, legend};
use crate::training::report::chart::{Axis, chart};
use crate::training::report::data::{Report, ThresholdRow, ThresholdRule, Thresholds};
use crate::training::report::words::{amount, figure, percent, short, short_percent};

/// Rows of the table.
const MOST: usize = 101;
/// What the slider shows, by the name that table cells and places to fill share.
const FIGURES: [(&str, &str); 4] = [
    ("precision", "of those called convert"),
    ("recall", "of conversions are called"),
    ("f1", "F1"),
    ("calls", "calls a day"),
];

pub fn section(report: &Report) -> Option<Section> {
    let thresholds = report.thresholds.as_ref()?;
    let chosen = thresholds.rows.get(thresholds.chosen)?;
    let shown = shown(thresholds);
    let place = shown.iter().position(|nth| *nth == thresholds.chosen).unwrap_or(0);
    Some(Section::new(
        "threshold",
        "Whom to call",
        html! {
            p {
                "Call leads from a score of " b { (short(chosen.score)) } " on, a chance of " (percent(chosen.probability)) " or more. "
                (why(&thresholds.rule))
                " Counted on the holdout, the last " (short(thresholds.days.round())) " days."
            }
            div.threshold id="threshold-panel" {
                div.controls hidden {
                    label for="threshold-slider" { "Move the threshold: call from a score of " output id="threshold-score" for="threshold-slider" { (short(chosen.score)) } " on" }
                    input id="threshold-slider" type="range" min="0" max=(shown.len() - 1) value=(place) step="1";
                    button type="button" id="threshold-reset" { "Back to the chosen one" }
                }
                div.outcome {
                    (confusion(chosen))
                    (figures(chosen, &thresholds.rule))
                }
                (both(thresholds, &shown, chosen))
            }
            (table(thresholds, &shown))
        },
    ))
}

/// All places, or evenly some of them, the chosen one among them.
fn shown(thresholds: &Thresholds) -> Vec<usize> {
    let step = thresholds.rows.len().div_ceil(MOST).max(1);
    (0..thresholds.rows.len()).filter(|nth| nth % step == 0 || *nth == thresholds.chosen).collect()
}

fn why(rule: &ThresholdRule) -> String {
    match rule {
        ThresholdRule::BestF1 => "This threshold has the highest F1, the best balance of precision and recall.".into(),
        ThresholdRule::Costs { missed, wasted } => format!(
            "This threshold costs least, where a missed good lead costs {} and a wasted call {}.",
            short(*missed),
            short(*wasted)
        ),
        ThresholdRule::Capacity { calls_per_day } => {
            format!("This threshold fills {} calls a day, and no more.", short(*calls_per_day))
        }
    }
}

/// Four numbers in words: what was said of a lead, and what came.
fn confusion(row: &ThresholdRow) -> Markup {
    let c = &row.confusion;
    let cell = |class: &str, key: &str, value: f64, words: &str| {
        html! { td.(class) { b data-show=(key) { (amount(value)) } span { (words) } } }
    };
    html! {
        table.confusion {
            caption { "Outcome at this threshold (confusion matrix)" }
            thead { tr { td {} th scope="col" { "converted" } th scope="col" { "did not" } } }
            tbody {
                tr {
                    th scope="row" { "called" }
                    (cell("right", "tp", c.true_positives, "good calls"))
                    (cell("wrong", "fp", c.false_positives, "wasted calls"))
                }
                tr {
                    th scope="row" { "not called" }
                    (cell("wrong", "fn", c.false_negatives, "missed"))
                    (cell("right", "tn", c.true_negatives, "rightly left alone"))
                }
            }
        }
    }
}

fn figures(row: &ThresholdRow, rule: &ThresholdRule) -> Markup {
    let c = &row.confusion;
    let values = [percent(c.precision()), percent(c.recall()), figure(c.f1()), figure(row.calls_per_day)];
    html! {
        dl.figures aria-live="polite" {
            @for ((key, words), value) in FIGURES.iter().zip(values) {
                div { dt { (words) } dd data-show=(key) { (value) } }
            }
            @if let Some(cost) = cost(row, rule) {
                div { dt { "cost of misses and wasted calls" } dd data-show="cost" { (amount(cost)) } }
            }
        }
    }
}

fn cost(row: &ThresholdRow, rule: &ThresholdRule) -> Option<f64> {
    match rule {
        ThresholdRule::Costs { missed, wasted } => {
            Some(row.confusion.false_negatives * missed + row.confusion.false_positives * wasted)
        }
        _ => None,
    }
}

/// Precision and recall over the score, with a line where the threshold is.
fn both(thresholds: &Thresholds, shown: &[usize], chosen: &ThresholdRow) -> Markup {
    let line = |part: fn(&ThresholdRow) -> f64| -> Vec<[f64; 2]> {
        shown.iter().map(|nth| &thresholds.rows[*nth]).map(|row| [row.score, part(row)]).collect()
    };
    let x = Axis { label: "threshold, score", from: 0.0, to: 100.0, show: short };
    let y = Axis { label: "precision, recall", from: 0.0, to: 1.0, show: short_percent };
    let alt = format!(
        "Precision and recall by threshold. At the chosen score of {}: precision {}, recall {}.",
        short(chosen.score),
        percent(chosen.confusion.precision()),
        percent(chosen.confusion.recall())
    );
    let drawn = chart(&alt, &x, &y, |frame| {
        html! {
            (frame.line(&line(|row| row.confusion.recall()), "s1"))
            (frame.line(&line(|row| row.confusion.precision()), "s0"))
            (frame.mark(chosen.score, "chosen"))
            (frame.movable())
        }
    });
    let reading = "Higher thresholds make surer calls and miss more conversions.";
    super::figure("Precision and recall by threshold", reading, legend(Swatch::Line, &["Precision", "Recall"]), drawn)
}

fn table(thresholds: &Thresholds, shown: &[usize]) -> Markup {
    let costs = matches!(thresholds.rule, ThresholdRule::Costs { .. });
    html! {
        details {
            summary { "All thresholds as a table" }
            div.wide tabindex="0" role="group" aria-label="All thresholds" {
                table.numbers id="threshold-table" {
                    thead {
                        tr {
                            @for head in ["Score from", "Chance from", "Good calls", "Wasted calls", "Missed", "Left alone", "Precision", "Recall", "F1", "Calls a day"] {
                                th scope="col" { (head) }
                            }
                            @if costs { th scope="col" { "Cost" } }
                        }
                    }
                    tbody { @for nth in shown { (row(thresholds, *nth)) } }
                }
            }
        }
    }
}

fn row(thresholds: &Thresholds, nth: usize) -> Markup {
    let row = &thresholds.rows[nth];
    let c = &row.confusion;
    let chosen = nth == thresholds.chosen;
    html! {
        tr.chosen[chosen] data-score=[row.score.is_finite().then_some(row.score)] aria-current=[chosen.then_some("true")] {
            th scope="row" data-key="score" { (short(row.score)) }
            td { (percent(row.probability)) }
            td data-key="tp" { (amount(c.true_positives)) }
            td data-key="fp" { (amount(c.false_positives)) }
            td data-key="fn" { (amount(c.false_negatives)) }
            td data-key="tn" { (amount(c.true_negatives)) }
            td data-key="precision" { (percent(c.precision())) }
            td data-key="recall" { (percent(c.recall())) }
            td data-key="f1" { (figure(c.f1())) }
            td data-key="calls" { (figure(row.calls_per_day)) }
            @if let Some(cost) = cost(row, &thresholds.rule) { td data-key="cost" { (amount(cost)) } }
        }
    }
}
