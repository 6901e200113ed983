//! Nothing is judged by what it was learned from: neither its leads, nor its time, nor outcomes that were not known yet.

use std::collections::HashSet;

use needle::training::matrix::{Matrix, Row};
use needle::training::part::Part;
use needle::training::tournament::split::{Split, folds, split};
use proptest::prelude::*;

fn matrix(rows: &[(u8, u16)]) -> Matrix {
    let row = |&(lead, at): &(u8, u16)| Row {
        lead: u64::from(lead),
        at_ms: i64::from(at),
        positive: (lead ^ at as u8) & 1 == 1,
        weight: 1.0 + f64::from(at % 3),
        silent_ms: 0,
    };
    let mut rows: Vec<Row> = rows.iter().map(row).collect();
    rows.sort_by_key(|row| (row.at_ms, row.lead));
    Matrix { rows, ..Matrix::default() }
}

fn leads(matrix: &Matrix, part: &Part) -> HashSet<u64> {
    part.rows.iter().map(|&row| matrix.rows[row].lead).collect()
}

fn check(matrix: &Matrix, known: &Part, split: &Split, horizon_ms: i64) -> Result<(), TestCaseError> {
    let Split { earlier, later, cut_ms, in_gap, other_side } = split;
    prop_assert!(leads(matrix, earlier).is_disjoint(&leads(matrix, later)), "a lead is on both sides");
    for &row in &earlier.rows {
        prop_assert!(matrix.rows[row].at_ms + horizon_ms < *cut_ms, "an outcome is not known at the cut");
    }
    for &row in &later.rows {
        prop_assert!(matrix.rows[row].at_ms >= *cut_ms, "a row is judged that lies before the cut");
    }
    for part in [earlier, later] {
        prop_assert!(part.rows.is_sorted_by(|a, b| a < b), "rows are ascending, and none is there twice");
        prop_assert_eq!(part.rows.len(), part.weights.len());
    }
    prop_assert_eq!(earlier.len() + later.len() + in_gap + other_side, known.len(), "every row is accounted for");
    Ok(())
}

proptest! {
    #[test]
    fn a_split_leaks_neither_leads_nor_time(
        rows in prop::collection::vec((0_u8..60, 0_u16..1000), 1..300),
        cut in 0_i64..1000,
        horizon in 0_i64..300,
        seed: u64,
    ) {
        let matrix = matrix(&rows);
        let all = Part::all(&matrix);
        check(&matrix, &all, &split(&matrix, &all, cut, horizon, seed), horizon)?;
    }

    #[test]
    fn folds_leak_neither_leads_nor_time(
        rows in prop::collection::vec((0_u8..60, 0_u16..1000), 1..300),
        count in 1_usize..5,
        horizon in 0_i64..300,
        seed: u64,
    ) {
        let matrix = matrix(&rows);
        let all = Part::all(&matrix);
        let folds = folds(&matrix, &all, count, 0.4, horizon, seed);
        prop_assert_eq!(folds.len(), count);
        for (number, fold) in folds.iter().enumerate() {
            let end = folds.get(number + 1).map_or(i64::MAX, |next| next.cut_ms);
            let known = all.rows.iter().filter(|row| matrix.rows[**row].at_ms < end).copied().collect::<Vec<_>>();
            let known = Part { weights: vec![1.0; known.len()], rows: known };
            check(&matrix, &known, fold, horizon)?;
            let last = fold.later.rows.last().map(|row| matrix.rows[*row].at_ms);
            prop_assert!(last.is_none_or(|last| last < end), "a row is judged in two folds");
        }
    }
}

/// Half of the leads that are on both sides stay on each, and count twice: both sides stand for all.
#[test]
fn leads_on_both_sides_still_count_on_both() {
    let rows = (0..2).flat_map(|at| (0..4000).map(move |lead| (at, lead))).map(|(at, lead)| Row {
        lead,
        at_ms: at * 100,
        // A quarter comes back, and they are the ones that convert.
        positive: lead % 4 == 0,
        weight: 1.0,
        silent_ms: 0,
    });
    let rows: Vec<Row> = rows.filter(|row| row.at_ms == 0 || row.lead % 4 == 0).collect();
    let matrix = Matrix { rows, ..Matrix::default() };
    let split = split(&matrix, &Part::all(&matrix), 50, 10, 1);
    let rate = split.earlier.base_rate(&matrix).unwrap();
    assert!((rate - 0.25).abs() < 0.02, "converts {rate} of the earlier side, where a quarter does");
    let weight: f64 = split.later.weights.iter().sum();
    assert!((weight / 1000.0 - 1.0).abs() < 0.1, "the later side weighs {weight}, where 1000 rows are");
}

/// Which side a lead stays on is drawn anew in each fold, so that none is only ever learned from.
#[test]
fn no_lead_is_always_on_the_same_side() {
    let rows = (0..100).flat_map(|at| (0..200).map(move |lead| (at, lead)));
    let row = |(at, lead): (i64, u64)| Row { lead, at_ms: at * 10, positive: lead % 3 == 0, weight: 1.0, silent_ms: 0 };
    let matrix = Matrix { rows: rows.map(row).collect(), ..Matrix::default() };
    let folds = folds(&matrix, &Part::all(&matrix), 4, 0.4, 50, 1);
    let later: Vec<HashSet<u64>> = folds.iter().map(|fold| leads(&matrix, &fold.later)).collect();
    let often = |lead: u64| later.iter().filter(|side| side.contains(&lead)).count();
    let always = (0..200).filter(|lead| [0, 4].contains(&often(*lead))).count();
    // One in eight by chance.
    assert!((10..45).contains(&always), "{always} of 200 leads are on the same side in each of four folds");
}
