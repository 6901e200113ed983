//! What is said of a feature holds every row once, and says which way it goes.

use needle::training::report::data::{Direction, Factor};
use needle::training::report::factor::{Described, factor, plain};

use crate::report_support::crowd::Dice;

const ROWS: usize = 5000;

fn described(unordered: bool) -> Described<'static> {
    let (feature, text, group, unit) = ("f", "N visits", "theme", "visits");
    Described { feature, text, group, unit, unordered, missing: Some(-1.0), say: &plain }
}

/// Values of a kind, points that follow them, and weights.
fn rows(value: impl Fn(&mut Dice) -> f64, points: impl Fn(f64) -> f64) -> [Vec<f64>; 3] {
    let mut dice = Dice(5);
    let values: Vec<f64> = (0..ROWS).map(|_| value(&mut dice)).collect();
    let points = values.iter().map(|value| points(*value) + 0.1 * dice.bell()).collect();
    let weights = (0..ROWS).map(|nth| if nth % 3 == 0 { 1.0 } else { 4.5 }).collect();
    [values, points, weights]
}

fn assert_holds_every_row(factor: &Factor, [_, points, weights]: &[Vec<f64>; 3]) {
    let all: f64 = weights.iter().sum();
    let told: f64 = factor.effects.iter().map(|effect| effect.rows).sum();
    assert!((told - all).abs() < 1e-6 * all, "{told} of {all}");
    let sum: f64 = points.iter().zip(weights).map(|(p, w)| p * w).sum();
    let told: f64 = factor.effects.iter().map(|effect| effect.mean_points * effect.rows).sum();
    assert!((told - sum).abs() < 1e-6 * all, "{told} of {sum}");
    let size: f64 = points.iter().zip(weights).map(|(p, w)| p.abs() * w).sum();
    assert!((factor.mean_abs_points - size / all).abs() < 1e-9);
}

#[test]
fn many_values_are_put_together() {
    let rows = rows(|dice| (dice.roll() * 1000.0).round(), |value| value / 100.0);
    let factor = factor(&described(false), &rows[0], &rows[1], &rows[2]);
    assert_holds_every_row(&factor, &rows);
    assert_eq!(factor.effects.len(), 5);
    assert!(factor.effects[0].label.starts_with("up to ") && factor.effects[4].label.ends_with(" or more"));
    assert!(factor.effects.is_sorted_by(|a, b| a.mean_points < b.mean_points));
    assert_eq!(factor.direction, Direction::Raises);
    assert!(factor.dots.len() <= 200 && factor.dots.len() > 100);
    assert!(factor.dots.iter().all(|dot| dot.rank.is_some_and(|rank| (0.0..=1.0).contains(&rank))));
}

#[test]
fn few_values_are_told_one_by_one_and_the_missing_last() {
    let rows = rows(|dice| (dice.roll() * 4.0).floor() - 1.0, |value| -value);
    let factor = factor(&described(false), &rows[0], &rows[1], &rows[2]);
    assert_holds_every_row(&factor, &rows);
    let labels: Vec<_> = factor.effects.iter().map(|effect| effect.label.as_str()).collect();
    assert_eq!(labels, ["0", "1", "2", "not known"]);
    assert_eq!(factor.direction, Direction::Lowers);
    assert!(factor.dots.iter().any(|dot| dot.rank.is_none()));
}

#[test]
fn most_rows_of_one_value_stay_together() {
    let rows = rows(|dice| if dice.roll() < 0.7 { 0.0 } else { (dice.roll() * 50.0).ceil() }, |value| value);
    let factor = factor(&described(false), &rows[0], &rows[1], &rows[2]);
    assert_holds_every_row(&factor, &rows);
    assert_eq!(factor.effects[0].label, "0");
    let zeros: f64 = rows[0].iter().zip(&rows[2]).filter(|(value, _)| **value == 0.0).map(|(_, weight)| weight).sum();
    assert!((factor.effects[0].rows - zeros).abs() < 1e-6);
}

#[test]
fn categories_are_in_order_of_points_and_the_rare_together() {
    let rows = rows(|dice| (dice.roll() * dice.roll() * 30.0).floor(), |value| (value * 7.0) % 5.0);
    let factor = factor(&described(true), &rows[0], &rows[1], &rows[2]);
    assert_holds_every_row(&factor, &rows);
    assert_eq!(factor.effects.len(), 11);
    assert_eq!(factor.effects[10].label, "other");
    assert!(factor.effects[..10].is_sorted_by(|a, b| a.mean_points >= b.mean_points));
    assert_eq!(factor.direction, Direction::Unordered);
    assert!(factor.dots.iter().all(|dot| dot.rank.is_none()));
}

#[test]
fn what_goes_up_and_down_is_mixed_and_nothing_is_nothing() {
    let rows = rows(|dice| dice.roll() * 10.0, |value| (value - 5.0).powi(2));
    let mixed = factor(&described(false), &rows[0], &rows[1], &rows[2]);
    assert_eq!(mixed.direction, Direction::Mixed);
    let nothing = factor(&described(false), &[], &[], &[]);
    assert!(nothing.mean_abs_points == 0.0 && nothing.effects.is_empty() && nothing.dots.is_empty());
    let odd = factor(&described(false), &[f64::NAN, 1.0], &[1.0, f64::INFINITY], &[1.0, 1.0]);
    assert!(odd.effects.is_empty());
}
