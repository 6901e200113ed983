//! Who contended, on which leads, and every figure of each.

use maud::{Markup, html};

use super::Section;
use super::metric::{ALL, told};
use super::verdict::{between, range};
use crate::training::report::chart::{Scale, whisker};
use crate::training::report::data::{Contest, Contestant, Estimate, Fold, Metric, Report, Role, Span};
use crate::training::report::words::{count, day, many, name, seconds, sentence, short, short_percent};

/// Contestants, and folds, that are shown.
const MOST: usize = 24;

pub fn section(report: &Report) -> Option<Section> {
    let contest = report.contest.as_ref().filter(|contest| !contest.contestants.is_empty())?;
    let decided_by = told(contest.decided_by);
    Some(Section::new(
        "contest",
        "Contestants",
        html! {
            p {
                "Each learned from the past and was tested on what came later: the holdout, "
                (day(contest.holdout.from_ms)) " to " (day(contest.holdout.to_ms)) ", "
                (many(contest.holdout.leads, "lead", "leads")) ", of which " (count(contest.holdout.positive_leads)) " converted. "
                "The winner was chosen by " (decided_by.name) ". " (decided_by.text) " "
                @if contest.resamples > 0 {
                    "Intervals are of " (short_percent(contest.confidence)) ", from " (count(contest.resamples)) " bootstrap resamples by lead."
                }
            }
            (board(contest))
            (figures(contest))
            @if !contest.folds.is_empty() { (splits(contest)) }
        },
    ))
}

fn shown(contest: &Contest) -> impl Iterator<Item = &Contestant> {
    contest.contestants.iter().take(MOST)
}

fn of(contestant: &Contestant, metric: Metric) -> Option<Estimate> {
    contestant.figures.iter().find(|figure| figure.metric == metric).map(|figure| figure.estimate)
}

/// One line each: who, how well, and whether it could win.
fn board(contest: &Contest) -> Markup {
    let metric = told(contest.decided_by);
    let estimates: Vec<Estimate> = shown(contest).filter_map(|c| of(c, contest.decided_by)).collect();
    let range = range(estimates.iter());
    let winner = shown(contest).find(|c| c.chosen).and_then(|c| of(c, contest.decided_by)).map(|e| e.value);
    html! {
        div.wide tabindex="0" role="group" aria-label="Contestants" {
            table.board {
                thead {
                    tr {
                        th scope="col" { "Contestant" }
                        th.number scope="col" { (metric.name) }
                        th scope="col" { span.unseen { "Interval" } }
                        th.number scope="col" { "On folds" }
                        th.number.nowrap scope="col" { "Fitted in" }
                    }
                }
                tbody {
                    @for contestant in shown(contest) {
                        tr.chosen[contestant.chosen] {
                            th scope="row" { (who(contestant)) }
                            @if let Some(estimate) = of(contestant, contest.decided_by) {
                                td.number { b { (metric.show(estimate.value)) } }
                                td.bars { (whisker(estimate.value, estimate.interval(), range, winner)) (between(&estimate, contest.decided_by)) }
                            } @else { td.number { "–" } td {} }
                            td.number { @match contestant.on_folds { Some(e) => (metric.show(e.value)), None => "–" } }
                            td.number.nowrap { @match contestant.fit_seconds { Some(s) => (seconds(s)), None => "–" } }
                        }
                    }
                }
            }
        }
    }
}

fn who(contestant: &Contestant) -> Markup {
    html! {
        (name(&contestant.name)) " "
        @if contestant.chosen { span.tag.won { "chosen" } }
        @match contestant.role {
            Role::Baseline => span.tag { "baseline" },
            Role::Served => span.tag.served { "serves today" },
            Role::Contestant => @if !contestant.eligible { span.tag { "not eligible" } },
        }
        span.why { (sentence(&contestant.text)) @if let Some(why) = &contestant.why_not { " " (sentence(why)) } }
        @if !contestant.settings.is_empty() {
            span.feature {
                @for (nth, setting) in contestant.settings.iter().take(16).enumerate() {
                    @if nth > 0 { ", " } (name(&setting.name)) " " (name(&setting.value))
                }
            }
        }
    }
}

