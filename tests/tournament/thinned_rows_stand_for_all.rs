//! Of too many rows some are taken, which weigh as much as all: either outcome keeps its weight, and the rarer one its rows.

use needle::training::matrix::Matrix;
use needle::training::part::Part;

use crate::tournament_support::{Truth, world};

fn weight(matrix: &Matrix, part: &Part, positive: bool) -> f64 {
    let rows = part.rows.iter().zip(&part.weights);
    rows.filter(|(row, _)| matrix.rows[**row].positive == positive).map(|(_, weight)| weight).sum()
}

#[test]
fn each_outcome_weighs_what_it_did() {
    let matrix = world(20_000, Truth::Signal, 1);
    let all = Part::all(&matrix);
    let positives = all.labels(&matrix).iter().filter(|label| **label).count();
    for most in [2 * positives, positives, 2_000] {
        let thinned = all.thinned(&matrix, most);
        assert!(thinned.len() <= most + most / 10, "{} rows, where {most} may be", thinned.len());
        assert!(thinned.len() * 4 >= most, "{} rows, where {most} may be", thinned.len());
        for positive in [true, false] {
            let (is, must) = (weight(&matrix, &thinned, positive), weight(&matrix, &all, positive));
            assert!((is / must - 1.0).abs() < 0.1, "{positive}: {is} of {must}");
        }
        let kept = thinned.labels(&matrix).iter().filter(|label| **label).count();
        assert!(most < 2 * positives || kept == positives, "{kept} of {positives} are left");
    }
    assert_eq!(all.thinned(&matrix, all.len()), all, "where there is room all stay");
}
