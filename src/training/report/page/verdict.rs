//! The first that is read: who serves from now on, why, and what it means in four numbers.

use maud::{Markup, html};

use super::metric::told;
use crate::training::report::chart::whisker;
use crate::training::report::data::{Comparison, Contestant, Decision, Estimate, Metric, Report};
use crate::training::report::words::{count, day, many, name, percent, points, sentence, short};

/// Sentences of a list.
const MOST: usize = 12;

/// Verdict, key figures, what to do next. Always there.
pub fn section(report: &Report) -> Markup {
    let (class, word) = match report.verdict.decision {
        Decision::TakesOver => ("takes-over", "The new model takes over"),
        Decision::Stays => ("stays", "The served model stays"),
        Decision::NothingFitted => ("nothing", "No model was fitted"),
    };
    html! {
        section.verdict.(class) id="verdict" aria-labelledby="verdict-title" {
            p.stamp { (symbol(report.verdict.decision)) (word) }
            h2 id="verdict-title" { (sentence(&report.verdict.headline)) }
            div.because {
                @if !report.verdict.reasons.is_empty() {
                    ul.reasons { @for reason in report.verdict.reasons.iter().take(MOST) { li { (sentence(reason)) } } }
                }
                @if let Some(comparison) = &report.verdict.comparison { div { (compared(comparison, report)) } }
            }
            (progress(report))
            (warning(report))
        }
        (tiles(report))
        (next_steps(report))
        (key(report))
    }
}

/// A tick, a pause, an hourglass: the colour is not all that tells them apart.
fn symbol(decision: Decision) -> Markup {
    let path = match decision {
        Decision::TakesOver => "M4 11L9 16L18 5",
        Decision::Stays => "M7 5V17M15 5V17",
        Decision::NothingFitted => "M5 4H17M5 18H17M6 4C6 11 16 11 16 18M16 4C16 11 6 11 6 18",
    };
    html! { svg.symbol viewBox="0 0 22 22" aria-hidden="true" { path d=(path) {} } }
}

/// Both models on one scale, and whether the difference is more than noise.
fn compared(comparison: &Comparison, report: &Report) -> Markup {
    let metric = told(comparison.metric);
    let (new, served) = (comparison.new, comparison.served);
    let range = range([new, served].iter());
    let name_of = |version: &Option<String>| version.clone().unwrap_or_default();
    html! {
        div.wide tabindex="0" role="group" aria-label="New against served" {
            table.versus {
                caption { (metric.name) " on the same leads. " (metric.text) }
                thead { tr { th scope="col" { "Model" } th scope="col" { (metric.name) } th scope="col" { "Interval" } } }
                tbody {
                    @for (who, version, estimate) in [
                        ("New", name_of(&report.meta.version), new),
                        ("Served today", name_of(&report.meta.served_version), served),
                    ] {
                        tr {
                            th scope="row" { (who) @if !version.is_empty() { span.version { (name(&version)) } } }
                            td.number { (metric.show(estimate.value)) }
                            td { (whisker(estimate.value, estimate.interval(), range, None)) (between(&estimate, comparison.metric)) }
                        }
                    }
                }
            }
        }
        p.small {
            "Difference: " b { (signed(comparison.difference.value)) }
            @if let Some((lower, upper)) = comparison.difference.interval() {
                ", in all likelihood between " (signed(lower)) " and " (signed(upper))
                @if lower <= 0.0 && upper >= 0.0 { ": this could be noise" } @else { ": more than noise" }
            }
            "."
        }
    }
}

/// The ends of an interval, small, under or beside a value.
pub fn between(estimate: &Estimate, metric: Metric) -> Markup {
    let metric = told(metric);
    html! {
        @if let Some((lower, upper)) = estimate.interval() {
            span.between { (metric.between(lower, upper)) }
        }
    }
}

/// From the lowest end to the highest, with a little room.
pub fn range<'a>(estimates: impl Iterator<Item = &'a Estimate>) -> (f64, f64) {
    let ends = estimates.flat_map(|estimate| {
        let (lower, upper) = estimate.interval().unwrap_or((estimate.value, estimate.value));
        [estimate.value, lower, upper]
    });
    crate::training::report::chart::around(ends)
}

fn signed(value: f64) -> String {
    if !value.is_finite() {
        return crate::training::report::words::UNKNOWN.into();
    }
    format!("{}{}", if value > 0.0 { "+" } else { "" }, short(value))
}

