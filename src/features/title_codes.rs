//! A job title as two numbers, and their words.

use super::MISSING;

/// By code.
pub const RANKS: [&str; 0] = [];
/// By code.
pub const DEPARTMENTS: [&str; 0] = [];

/// Rank (more is higher) and department (a category) of a job title; [`MISSING`] where the title does not say.
pub fn title_codes(_text: &str) -> (f64, f64) {
    (MISSING, MISSING)
}