/// Every figure, with its interval; the best of those that could win is bold.
fn figures(contest: &Contest) -> Markup {
    let metrics: Vec<Metric> = ALL.into_iter().filter(|m| shown(contest).any(|c| of(c, *m).is_some())).collect();
    if metrics.is_empty() {
        return html! {};
    }
    let best: Vec<Option<f64>> = metrics.iter().map(|metric| best(contest, *metric)).collect();
    html! {
        div.wide tabindex="0" role="group" aria-label="All figures of all contestants" {
            table.every {
                caption { "Every figure on the holdout, the interval below it. The best of those that could win is bold. Precision, recall, F1 and the share called are taken at the chosen threshold." }
                thead {
                    tr {
                        th scope="col" { "Contestant" }
                        @for metric in &metrics { @let told = told(*metric); th.number scope="col" { abbr title=(format!("{} {}", told.text, told.better())) { (told.name) } } }
                    }
                }
                tbody {
                    @for contestant in shown(contest).filter(|c| !c.figures.is_empty()) {
                        tr.chosen[contestant.chosen] {
                            th scope="row" { (name(&contestant.name)) }
                            @for (metric, best) in metrics.iter().zip(&best) { (cell(contestant, *metric, *best)) }
                        }
                    }
                }
            }
        }
    }
}

fn best(contest: &Contest, metric: Metric) -> Option<f64> {
    let more = told(metric).more_is_better?;
    let values = shown(contest).filter(|c| c.eligible).filter_map(|c| of(c, metric)).map(|e| e.value);
    let values = values.filter(|value| value.is_finite());
    if more { values.max_by(f64::total_cmp) } else { values.min_by(f64::total_cmp) }
}

fn cell(contestant: &Contestant, metric: Metric, best: Option<f64>) -> Markup {
    let Some(estimate) = of(contestant, metric) else {
        return html! { td.number { "–" } };
    };
    let value = told(metric).show(estimate.value);
    html! {
        td.number {
            @if contestant.eligible && best == Some(estimate.value) { b { (value) } } @else { (value) }
            (between(&estimate, metric))
        }
    }
}

/// The folds and the holdout in time.
fn splits(contest: &Contest) -> Markup {
    let spans = || contest.folds.iter().flat_map(|fold| [&fold.train, &fold.test]).chain([&contest.holdout]);
    let from = spans().map(|span| span.from_ms).min().unwrap_or(0);
    let to = spans().map(|span| span.to_ms).max().unwrap_or(1);
    let x = Scale::new(from as f64, to as f64, 0.0, 600.0);
    let block = |span: &Span, class: &str, words: &str| {
        let (left, right) = (x.px(span.from_ms as f64), x.px(span.to_ms as f64));
        html! { rect.(class) x=(short(left)) width=(short((right - left).max(1.0))) height="14" rx="2" { title { (words) ": " (day(span.from_ms)) " to " (day(span.to_ms)) } } }
    };
    let line = |head: String, blocks: Markup, rows: String| {
        html! {
            tr {
                th.nowrap scope="row" { (head) }
                td.bars { svg.split viewBox="0 0 600 14" preserveAspectRatio="none" aria-hidden="true" { rect.track width="600" height="14" {} (blocks) } }
                td.small { (rows) }
            }
        }
    };
    let told = |fold: &Fold| {
        format!(
            "{} to {}, then {} to {}",
            day(fold.train.from_ms),
            day(fold.train.to_ms),
            day(fold.test.from_ms),
            day(fold.test.to_ms)
        )
    };
    html! {
        div.wide tabindex="0" role="group" aria-label="Folds and holdout in time" {
            table.splits {
                caption {
                    "Splits go by time: learned from (" span.train { "blue" } "), tested on (" span.test { "orange" } "), with a gap of "
                    (many(contest.gap_days.round() as u64, "day", "days")) " so that no outcome is seen early. No lead is on both sides."
                }
                thead.unseen { tr { th scope="col" { "Split" } th scope="col" { "In time" } th scope="col" { "Days" } } }
                tbody {
                    @for (nth, fold) in contest.folds.iter().take(MOST).enumerate() {
                        (line(
                            format!("Fold {}", nth + 1),
                            html! { (block(&fold.train, "train", "learned from")) (block(&fold.test, "test", "tested on")) },
                            told(fold),
                        ))
                    }
                    (line(
                        "Holdout".into(),
                        block(&contest.holdout, "test", "tested on"),
                        format!("{} to {}", day(contest.holdout.from_ms), day(contest.holdout.to_ms)),
                    ))
                }
            }
        }
    }
}
