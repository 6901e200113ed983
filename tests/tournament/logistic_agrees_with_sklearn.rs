//! Logistic regression ends where scikit-learn's does, given the same columns, weights and penalty.

use needle::training::contestants::design::Design;
use needle::training::contestants::{Contestant, Context, Logistic};
use needle::training::part::Part;
use serde::{Deserialize, Serialize};

use crate::tournament_support::sklearn::ask;
use crate::tournament_support::{Truth, world};

#[derive(Serialize)]
struct Question {
    rows: Vec<Vec<f32>>,
    labels: Vec<bool>,
    weights: Vec<f64>,
    l2: f64,
}

#[derive(Deserialize)]
struct Answer {
    margins: Vec<f64>,
}

#[test]
fn margins_are_those_of_scikit_learn() {
    let matrix = world(1500, Truth::Signal, 4);
    let part = Part::all(&matrix);
    let design = Design::of(&matrix, &part, |_| true);
    // Categories have no place in it, all else has.
    assert_eq!(design.width(), 5);
    for l2 in [0.3, 0.001] {
        let rows = design.rows(&matrix, &part);
        let rows = rows.chunks_exact(design.width()).map(<[f32]>::to_vec).collect();
        let question = Question { rows, labels: part.labels(&matrix), weights: part.weights.clone(), l2 };
        let Some(theirs) = ask::<Answer>("logistic.py", &question) else { return };
        let ours = Logistic { l2 }.fit(&matrix, &part, &Context::seeded(1)).unwrap().margins(&matrix, &part.rows);
        let apart = ours.iter().zip(&theirs.margins).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        println!("L2 {l2}: {apart:e} apart at most");
        // Ours standardises before what is missing is filled in, which moves the penalty by a hair.
        assert!(apart < 0.02, "L2 {l2}: {apart} apart");
    }
}
