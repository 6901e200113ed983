//! What is learned from, and what is judged by: always later, and never the same lead.
//!
//! ```text
//!      learned from            gap          judged by
//! ├──────────────────────┤ = horizon ├──────────────────────┤
//!                          labels of the former are known here
//! ```
//!
//! **Leads on both sides.** A lead that was there before the cut and still is after it may lie on one side only. To keep such leads out
//! of the earlier side would teach the model on those that fell silent or converted early: a choice by what came later. So a coin, the
//! hash of lead and seed, gives each of them to one side, its rows on the other are left out, and those that stay count twice. Each
//! side then stands for all leads of its time.

use std::collections::HashSet;

use crate::random::mix;
use crate::training::matrix::Matrix;
use crate::training::part::Part;

/// Two parts of which the second is later.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Split {
    pub earlier: Part,
    pub later: Part,
    /// Rows later than this, or at it.
    pub cut_ms: i64,
    /// Rows in the gap: their outcome is not known at the cut.
    pub in_gap: usize,
    /// Rows of a lead that is on the other side.
    pub other_side: usize,
}

/// Divides `rows` at `cut_ms`. A row is earlier if its horizon was over before the cut.
pub fn split(matrix: &Matrix, part: &Part, cut_ms: i64, horizon_ms: i64, seed: u64) -> Split {
    let is_earlier = |row: usize| matrix.rows[row].at_ms.saturating_add(horizon_ms) < cut_ms;
    let is_later = |row: usize| matrix.rows[row].at_ms >= cut_ms;
    let leads = |side: &dyn Fn(usize) -> bool| -> HashSet<u64> {
        part.rows.iter().filter(|row| side(**row)).map(|row| matrix.rows[*row].lead).collect()
    };
    let (before, after) = (leads(&is_earlier), leads(&is_later));
    let mut split = Split { cut_ms, ..Split::default() };
    for (&row, &weight) in part.rows.iter().zip(&part.weights) {
        let lead = matrix.rows[row].lead;
        let on_both = before.contains(&lead) && after.contains(&lead);
        let weight = if on_both { 2.0 * weight } else { weight };
        let goes_later = mix(lead ^ mix(seed)) & 1 == 1;
        let (side, stays) = match (is_earlier(row), is_later(row)) {
            (true, _) => (&mut split.earlier, !on_both || !goes_later),
            (_, true) => (&mut split.later, !on_both || goes_later),
            _ => {
                split.in_gap += 1;
                continue;
            }
        };
        if stays {
            side.rows.push(row);
            side.weights.push(weight);
        } else {
            split.other_side += 1;
        }
    }
    split
}

/// The instant with that share of the part's rows before it.
pub fn instant(matrix: &Matrix, part: &Part, share: f64) -> Option<i64> {
    let place = (part.len() as f64 * share) as usize;
    let row = part.rows.get(place.min(part.len().checked_sub(1)?))?;
    Some(matrix.rows[*row].at_ms)
}

/// Rows of `part` that lie before an instant.
fn before(matrix: &Matrix, part: &Part, end_ms: i64) -> Part {
    let rows = part.rows.iter().zip(&part.weights).filter(|(row, _)| matrix.rows[**row].at_ms < end_ms);
    let (rows, weights) = rows.unzip();
    Part { rows, weights }
}

/// `count` splits, each later than the one before; what is learned from grows. The first judged part begins where `first_share` of the
/// rows are over.
pub fn folds(matrix: &Matrix, part: &Part, count: usize, first_share: f64, horizon_ms: i64, seed: u64) -> Vec<Split> {
    let at = |fold: usize| instant(matrix, part, first_share + (1.0 - first_share) * fold as f64 / count as f64);
    let fold = |fold: usize| {
        let known = if fold + 1 == count { part.clone() } else { before(matrix, part, at(fold + 1)?) };
        // Another coin in each fold, so that no lead is always on the same side.
        Some(split(matrix, &known, at(fold)?, horizon_ms, seed ^ mix(fold as u64 + 1)))
    };
    (0..count).filter_map(fold).collect()
}
