//! What was learned, in sentences and in the few features that matter most.

use maud::{Markup, html};

use super::Section;
use crate::training::report::chart::diverging;
use crate::training::report::data::{Factor, Report};
use crate::training::report::words::{amount, cut, name, points, sentence};

/// Features whose values are told one by one.
const MOST_EFFECTS: usize = 6;
/// Values of one feature.
const MOST_VALUES: usize = 12;
const MOST_SENTENCES: usize = 12;

pub fn section(report: &Report) -> Option<Section> {
    let learned = report.learned.as_ref()?;
    let told: Vec<&Factor> = learned.factors.iter().filter(|f| !f.effects.is_empty()).take(MOST_EFFECTS).collect();
    if learned.sentences.is_empty() && told.is_empty() {
        return None;
    }
    let sizes = told.iter().flat_map(|f| &f.effects).map(|e| e.mean_points.abs()).filter(|size| size.is_finite());
    let most = sizes.fold(1.0, f64::max);
    Some(Section::new(
        "learned",
        "What drives the score",
        html! {
            @if !learned.sentences.is_empty() {
                ol.sentences { @for text in learned.sentences.iter().take(MOST_SENTENCES) { li { (sentence(text)) } } }
            }
            @if !told.is_empty() {
                p { "What the values of the strongest features add to the score, or take from it, in points:" }
                div.effects { @for factor in told { (effects(factor, most)) } }
            }
            p.small {
                "The model has found that these go together with conversion. That is no proof that one brings about the other: "
                "sending more people to a page does not by itself make them buy."
            }
        },
    ))
}

fn effects(factor: &Factor, most: f64) -> Markup {
    html! {
        table.effect {
            caption { (name(&factor.text)) span.feature { (name(&factor.feature)) } }
            thead { tr { th scope="col" { "Value" } th scope="col" { span.unseen { "Bar" } } th.number scope="col" { "Points" } th.number scope="col" { "Rows" } } }
            tbody {
                @for effect in factor.effects.iter().take(MOST_VALUES) {
                    tr {
                        th scope="row" { (cut(&effect.label, 40)) }
                        td.bars { (diverging(effect.mean_points, most)) }
                        td.number { (points(effect.mean_points)) }
                        td.number.faint { (amount(effect.rows)) }
                    }
                }
            }
        }
    }
}
