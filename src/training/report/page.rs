//! The report as one HTML page: for sales on top, for data science below.
//!
//! Nothing is fetched: style, script and charts are in the page, and its content security policy lets nothing else run. Whatever comes from
//! outside is escaped by the template, at compile time; without JavaScript all but the slider is there.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::data::Report;
use super::words::{minute, name, seconds};

mod account;
mod bands;
mod contest;
mod curves;
mod factors;
mod glossary;
mod learned;
mod metric;
mod moves;
mod service;
mod thresholds;
mod verdict;

const STYLE: &str = include_str!("page/style.css");
const SCRIPT: &str = include_str!("page/slider.js");
/// Nothing from anywhere, but this style and this script, told by their hashes.
const POLICY: &str = concat!(
    "default-src 'none'; base-uri 'none'; form-action 'none'; ",
    "style-src 'sha256-LnfRfbz/mf9zv2lT0r+Nkjy+Y9bWV7gl7tZ79ay16Ok='; ",
    "script-src 'sha256-6QeKd2VBLO42YbIQR7KvrwLv4WIuNR9n9WmJE8qYjqU='",
);

/// A part of the page, in the table of contents by its title.
struct Section {
    id: &'static str,
    title: &'static str,
    body: Markup,
}

impl Section {
    fn new(id: &'static str, title: &'static str, body: Markup) -> Self {
        Self { id, title, body }
    }
}

/// The whole page.
pub fn page(report: &Report) -> Markup {
    let sales = [
        learned::section(report),
        bands::section(report),
        thresholds::section(report),
        moves::section(report),
        service::exploration(report),
    ];
    let science = [
        contest::section(report),
        curves::section(report),
        factors::section(report),
        factors::tree(report),
        account::section(report),
        account::lint(report),
        service::drift(report),
        service::truth(report),
        glossary::section(report),
    ];
    let sales: Vec<Section> = sales.into_iter().flatten().collect();
    let science: Vec<Section> = science.into_iter().flatten().collect();
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(report))
            body {
                a.skip href="#verdict" { "Skip to the verdict" }
                (masthead(report))
                nav aria-label="Contents" {
                    ul {
                        @for Section { id, title, .. } in sales.iter().chain(&science) {
                            li { a href=(format!("#{id}")) { (title) } }
                        }
                    }
                }
                main {
                    (verdict::section(report))
                    @for section in &sales { (framed(section)) }
                    p.divide { span { "For data scientists" } }
                    @for section in &science { (framed(section)) }
                }
                (footer(report))
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

fn head(report: &Report) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(POLICY);
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="no-referrer";
            title { "Lead scoring report: " (super::words::cut(&report.meta.tenant, 60)) }
            style { (PreEscaped(STYLE)) }
        }
    }
}

fn masthead(report: &Report) -> Markup {
    let meta = &report.meta;
    html! {
        header {
            p.brand { (needle()) "needle" }
            p.kicker { "Lead scoring report for" }
            h1 { (name(&meta.tenant)) }
            p.when { "Trained " (minute(meta.made_at_ms)) @if let Some(version) = &meta.version { " · model " code { (name(version)) } } }
        }
    }
}

/// The mark: a needle in a stack of hay.
fn needle() -> Markup {
    html! {
        svg.logo viewBox="0 0 24 24" aria-hidden="true" {
            path.hay d="M3 20L16 15M5 22L19 19M4 17L20 21M8 14L21 17" {}
            path.steel d="M6 21L20 3" {}
            circle.eye cx="19.2" cy="4.1" r="1.9" {}
        }
    }
}

fn framed(section: &Section) -> Markup {
    let label = format!("{}-title", section.id);
    html! {
        section id=(section.id) aria-labelledby=(label) {
            h2 id=(label) { (section.title) }
            (section.body)
        }
    }
}

fn footer(report: &Report) -> Markup {
    let meta = &report.meta;
    html! {
        footer {
            p {
                "Made by needle " (name(&meta.needle_version)) " on " (minute(meta.made_at_ms)) ", seed " (meta.seed)
                @if let Some(run) = meta.run_seconds { ", in " (seconds(run)) }
                ". The same seed on the same snapshots gives the same model. This page loads nothing from the network; its data, "
                "unrounded, lies beside it as JSON."
            }
        }
    }
}

/// A chart with its title, a sentence on how to read it, and who is who.
fn figure(title: &str, reading: &str, legend: Markup, chart: Markup) -> Markup {
    html! {
        figure {
            figcaption { h3 { (title) } p { (reading) } (legend) }
            (chart)
        }
    }
}

/// What stands for a line or a column in a legend.
#[derive(Clone, Copy)]
enum Swatch {
    Line,
    Area,
}

/// Names in the order of the chart's colours; none where there is but one.
fn legend(swatch: Swatch, names: &[&str]) -> Markup {
    html! {
        @if names.len() > 1 {
            ul.legend {
                @for (nth, whose) in names.iter().enumerate() {
                    li {
                        svg.swatch viewBox="0 0 26 8" aria-hidden="true" {
                            @match swatch {
                                Swatch::Line => path class=(format!("line s{nth}")) d="M0 4L26 4" {},
                                Swatch::Area => rect class=(format!("fill s{nth}")) x="7" width="12" height="8" {},
                            }
                        }
                        (name(whose))
                    }
                }
            }
        }
    }
}

/// `3 more in the JSON`, where a list was cut.
fn more(all: usize, shown: usize, what: &str) -> Markup {
    html! {
        @if all > shown {
            p.small { (super::words::count((all - shown) as u64)) " more " (what) " in the JSON." }
        }
    }
}
