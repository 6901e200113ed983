//! What the words mean, a line each.

use maud::html;

use super::Section;
use super::metric::{ALL, told};
use crate::training::report::data::Report;

/// Words of every report.
const WORDS: [(&str, &str); 4] = [
    ("Lead", "A person who may become a customer, known by name or still anonymous."),
    ("Score", "The chance to convert within the horizon, as points from 0 to 100: ten more double the odds."),
    ("Band", "A range of scores, named by a letter: A is the best."),
    ("Horizon", "The days within which an outcome counts. What comes later is not foretold."),
];

/// Words of one that tells of models.
const OF_MODELS: [(&str, &str); 8] = [
    (
        "Holdout",
        "The last leads in time. No model learned from them, so they show how it will do on leads that are still to come.",
    ),
    ("Fold", "A split of the earlier data, older to learn from and newer to test on, by which settings are chosen."),
    ("Interval", "Where the true value is likely to lie. Where two overlap widely, the difference may be chance."),
    ("Baseline", "A rule so simple that a model has to beat it to be worth anything."),
    (
        "SHAP",
        "A fair way to split a lead's score among its features: each gets its points, and they add up to the score.",
    ),
    ("Calibration", "Whether probabilities are to be taken at their word."),
    (
        "Leak",
        "A feature that is known only once the outcome is. It makes figures shine and is worth nothing in service.",
    ),
    ("PSI", "Population stability index: how far the spread of a feature is from what it was in training."),
];

/// The words of this report.
pub fn section(report: &Report) -> Option<Section> {
    let fitted = report.contest.is_some();
    let body = html! {
        dl.glossary {
            @for (word, text) in &WORDS { div { dt { (word) } dd { (text) } } }
            @if fitted {
                @for (word, text) in &OF_MODELS { div { dt { (word) } dd { (text) } } }
                @for metric in ALL.into_iter().map(told) { div { dt { (metric.name) } dd { (metric.text) " " (metric.better()) } } }
            }
        }
    };
    Some(Section::new("words", "What the words mean", body))
}
