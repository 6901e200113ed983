//! What exploration taught, what has drifted, and how far from the truth a simulation ended.

use maud::{Markup, html};

use super::{Section, more};
use crate::training::report::chart::bar;
use crate::training::report::data::{Drift, Estimate, Report};
use crate::training::report::words::{count, figure, many, name, percent, sentence, short_percent};

/// Below, a feature is steady; above the second it is of another population. The usual rule for the population stability index.
const STEADY: f64 = 0.1;
const MOVED: f64 = 0.25;
const MOST_FEATURES: usize = 20;

pub fn exploration(report: &Report) -> Option<Section> {
    let exploration = report.exploration.as_ref()?;
    Some(Section::new(
        "exploration",
        "What exploration taught",
        html! {
            p {
                "Sales was asked to call " (short_percent(exploration.share)) " of the low-scored leads all the same, chosen by lot: "
                "otherwise the model would never learn where it is wrong about them. "
                (many(exploration.flagged, "lead was", "leads were")) " flagged long enough ago to tell, " (count(exploration.contacted)) " contacted, and "
                b { (count(exploration.converted)) " converted" }
                @if exploration.flagged > 0 {
                    ": " (with_interval(&exploration.conversion))
                    @if let Some(foretold) = exploration.foretold { ", where the model had foretold " (percent(foretold)) }
                }
                "."
            }
            @if let Some(others) = &exploration.others {
                p {
                    "Beside them, of " (count(others.leads)) " low-scored leads that were not flagged, " (count(others.contacted))
                    " were contacted, and " (count(others.converted)) " converted: " (with_interval(&others.conversion)) "."
                }
            }
            @if !exploration.sentences.is_empty() {
                ul.sentences { @for text in exploration.sentences.iter().take(12) { li { (sentence(text)) } } }
            }
        },
    ))
}

fn with_interval(estimate: &Estimate) -> Markup {
    html! {
        (percent(estimate.value))
        @if let Some((lower, upper)) = estimate.interval() { " (" (percent(lower)) " to " (percent(upper)) ")" }
    }
}

pub fn drift(report: &Report) -> Option<Section> {
    let drift = report.drift.as_ref()?;
    Some(Section::new(
        "drift",
        "Drift",
        html! {
            p {
                "How far later leads are from earlier ones: " (sentence(&drift.compared)) ". The population stability index (PSI) is 0 where "
                "nothing has changed; below " (STEADY) " is steady, above " (MOVED) " is another population."
            }
            @if let Some(psi) = drift.score_psi { p { "Score: PSI " b { (figure(psi)) } ", " (judged(psi)) "." } }
            @if drift.features.is_empty() { p { "Every feature is steady." } } @else { (features(drift)) }
        },
    ))
}

fn features(drift: &Drift) -> Markup {
    let most = drift.features.iter().map(|f| f.psi).filter(|psi| psi.is_finite()).fold(MOVED, f64::max);
    html! {
        div.wide tabindex="0" role="group" aria-label="Drift by feature" {
            table {
                thead {
                    tr { th scope="col" { "Feature" } th.number scope="col" { "PSI" } th scope="col" { span.unseen { "Bar" } } th scope="col" { "Judged" } }
                }
                tbody {
                    @for feature in drift.features.iter().take(MOST_FEATURES) {
                        tr {
                            th scope="row" { (name(&feature.text)) span.feature { (name(&feature.feature)) } }
                            td.number { (figure(feature.psi)) }
                            td.bars { (bar(feature.psi, most, if feature.psi > MOVED { "bad" } else { "plain" })) }
                            td.nowrap { (judged(feature.psi)) }
                        }
                    }
                }
            }
        }
        (more(drift.features.len(), MOST_FEATURES, "features"))
    }
}

fn judged(psi: f64) -> &'static str {
    if psi < STEADY {
        "steady"
    } else if psi <= MOVED {
        "has moved"
    } else if psi > MOVED {
        "another population"
    } else {
        "not known"
    }
}

pub fn truth(report: &Report) -> Option<Section> {
    let truth = report.truth?;
    Some(Section::new(
        "truth",
        "Against the simulator's truth",
        html! {
            p {
                "These leads are simulated, so the true chance of each is known. A model that knew it would reach an AUROC of "
                b { (figure(truth.best_auroc)) } ": conversion has luck in it, and nothing can foretell that. Ours reaches "
                b { (figure(truth.our_auroc)) } ", which is " b { (percent(truth.share)) } " of it, and "
                (percent(truth.share_above_chance)) " of what lies above chance."
            }
            (bar(truth.our_auroc - 0.5, truth.best_auroc - 0.5, "wide"))
            p.small { "The bar is what lies above chance, AUROC 0.5 to " (figure(truth.best_auroc)) "." }
        },
    ))
}
