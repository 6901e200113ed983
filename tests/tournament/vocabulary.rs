//! Large category codes become small ones: the commonest first, the rare ones "other", the missing ones missing.

use needle::training::contestants::vocabulary::{FEWEST_ROWS, LONGEST, Vocabularies};
use needle::training::matrix::{ColumnKind, Matrix, Row};
use needle::training::part::Part;

use crate::tournament_support::column;

fn matrix(codes: &[f64]) -> Matrix {
    let columns =
        vec![column("trait_industry", ColumnKind::Category, true), column("last_channel", ColumnKind::Category, true)];
    let row = |lead: usize| Row { lead: lead as u64, at_ms: 0, positive: false, weight: 1.0, silent_ms: 0 };
    let values = codes.iter().enumerate().flat_map(|(n, code)| [*code, (n % 7) as f64]).collect();
    Matrix { columns, values, rows: (0..codes.len()).map(row).collect() }
}

fn mapped(vocabularies: &Vocabularies, code: f64) -> f64 {
    let mut row = [code, 5.0];
    vocabularies.apply(&mut row);
    assert_eq!(row[1], 5.0, "small codes are taken as they are");
    row[0]
}

#[test]
fn the_commonest_come_first() {
    let many = |code: f64, times: usize| vec![code; times];
    let codes =
        [many(2e9, 30), many(1e9, 50), many(77.0, FEWEST_ROWS), many(3e8, FEWEST_ROWS - 1), many(-1.0, 99)].concat();
    let matrix = matrix(&codes);
    let vocabularies = Vocabularies::of(&matrix, &Part::all(&matrix));
    assert_eq!(vocabularies.list.len(), 1);
    assert_eq!(vocabularies.list[0].codes, [1_000_000_000, 2_000_000_000, 77]);
    let expected = [(1e9, 1.0), (2e9, 2.0), (77.0, 3.0), (3e8, 0.0), (5.0, 0.0), (-1.0, -1.0)];
    for (code, place) in expected {
        assert_eq!(mapped(&vocabularies, code), place, "code {code}");
    }
}

#[test]
fn a_vocabulary_is_bounded() {
    let codes: Vec<f64> = (0..400).flat_map(|code| vec![1e6 + f64::from(code); FEWEST_ROWS]).collect();
    let matrix = matrix(&codes);
    let vocabularies = Vocabularies::of(&matrix, &Part::all(&matrix));
    assert_eq!(vocabularies.list[0].codes.len(), LONGEST);
}
