//! Global factors in full, and the decision tree.

use maud::{Markup, html};

use super::{Section, more};
use crate::training::report::chart::{bar, swarm, tree as drawing};
use crate::training::report::data::{Direction, Factor, Learned, Report};
use crate::training::report::words::{amount, count, cut, figure, many, name, points, short};

const MOST_FACTORS: usize = 25;
const MOST_GROUPS: usize = 16;

pub fn section(report: &Report) -> Option<Section> {
    let learned = report.learned.as_ref().filter(|learned| !learned.factors.is_empty())?;
    Some(Section::new(
        "factors",
        "Feature importance",
        html! {
            p {
                "SHAP values of the chosen model in points of the score, over " (many(learned.rows, "row", "rows")) " of the holdout. "
                "Of every lead they add up, with the base of " (points(learned.base_points).trim_start_matches('+')) " points, to the score. "
                "Importance is the mean of their size."
            }
            @if !learned.groups.is_empty() { (groups(learned)) }
            (table(learned))
            (more(learned.factors.len(), MOST_FACTORS, "features"))
        },
    ))
}

fn groups(learned: &Learned) -> Markup {
    let most =
        learned.groups.iter().map(|group| group.mean_abs_points).filter(|size| size.is_finite()).fold(0.0, f64::max);
    html! {
        div.wide tabindex="0" role="group" aria-label="Importance by group of features" {
            table.groups {
                caption { "By group of features" }
                thead { tr { th scope="col" { "Group" } th scope="col" { span.unseen { "Bar" } } th.number scope="col" { "Mean |points|" } th.number scope="col" { "Features" } } }
                tbody {
                    @for group in learned.groups.iter().take(MOST_GROUPS) {
                        tr {
                            th scope="row" { (name(&group.group)) }
                            td.bars { (bar(group.mean_abs_points, most, "plain")) }
                            td.number { (figure(group.mean_abs_points)) }
                            td.number { (count(group.features)) }
                        }
                    }
                }
            }
        }
    }
}

fn table(learned: &Learned) -> Markup {
    let shown = &learned.factors[..learned.factors.len().min(MOST_FACTORS)];
    let most = shown.iter().map(|factor| factor.mean_abs_points).filter(|size| size.is_finite()).fold(0.0, f64::max);
    let dots = shown.iter().flat_map(|factor| &factor.dots).map(|dot| dot.points.abs());
    let widest = dots.filter(|size| size.is_finite()).fold(0.0, f64::max);
    html! {
        div.wide tabindex="0" role="group" aria-label="Features by importance" {
            table.factors {
                caption {
                    "By feature"
                    @if widest > 0.0 {
                        ". Each dot is a lead, to the right where the feature raises its score. Its shade is the value: "
                        (shades())
                    }
                }
                thead {
                    tr {
                        th scope="col" { "Feature" }
                        th scope="col" { "Mean |points|" }
                        th scope="col" { "More of it" }
                        @if widest > 0.0 { th.scale scope="col" { span { "−" (short(widest.round())) } span { "points" } span { "+" (short(widest.round())) } } }
                    }
                }
                tbody { @for factor in shown { (row(factor, most, widest)) } }
            }
        }
    }
}

fn shades() -> Markup {
    html! {
        span.nowrap { "low " svg.shades viewBox="0 0 60 10" aria-hidden="true" {
            @for shade in 0..5 { path.(format!("v{shade}")) d=(format!("M{} 5h0", 6 + shade * 12)) {} }
        } " high" }
        ", grey where it is missing or has no order"
    }
}

fn row(factor: &Factor, most: f64, widest: f64) -> Markup {
    let alt = format!("Beeswarm of {}: points of {} rows", cut(&factor.feature, 60), amount(factor.dots.len() as f64));
    html! {
        tr {
            th scope="row" {
                (name(&factor.text))
                span.feature { (name(&factor.feature)) " · " (name(&factor.group)) " · " (name(&factor.unit)) }
            }
            td.bars { (bar(factor.mean_abs_points, most, "plain")) span.between { (figure(factor.mean_abs_points)) } }
            td.nowrap { (direction(factor.direction)) }
            @if widest > 0.0 { td { @if !factor.dots.is_empty() { (swarm(&factor.dots, widest, &alt)) } } }
        }
    }
}

fn direction(direction: Direction) -> Markup {
    let (class, arrow, word) = match direction {
        Direction::Raises => ("up", "▲", "raises"),
        Direction::Lowers => ("down", "▼", "lowers"),
        Direction::Mixed => ("mixed", "◆", "depends"),
        Direction::Unordered => ("mixed", "◆", "by value"),
    };
    html! { span.(class) { span aria-hidden="true" { (arrow) " " } (word) } }
}

pub fn tree(report: &Report) -> Option<Section> {
    let tree = report.tree.as_ref().filter(|tree| !tree.nodes.is_empty())?;
    Some(Section::new(
        "tree",
        "The decision tree",
        html! {
            p {
                "The simplest of the contestants that asks questions. It shows the main lines, whoever won. Shades say how far from the average of "
                "all a group converts."
            }
            (drawing(tree))
        },
    ))
}
