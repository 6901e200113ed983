//! The JSON is the report: read back, it is the same in every number and every word.

use needle::training::report::data::Estimate;
use needle::training::report::{Report, json};
use serde_json::Value;

use crate::report_support::{day_zero, full};

#[test]
fn what_is_read_back_is_the_same() {
    for report in [full(), day_zero(), Report::default()] {
        let read: Report = serde_json::from_str(&json(&report)).unwrap();
        assert_eq!(read, report);
    }
}

#[test]
fn numbers_stand_under_their_names() {
    let report = full();
    let value: Value = serde_json::from_str(&json(&report)).unwrap();
    let at = |place: &str| value.pointer(place).unwrap_or_else(|| panic!("{place}"));
    assert_eq!(at("/verdict/decision"), "takes_over");
    assert_eq!(at("/contest/contestants/0/figures/0/metric"), "auroc");
    assert_eq!(at("/contest/contestants/0/figures/0/value"), 0.842);
    assert_eq!(at("/truth/best_auroc"), 0.871);
    assert_eq!(at("/thresholds/rule/by"), "costs");
    let chosen = report.thresholds.as_ref().unwrap();
    let confusion = chosen.rows[chosen.chosen].confusion;
    let place = format!("/thresholds/rows/{}/confusion/false_negatives", chosen.chosen);
    assert_eq!(at(&place), confusion.false_negatives);
}

#[test]
fn what_is_not_known_is_null() {
    let mut report = full();
    report.bands[0].conversion = Estimate::exact(f64::NAN);
    let value: Value = serde_json::from_str(&json(&report)).unwrap();
    assert_eq!(value["bands"][0]["conversion"]["value"], Value::Null);
}
