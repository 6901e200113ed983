//! What a training run has to say, for people and for machines.
//!
//! ```text
//! values, points ──► factor ──► Report ──► page ──► html    one file, nothing from the network
//! of a feature       sentences  (data)     chart
//!                                  └─────────────► json    the same, unrounded
//! ```
//!
//! Pure: the same report gives the same bytes.

pub use data::Report;

mod chart;
pub mod data;
pub mod factor;
mod page;
pub mod sentences;
pub mod words;

/// The report as one HTML page, which needs nothing beside itself.
pub fn html(report: &Report) -> String {
    words::neutral(page::page(report).into_string())
}

/// The report as one JSON object, with every number of it unrounded; those that are not finite are null.
pub fn json(report: &Report) -> String {
    // Strings, numbers and lists: there is no key that JSON could not have.
    let mut text = serde_json::to_string(report).unwrap_or_default();
    text.push('\n');
    text
}
