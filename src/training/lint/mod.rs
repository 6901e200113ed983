//! Leakage lint: features that are too good to be true, and those whose value changes once the outcome is there.
//!
//! A feature leaks when it holds what is known only because of the outcome: a field that sales fill in when they accept a lead. A model
//! that sees it looks splendid on past leads and is worth nothing on new ones. Nothing here can prove that; it names what looks like it,
//! and somebody decides (`training.exclude`). Four signs, each with its bound:
//!
//! - [`Sign::Foretells`]: the feature alone ranks positive rows over negative ones with an AUROC above [`AUROC`]. Categories are ranked by
//!   their rate among the other half of the leads, so that many rare categories do not look good by chance.
//! - [`Sign::Settles`]: more than [`SETTLED`] of the rows with one value are positive, at odds of [`ODDS`] times all rows', and they are
//!   [`SHARE`] of all positive rows or more. An honest value may be as sure as that for a handful of leads, not for so large a part.
//! - [`Sign::Judges`]: some values of a category are nearly always positive ([`JUDGED`], on [`JUDGED_POSITIVES`] of all positive rows), and
//!   others nearly never (odds of 1/[`ODDS`], on [`JUDGED_NEGATIVES`] of all negative ones). What is sure in both directions is a verdict.
//! - [`Sign::ChangesAfter`]: the value of a trait changes around the outcome, and does so far less in leads without one. Traits alone are
//!   looked at: counts and instants change with every touchpoint, and the outcome is one.
//!
//! All counts are by the rows' weights; how many leads stand behind them is checked apart, since a lead has many rows.

use serde::Serialize;

use super::matrix::Matrix;
use ranking::auroc;
use values::{Totals, by_value};

pub use after::changes_after;

mod after;
mod ranking;
mod values;

pub const AUROC: f64 = 0.95;
pub const SETTLED: f64 = 0.95;
pub const ODDS: f64 = 20.0;
pub const SHARE: f64 = 0.2;
pub const JUDGED: f64 = 0.9;
pub const JUDGED_POSITIVES: f64 = 0.1;
pub const JUDGED_NEGATIVES: f64 = 0.05;
/// Leads of each kind without which nothing is said.
pub const LEADS: usize = 20;
/// Rows that are looked at; of more, every nth.
const ROWS: usize = 200_000;

/// What a feature was named for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    Foretells,
    Settles,
    Judges,
    ChangesAfter,
}

/// A feature that may leak.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    pub feature: String,
    pub sign: Sign,
    /// An AUROC, a share of rows that are positive, the share of all rows that is judged, a share of leads whose value changed.
    pub figure: f64,
    /// For people.
    pub sentence: String,
}

/// Features of a matrix that alone are too good to be true, in the order of its columns; one may be named for several signs.
pub fn too_good(matrix: &Matrix) -> Vec<Finding> {
    let step = matrix.rows.len().div_ceil(ROWS).max(1);
    let rows: Vec<usize> = (0..matrix.rows.len()).step_by(step).collect();
    let totals = Totals::of(matrix, &rows);
    if !totals.are_enough() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (place, column) in matrix.columns.iter().enumerate() {
        let values = by_value(matrix, &rows, place);
        let of = |sign, (figure, sentence): (f64, String)| Finding {
            feature: column.name.clone(),
            sign,
            figure,
            sentence: format!("`{}` {sentence}", column.name),
        };
        findings.extend(auroc(column.kind, &values).and_then(foretells).map(|found| of(Sign::Foretells, found)));
        let leads = |value| values::leads_with(matrix, &rows, place, value);
        findings.extend(totals.settles(&values, leads).map(|found| of(Sign::Settles, found)));
        if column.kind == super::matrix::ColumnKind::Category {
            findings.extend(totals.judges(&values).map(|found| of(Sign::Judges, found)));
        }
    }
    findings
}

fn foretells(auroc: f64) -> Option<(f64, String)> {
    let sentence = format!(
        "alone tells rows that convert from those that do not with an AUROC of {auroc:.3}: it may be filled in when the outcome is known"
    );
    (auroc > AUROC).then_some((auroc, sentence))
}
