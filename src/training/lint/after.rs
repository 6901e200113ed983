//! Traits that change around the outcome.

use super::{Finding, LEADS, Sign};
use crate::training::dataset::{Around, Pairs};
use crate::training::matrix::Column;

/// A trait is named where it changes in so many of the leads with an outcome,
const CHANGED: f64 = 0.2;
/// so many times as often as in those without,
const TIMES: f64 = 3.0;
/// and so many standard errors more often.
const ERRORS: f64 = 3.0;

/// Traits whose value changes around the outcome, in the order of `columns`, which are those of the vectors.
pub fn changes_after(columns: &[Column], around: &Around) -> Vec<Finding> {
    let width = columns.len();
    let (outcome, control) = (&around.outcome, &around.control);
    let leads = [outcome, control].map(|pairs| pairs.before.len().checked_div(width).unwrap_or(0));
    if leads.iter().any(|leads| *leads < LEADS) {
        return Vec::new();
    }
    let traits = columns.iter().enumerate().filter(|(_, column)| column.group == "trait");
    let findings = traits.filter_map(|(place, column)| {
        let [changed, usual] = [(outcome, leads[0]), (control, leads[1])].map(|(pairs, leads)| {
            let changed = changes(pairs, width, place);
            changed as f64 / leads as f64
        });
        let pooled = (changed * leads[0] as f64 + usual * leads[1] as f64) / (leads[0] + leads[1]) as f64;
        let error = (pooled * (1.0 - pooled) * (1.0 / leads[0] as f64 + 1.0 / leads[1] as f64)).sqrt();
        let systematic = changed >= CHANGED && changed >= TIMES * usual && changed - usual > ERRORS * error;
        let sentence = format!(
            "`{}` changes in {:.0} % of {} leads within a week from their outcome, and in {:.0} % of {} leads without one in a week: it \
             may be filled in because of the outcome",
            column.name,
            100.0 * changed,
            leads[0],
            100.0 * usual,
            leads[1]
        );
        let feature = column.name.clone();
        systematic.then_some(Finding { feature, sign: Sign::ChangesAfter, figure: changed, sentence })
    });
    findings.collect()
}

/// In how many pairs the value is another one after.
fn changes(pairs: &Pairs, width: usize, place: usize) -> usize {
    let of = |values: &[f64]| values.iter().skip(place).step_by(width).map(|value| value.to_bits()).collect::<Vec<_>>();
    of(&pairs.before).iter().zip(of(&pairs.after)).filter(|(before, after)| **before != *after).count()
}
