//! Each preset's share of leads that buy is the published one, as near as so many leads can tell.

use needle::simulate::Journeys;
use needle::simulate::preset::Preset;

use crate::support::plan;

fn check(name: &str, leads: u32) {
    let preset = Preset::named(name).expect("a preset");
    let mut journeys = Journeys::by(&plan(11, leads, preset.days), preset.law(), None);
    while journeys.watch().is_some() {}
    let (wanted, found) = (preset.conversion, journeys.census().conversion());
    // Leads are independent: a share has a standard deviation of √(p(1-p)/n); four of them, and 4 % for how well the preset is tuned.
    let deviation = (wanted * (1.0 - wanted) / f64::from(leads)).sqrt();
    let bound = 4.0 * deviation + 0.04 * wanted;
    assert!((found - wanted).abs() < bound, "{name}: {found:.5} instead of {wanted} ± {bound:.5}");
}

#[test]
fn fourteen_months() {
    check("14-months", 15_000);
}

#[test]
fn six_months() {
    check("6-months", 30_000);
}

#[test]
fn twenty_eight_months() {
    check("28-months", 15_000);
}
