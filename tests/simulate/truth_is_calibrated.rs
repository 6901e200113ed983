//! The truth is true: of the rows that it gives a probability, as many buy as it says, in every bin of every kind of row.
//!
//! Rows of one lead are not independent, leads are: so a bin's difference is judged by its leads' sums. With `d` a lead's sum of label less
//! probability over its rows in the bin, `Σ d` has mean 0 and variance `Σ d²`; three and a half of its square roots are too many.

use std::collections::HashMap;

use needle::simulate::law::Law;
use needle::simulate::outlook::Outlook;

use crate::support::{HORIZON_DAYS, Row, plan, rows};

/// Buyers that a bin must be said to have for its sum to be told from chance.
const BUYERS: f64 = 15.0;

fn check(name: &str, rows: &[Row], wanted: impl Fn(&Row) -> bool) {
    let mut bins: HashMap<i32, HashMap<&str, f64>> = HashMap::new();
    let mut sums: HashMap<i32, (f64, f64, f64)> = HashMap::new();
    for row in rows.iter().filter(|row| wanted(row)) {
        let probability = row.truth.probability;
        // Half a unit of log-odds each; what is below 1 in 3,000 together.
        let bin = (2.0 * (probability / (1.0 - probability)).ln()).floor().max(-16.0) as i32;
        let label = f64::from(u8::from(row.label));
        *bins.entry(bin).or_default().entry(&row.person).or_default() += label - probability;
        let sum = sums.entry(bin).or_default();
        *sum = (sum.0 + probability, sum.1 + label, sum.2 + 1.0);
    }
    let mut checked = 0;
    // Buyers rather than rows: as many as the mean probability makes of the bin's leads.
    let buyers = |bin: i32, leads: usize| leads as f64 * sums[&bin].0 / sums[&bin].2;
    for (bin, leads) in bins.iter().filter(|(bin, leads)| buyers(**bin, leads.len()) >= BUYERS) {
        let difference: f64 = leads.values().sum();
        let deviation = leads.values().map(|lead| lead * lead).sum::<f64>().sqrt();
        // What the tables are off by (steps of half a day, weekends): 2 %.
        let bound = 3.5 * deviation + 0.02 * sums[bin].0;
        checked += 1;
        assert!(
            difference.abs() <= bound,
            "{name}, bin {bin}: {:.1} said, {:.1} came, of {} leads; more than {bound:.1} apart",
            sums[bin].0,
            sums[bin].1,
            leads.len()
        );
    }
    assert!(checked >= 5, "{name}: {checked} bins say too little");
}

#[test]
fn truth_is_calibrated() {
    // Eight times the usual rate: enough buyers to see a difference by.
    let law = Law::USUAL.times(8.0);
    let rows = rows(&plan(7, 14_000, 300), law, Outlook::new(&law, HORIZON_DAYS));
    check("all", &rows, |_| true);
    check("at events", &rows, |row| !row.truth.silent);
    check("in silence", &rows, |row| row.truth.silent);
    check("anonymous", &rows, |row| row.truth.lead.starts_with("anon-"));
    check("known", &rows, |row| !row.truth.lead.starts_with("anon-") && !row.truth.contacted);
    check("contacted", &rows, |row| row.truth.contacted);
}
