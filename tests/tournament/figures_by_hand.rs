//! Gain, its curve, lift and calibration error, which scikit-learn has not, are those of a few rows by hand.

use needle::model::scale::log_odds;
use needle::training::tournament::curves::{confusions, curves};
use needle::training::tournament::metrics::{Metrics, metrics};
use needle::training::tournament::ranking::Ranking;

/// Rows of probability, outcome and weight, each of a lead of its own.
fn ranking(rows: &[(f64, bool, f64)]) -> Ranking {
    let said: Vec<f64> = rows.iter().map(|(said, ..)| log_odds(*said)).collect();
    let labels: Vec<bool> = rows.iter().map(|(_, label, _)| *label).collect();
    let weights: Vec<f64> = rows.iter().map(|(.., weight)| *weight).collect();
    let leads: Vec<u32> = (0..rows.len() as u32).collect();
    Ranking::new(&said, &labels, &weights, &leads)
}

fn figures(rows: &[(f64, bool, f64)]) -> Metrics {
    metrics(&ranking(rows), &[], 0.5).unwrap()
}

fn close(ours: f64, must: f64, what: &str) {
    assert!((ours - must).abs() < 1e-12, "{what}: {ours}, by hand {must}");
}

#[test]
fn a_tie_across_the_border_counts_in_part() {
    // 30 in all, so the upper tenth is 3: the first row, and half of the tie of 4 below it.
    let rows = [(0.9, true, 1.0), (0.8, true, 1.5), (0.8, false, 2.5), (0.2, true, 5.0), (0.1, false, 20.0)];
    let figures = figures(&rows);
    close(figures.gain, (1.0 + 0.5 * 1.5) / 7.5, "gain");
    close(figures.lift, (1.0 + 0.5 * 1.5) / 7.5 / 0.1, "lift");
}

#[test]
fn all_in_the_upper_tenth_is_all_there_is_to_gain() {
    let figures = figures(&[(0.9, true, 1.0), (0.5, false, 4.0), (0.4, false, 5.0)]);
    close(figures.gain, 1.0, "gain");
    close(figures.lift, 10.0, "lift");
}

#[test]
fn errors_cancel_within_a_bin_of_equal_weight_alone() {
    // 20 in all, 2 to a bin: the first two rows are one bin, and their errors of −.4 and .5 all but cancel.
    let rows = [(0.6, true, 1.0), (0.5, false, 1.0), (0.1, false, 18.0)];
    close(figures(&rows).calibration_error, (0.1 + 18.0 * 0.1) / 20.0, "ECE");
    // By weight they are bins of their own, though there are as many rows.
    let rows = [(0.6, true, 2.0), (0.5, false, 2.0), (0.1, false, 16.0)];
    close(figures(&rows).calibration_error, (0.8 + 1.0 + 16.0 * 0.1) / 20.0, "ECE");
}

#[test]
fn the_curve_of_gain_goes_from_nobody_to_all() {
    let rows = [(0.9, true, 1.0), (0.5, false, 1.0), (0.4, true, 1.0), (0.4, false, 2.0), (0.1, true, 3.0)];
    let gain = curves(&confusions(&ranking(&rows))).gain;
    assert_eq!(gain, [[0.0, 0.0], [0.125, 0.2], [0.25, 0.2], [0.625, 0.4], [1.0, 1.0]]);
}
