//! Intervals are those of leads drawn again: as wide as theory says, wider where leads have many rows, and paired.

use needle::random::Random;
use needle::training::matrix::{Matrix, Row};
use needle::training::part::Part;
use needle::training::tournament::bootstrap::Draws;
use needle::training::tournament::ranking::{Ranking, lead_numbers};

/// Rows in `copies` equal copies a lead.
fn ranking(leads: usize, copies: usize, shift: f64, seed: u64) -> Ranking {
    let mut random = Random::new(seed);
    let (mut log_odds, mut labels, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
    for lead in 0..leads {
        let positive = lead % 4 == 0;
        let x = random.unit() + if positive { shift } else { 0.0 };
        for _ in 0..copies {
            log_odds.push(x);
            labels.push(positive);
            numbers.push(lead as u32);
        }
    }
    let weights = vec![1.0; labels.len()];
    Ranking::new(&log_odds, &labels, &weights, &numbers)
}

#[test]
fn an_interval_is_as_wide_as_theory_says() {
    let draws = Draws::new(800, 400, 3);
    let figure = draws.figures(&ranking(800, 1, 0.2, 1), 0.0).unwrap().figures().auroc;
    // Hanley and McNeil 1982.
    let (a, positives, negatives) = (figure.value, 200.0, 600.0);
    let (q1, q2) = (a / (2.0 - a), 2.0 * a * a / (1.0 + a));
    let variance =
        (a * (1.0 - a) + (positives - 1.0) * (q1 - a * a) + (negatives - 1.0) * (q2 - a * a)) / (positives * negatives);
    let expected = 2.0 * 1.96 * variance.sqrt();
    let width = figure.high - figure.low;
    assert!((width / expected - 1.0).abs() < 0.25, "{width} wide, {expected} by theory");
    assert!(figure.low < figure.value && figure.value < figure.high);
}

/// The variance of an AUROC from the share of the other side that each row stands above (DeLong et al. 1988).
fn variance(ranking: &Ranking) -> f64 {
    let side = |positive: bool| ranking.rows.iter().filter(move |row| row.positive == positive).map(|row| row.log_odds);
    let part = |positive: bool| {
        let shares: Vec<f64> = side(positive)
            .map(|x| side(!positive).filter(|other| x > *other).count() as f64 / side(!positive).count() as f64)
            .collect();
        let (count, mean) = (shares.len() as f64, shares.iter().sum::<f64>() / shares.len() as f64);
        shares.iter().map(|share| (share - mean).powi(2)).sum::<f64>() / (count - 1.0) / count
    };
    part(true) + part(false)
}

#[test]
fn either_end_leaves_a_fortieth_out() {
    let ranking = ranking(800, 1, 0.2, 1);
    let figure = Draws::new(800, 4000, 3).figures(&ranking, 0.0).unwrap().figures().auroc;
    let reach = 1.96 * variance(&ranking).sqrt();
    for (end, is) in [("low", figure.value - figure.low), ("high", figure.high - figure.value)] {
        assert!((is / reach - 1.0).abs() < 0.08, "the {end} end is {is} away, {reach} by theory");
    }
}

#[test]
fn rows_of_one_lead_make_nothing_surer() {
    let draws = Draws::new(300, 200, 3);
    let one = draws.figures(&ranking(300, 1, 0.2, 1), 0.0).unwrap().figures().auroc;
    let ten = draws.figures(&ranking(300, 10, 0.2, 1), 0.0).unwrap().figures().auroc;
    assert!((one.low - ten.low).abs() < 1e-12 && (one.high - ten.high).abs() < 1e-12, "{one:?} and {ten:?}");
}

#[test]
fn differences_are_paired() {
    let draws = Draws::new(300, 200, 3);
    let judged = draws.figures(&ranking(300, 1, 0.2, 1), 0.0).unwrap();
    let nothing = judged.less(&judged);
    for figure in nothing.list() {
        assert_eq!((figure.value, figure.low, figure.high), (0.0, 0.0, 0.0));
    }
    let other = draws.figures(&ranking(300, 1, 0.25, 1), 0.0).unwrap();
    let difference = other.less(&judged).auroc;
    let apart = |figure: needle::training::tournament::bootstrap::Figure| figure.high - figure.low;
    // The same leads moved a little: the difference is far surer than either.
    assert!(apart(difference) < 0.5 * apart(judged.figures().auroc), "{difference:?}");
}

/// Three rows of each lead, in order of time: those of a lead lie far apart.
#[test]
fn rows_of_a_lead_are_drawn_together() {
    let row = |at: i64| Row { lead: (at % 5) as u64 * 7, at_ms: at, positive: false, weight: 1.0, silent_ms: 0 };
    let matrix = Matrix { rows: (0..15).map(row).collect(), ..Matrix::default() };
    let numbers = lead_numbers(&matrix, &Part::all(&matrix));
    assert_eq!(numbers, [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
}
