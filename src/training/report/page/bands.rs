//! How often leads of each band convert.

use maud::{Markup, html};

use super::Section;
use crate::training::report::chart::{bar, whisker};
use crate::training::report::data::{Band, Report};
use crate::training::report::words::{amount, name, percent, short};

const MOST: usize = 26;

pub fn section(report: &Report) -> Option<Section> {
    if report.bands.is_empty() {
        return None;
    }
    let ends =
        report.bands.iter().map(|band| band.conversion.interval().map_or(band.conversion.value, |(_, upper)| upper));
    let most = ends.filter(|end| end.is_finite()).fold(0.0, f64::max);
    let rows: f64 = report.bands.iter().map(|band| band.rows).sum();
    let usual = report.bands.iter().map(|band| band.positives).sum::<f64>() / rows;
    Some(Section::new(
        "bands",
        "Conversion by score band",
        html! {
            p {
                "How often leads of each band converted, on leads that the model had not seen. "
                "The line marks the average of all, " (percent(usual)) "; the bar around a dot is where the true share is likely to lie. "
                "A row is a lead at an instant: one that was looked at often counts often."
            }
            div.wide tabindex="0" role="group" aria-label="Conversion by score band" {
                table.bands {
                    thead {
                        tr {
                            th scope="col" { "Band" }
                            th scope="col" { "Score" }
                            th scope="col" { "Share of all" }
                            th.number scope="col" { "Rows" }
                            th.number scope="col" { "Converted" }
                            th.number scope="col" { "Conversion" }
                            th scope="col" { span.unseen { "Interval" } }
                        }
                    }
                    tbody { @for (nth, band) in report.bands.iter().take(MOST).enumerate() { (row(nth, band, rows, most, usual)) } }
                }
            }
        },
    ))
}

fn row(nth: usize, band: &Band, all: f64, most: f64, usual: f64) -> Markup {
    let conversion = &band.conversion;
    html! {
        tr {
            th scope="row" { span.band.(format!("b{}", nth.min(4))) { (name(&band.name)) } }
            td.nowrap { (short(band.from)) "–" (short(band.to)) }
            td.bars { (bar(band.rows, all, "plain")) span.between { (percent(band.rows / all)) } }
            td.number { (amount(band.rows)) }
            td.number { (amount(band.positives)) }
            td.number { b { (percent(conversion.value)) } }
            td.bars {
                (whisker(conversion.value, conversion.interval(), (0.0, most), Some(usual)))
                @if let Some((lower, upper)) = conversion.interval() {
                    span.between { (percent(lower)) " to " (percent(upper)) }
                }
            }
        }
    }
}
