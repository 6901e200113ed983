//! What a report says, and how it is written.

#[path = "../report_support/mod.rs"]
mod report_support;

mod absent_parts;
mod factor_sums;
mod hostile_names;
mod json_holds_everything;
mod odd_numbers;
mod same_bytes;
mod self_contained;
mod size;
mod thresholds_agree;
mod valid_html;
