//! The report names the features in which the holdout's leads are others than those learned from, and no other; and says nothing of a few rows.

use needle::training::matrix::Matrix;
use needle::training::part::Part;
use needle::training::tell::drift::{LEAST_ROWS, Times, drift};

use crate::tournament_support::{Truth, world};

/// The last fifth of the rows, and the last instant before a gap.
fn divided(matrix: &Matrix) -> (Part, i64) {
    let (all, cut) = (Part::all(matrix), matrix.rows.len() * 4 / 5);
    let holdout = Part { rows: all.rows[cut..].to_vec(), weights: all.weights[cut..].to_vec() };
    (holdout, matrix.rows[cut - 200].at_ms)
}

#[test]
fn what_has_moved_is_named() {
    let mut matrix = world(6000, Truth::Signal, 4);
    let (holdout, to_ms) = divided(&matrix);
    let times = Times::new(&matrix, &holdout, to_ms).expect("enough rows");
    assert!(times.earlier.rows.last() < holdout.rows.first());
    let steady = drift(&matrix, &times, Some([vec![7.0; times.earlier.len()], vec![7.0; times.later.len()]]));
    assert!(steady.features.is_empty() && steady.score_psi == Some(0.0), "{steady:?}");

    let (width, noise, known) = (matrix.width(), 5, 3);
    for row in &holdout.rows {
        matrix.values[row * width + noise] += 0.3;
        matrix.values[row * width + known] = 1.0;
    }
    let score = |part: &Part, low: f64| (0..part.len()).map(|row| low + (row % 50) as f64).collect();
    let moved = drift(&matrix, &times, Some([score(&times.earlier, 0.0), score(&times.later, 25.0)]));
    let names: Vec<&str> = moved.features.iter().map(|feature| feature.feature.as_str()).collect();
    assert_eq!(names, ["known", "noise"], "the farthest first");
    assert!(moved.features.iter().all(|feature| feature.psi > 0.25), "{moved:?}");
    assert!(moved.score_psi > Some(0.25), "{moved:?}");
    assert!(moved.compared.contains(" 1970 to ") && moved.compared.contains("holdout"), "{}", moved.compared);
}

#[test]
fn of_a_few_rows_nothing_is_said() {
    let matrix = world(6000, Truth::Signal, 4);
    let (mut holdout, to_ms) = divided(&matrix);
    holdout.rows.truncate(LEAST_ROWS - 1);
    holdout.weights.truncate(LEAST_ROWS - 1);
    assert!(Times::new(&matrix, &holdout, to_ms).is_none());
    let (holdout, _) = divided(&matrix);
    assert!(Times::new(&matrix, &holdout, matrix.rows[LEAST_ROWS - 2].at_ms).is_none());
}

fn named(matrix: &Matrix, times: &Times) -> Vec<String> {
    drift(matrix, times, None).features.into_iter().map(|feature| feature.feature).collect()
}

/// Rows stand for others that were not sampled: there is drift where the weights say so, on either side.
#[test]
fn rows_count_as_they_weigh() {
    let mut matrix = world(6000, Truth::Signal, 4);
    let (mut holdout, to_ms) = divided(&matrix);
    let heavier = |matrix: &Matrix, row: usize| if matrix.row(row)[5] > 0.6 { 9.0 } else { 1.0 };
    let plain = holdout.clone();
    holdout.weights.iter_mut().zip(&holdout.rows).for_each(|(weight, row)| *weight *= heavier(&matrix, *row));
    let times = Times::new(&matrix, &holdout, to_ms).expect("enough rows");
    assert_eq!(named(&matrix, &times), ["noise"]);
    for row in 0..matrix.rows.len() {
        matrix.rows[row].weight *= heavier(&matrix, row);
    }
    let times = Times::new(&matrix, &holdout, to_ms).expect("enough rows");
    assert_eq!(named(&matrix, &times), Vec::<String>::new(), "the same on both sides");
    let times = Times::new(&matrix, &plain, to_ms).expect("enough rows");
    assert_eq!(named(&matrix, &times), ["noise"]);
}

/// A value that is known now is another one than "not known", however near the numbers lie.
#[test]
fn what_is_no_longer_missing_is_told() {
    let mut matrix = world(6000, Truth::Signal, 4);
    let (holdout, to_ms) = divided(&matrix);
    let width = matrix.width();
    for row in &holdout.rows {
        let silence = &mut matrix.values[row * width];
        *silence = silence.max(0.0);
    }
    let times = Times::new(&matrix, &holdout, to_ms).expect("enough rows");
    assert_eq!(named(&matrix, &times), ["hours_since_last"]);
}
