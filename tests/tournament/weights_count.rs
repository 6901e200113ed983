//! Rows count as much as they weigh, whoever learns: where positives weigh three times as much, the odds of all are three times as high.

use needle::training::contestants::{Class, Contestant, Context};
use needle::training::matrix::Matrix;
use needle::training::part::Part;
use needle::training::tournament::everyone;
use needle::training::tournament::platt::{Observed, fit};

use crate::tournament_support::{Truth, rules, world};

fn learners() -> Vec<Box<dyn Contestant>> {
    let learns = |class| !matches!(class, Class::Rules | Class::Unsupervised);
    let all = everyone(rules()).into_iter().filter(|one| learns(one.class()) && one.name() != "recency only");
    all.collect()
}

/// Mean margin over all rows.
fn mean(contestant: &dyn Contestant, matrix: &Matrix, part: &Part) -> f64 {
    let margins = contestant.fit(matrix, part, &Context::seeded(1)).unwrap().margins(matrix, &part.rows);
    margins.iter().sum::<f64>() / margins.len() as f64
}

#[test]
fn of_contestants() {
    let matrix = world(3000, Truth::Signal, 4);
    let plain = Part::all(&matrix);
    let mut heavier = plain.clone();
    let weights = heavier.rows.iter().zip(&mut heavier.weights);
    weights.filter(|(row, _)| matrix.rows[**row].positive).for_each(|(_, weight)| *weight *= 3.0);
    let learners = learners();
    assert_eq!(learners.len(), 6);
    for contestant in learners {
        let more = mean(contestant.as_ref(), &matrix, &heavier) - mean(contestant.as_ref(), &matrix, &plain);
        let apart = (more - 3.0_f64.ln()).abs();
        assert!(apart < 0.3, "{}: log-odds are {more} higher, not ln 3", contestant.name());
    }
}

#[test]
fn of_calibration() {
    let matrix = world(3000, Truth::Signal, 4);
    let all = Part::all(&matrix);
    let margins: Vec<f64> = all.rows.iter().map(|row| matrix.row(*row)[1].ln_1p()).collect();
    let copies = |row: &usize| if matrix.rows[*row].positive { 3 } else { 1 };
    let weights: Vec<f64> = all.rows.iter().map(|row| f64::from(copies(row) as u8)).collect();
    let labels = all.labels(&matrix);
    let weighed = fit(Observed { margins: &margins, labels: &labels, weights: &weights }).unwrap();
    let repeat = |place: usize| std::iter::repeat_n(place, copies(&all.rows[place]));
    let places: Vec<usize> = (0..all.len()).flat_map(repeat).collect();
    let margins: Vec<f64> = places.iter().map(|place| margins[*place]).collect();
    let labels: Vec<bool> = places.iter().map(|place| labels[*place]).collect();
    let copied = fit(Observed { margins: &margins, labels: &labels, weights: &vec![1.0; places.len()] }).unwrap();
    // But for the targets, which know how many rows there are.
    assert!((weighed.slope - copied.slope).abs() < 1e-3, "{weighed:?}, as copies {copied:?}");
    assert!((weighed.intercept - copied.intercept).abs() < 1e-3, "{weighed:?}, as copies {copied:?}");
}