/// How far it is to the first model.
fn progress(report: &Report) -> Markup {
    let (have, needed) = (report.data.positive_leads, report.data.needed_positive_leads);
    html! {
        @if have < needed {
            div.progress {
                p { b { (count(have)) " of " (count(needed)) } " leads with a positive outcome that a first model needs" }
                progress max=(needed) value=(have) aria-label="Leads with a positive outcome, of those needed" {
                    (count(have)) " of " (count(needed))
                }
            }
        }
    }
}

fn warning(report: &Report) -> Markup {
    let kept = report.lint.iter().filter(|finding| !finding.left_out).count() as u64;
    html! {
        @if kept > 0 {
            p.warning {
                b { "Look at this first. " }
                (many(kept, "feature looks", "features look")) " too good to be true, and " (if kept == 1 { "was" } else { "were" })
                " used all the same. " a href="#lint" { "Which, and why" } "."
            }
        }
    }
}

/// Four numbers at most, each with what it means.
fn tiles(report: &Report) -> Markup {
    let chosen = report.contest.as_ref().and_then(|contest| contest.contestants.iter().find(|c| c.chosen));
    let gain = chosen.and_then(|c| figure_of(c, Metric::GainTop20));
    let auroc = chosen.and_then(|c| figure_of(c, Metric::Auroc));
    let best = report.bands.first();
    let all = |part: fn(&crate::training::report::data::Band) -> f64| report.bands.iter().map(part).sum::<f64>();
    let usual = all(|band| band.positives) / all(|band| band.rows);
    html! {
        div.tiles {
            @if let Some(gain) = gain {
                (tile(&percent(gain.value), "of all conversions are among the best-scored fifth of leads. By chance it would be a fifth."))
            }
            @if let Some(band) = best.filter(|band| band.rows > 0.0 && usual > 0.0) {
                (tile(
                    &format!("{}\u{202f}×", short((band.conversion.value / usual * 10.0).round() / 10.0)),
                    &format!(
                        "as likely to convert: leads in band {}, at {}, against {} of all.",
                        crate::training::report::words::cut(&band.name, 20), percent(band.conversion.value), percent(usual)
                    ),
                ))
            }
            @if let Some(auroc) = auroc {
                (tile(
                    &told(Metric::Auroc).show(auroc.value),
                    &format!(
                        "AUROC: of a lead that converts and one that does not, {} of the time the first has the higher score.",
                        percent(auroc.value)
                    ),
                ))
            }
            @if report.data.positive_leads >= report.data.needed_positive_leads {
                (tile(&count(report.data.positive_leads), &learned_from(report)))
            }
        }
    }
}

fn tile(number: &str, text: &str) -> Markup {
    html! { div.tile { p.number { (number) } p { (text) } } }
}

fn learned_from(report: &Report) -> String {
    let data = &report.data;
    let period = match (data.from_ms, data.to_ms) {
        (Some(from), Some(to)) => format!(", {} to {}", day(from), day(to)),
        _ => String::new(),
    };
    format!("converted of the {} that this is based on{period}.", many(data.leads, "lead", "leads"))
}

fn figure_of(contestant: &Contestant, metric: Metric) -> Option<Estimate> {
    contestant.figures.iter().find(|figure| figure.metric == metric).map(|figure| figure.estimate)
}

fn next_steps(report: &Report) -> Markup {
    html! {
        @if !report.verdict.next_steps.is_empty() {
            section.next aria-labelledby="next-title" {
                h2 id="next-title" { "What to do next" }
                ol { @for step in report.verdict.next_steps.iter().take(MOST) { li { (sentence(step)) } } }
            }
        }
    }
}

/// What a score is.
fn key(report: &Report) -> Markup {
    let meta = &report.meta;
    html! {
        aside.key aria-label="How to read a score" {
            p {
                b { "How to read a score. " }
                "It runs from 0 to 100 and says how likely a lead is to convert within "
                (many(meta.horizon_days.round() as u64, "day", "days"))
                @if !meta.outcomes.is_empty() {
                    " ("
                    @for (nth, outcome) in meta.outcomes.iter().take(5).enumerate() { @if nth > 0 { ", " } (name(outcome)) }
                    ")"
                }
                ". "
                @if let Some(anchor) = meta.anchor_probability {
                    "50 stands for a chance of " (percent(anchor)) "; "
                }
                (points(10.0).trim_end_matches(".0")) " points double the odds, and 10 less halve them. It means the same from model to model."
            }
        }
    }
}
