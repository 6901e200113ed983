//! Who moves: the leads whose band changes when the new model takes over, and by which feature.

use maud::{Markup, html};

use super::{Section, more};
use crate::training::report::data::{Decision, Move, Moves, Report};
use crate::training::report::words::{count, cut, many, name, points, sentence, short};

/// Leads in the table, features of one lead.
const MOST_LEADS: usize = 60;
/// Leads that are seen at once; the others are folded away.
const FIRST: usize = 10;
const MOST_CAUSES: usize = 3;
const MOST_BANDS: usize = 12;

pub fn section(report: &Report) -> Option<Section> {
    let moves = report.moves.as_ref()?;
    let stays = match report.verdict.decision {
        Decision::TakesOver => "when the new model takes over",
        _ => "if the new model took over",
    };
    Some(Section::new(
        "moves",
        "Who moves",
        html! {
            p {
                "Of " (many(moves.compared, "lead", "leads")) ", "
                b.up { (count(moves.up)) " move up" } " and " b.down { (count(moves.down)) " move down" }
                " by a band or more " (stays) "."
            }
            @if !moves.transitions.is_empty() && !moves.bands.is_empty() { (transitions(moves)) }
            @if !moves.leads.is_empty() { (leads(moves)) }
        },
    ))
}

/// From which band to which.
fn transitions(moves: &Moves) -> Markup {
    let bands = &moves.bands[..moves.bands.len().min(MOST_BANDS)];
    let at = |from: &str, to: &str| -> u64 {
        moves.transitions.iter().filter(|t| t.from == from && t.to == to).map(|t| t.leads).sum()
    };
    html! {
        div.wide tabindex="0" role="group" aria-label="Leads by old and new band" {
            table.transitions {
                caption { "Leads by band: rows are today's, columns the new model's. To the left of the diagonal is up, to the right down." }
                thead { tr { th scope="col" { "Today" } @for band in bands { th scope="col" { "to " (name(band)) } } } }
                tbody {
                    @for (row, from) in bands.iter().enumerate() {
                        tr {
                            th scope="row" { (name(from)) }
                            @for (column, to) in bands.iter().enumerate() {
                                @let class = match column.cmp(&row) {
                                    std::cmp::Ordering::Less => "up",
                                    std::cmp::Ordering::Equal => "same",
                                    std::cmp::Ordering::Greater => "down",
                                };
                                @let leads = at(from, to);
                                td.(class).none[leads == 0] { (count(leads)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn leads(moves: &Moves) -> Markup {
    let shown = &moves.leads[..moves.leads.len().min(MOST_LEADS)];
    let (first, rest) = shown.split_at(shown.len().min(FIRST));
    html! {
        (table(first, "The leads that move farthest, and what the two models see differently in them, in points"))
        @if !rest.is_empty() {
            details { summary { (many(rest.len() as u64, "more lead", "more leads")) } (table(rest, "Farther down the list")) }
        }
        (more(moves.leads.len(), MOST_LEADS, "leads"))
    }
}

fn table(leads: &[Move], caption: &str) -> Markup {
    html! {
        div.wide tabindex="0" role="group" aria-label=(caption) {
            table.leads {
                caption { (caption) }
                thead {
                    tr { th scope="col" { "Lead" } th scope="col" { "Band" } th.number scope="col" { "Score" } th scope="col" { "Because" } }
                }
                tbody { @for lead in leads { (row(lead)) } }
            }
        }
    }
}

fn row(lead: &Move) -> Markup {
    let (class, arrow) = if lead.to_score >= lead.from_score { ("up", "▲") } else { ("down", "▼") };
    html! {
        tr {
            th.lead scope="row" { (name(&lead.lead)) }
            td.nowrap { (cut(&lead.from_band, 12)) " → " b { (cut(&lead.to_band, 12)) } }
            td.number.nowrap { (short(lead.from_score)) " → " b.(class) { (short(lead.to_score)) " " span aria-hidden="true" { (arrow) } } }
            td {
                ul.causes {
                    @for cause in lead.because.iter().take(MOST_CAUSES) {
                        li { b.nowrap { (points(cause.points)) } " " (sentence(&cause.text)) }
                    }
                }
            }
        }
    }
}
