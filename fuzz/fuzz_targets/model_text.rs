//! A model file of any bytes is refused, or read so that it keeps what it promises, and any row can be walked, evaluated and explained.
#![no_main]

use libfuzzer_sys::fuzz_target;
use needle::model::trees::evaluator::{self, Evaluator};
use needle::model::trees::explainer::{self, Explainer};
use needle::model::trees::forest::Forest;
use sound::assert_sound;

#[path = "../../tests/trees_support/sound.rs"]
mod sound;

fuzz_target!(|bytes: &[u8]| {
    match Forest::from_text(bytes) {
        Ok(forest) => {
            assert_sound(&forest);
            walk(&forest, bytes);
        }
        Err(error) => {
            let lines = bytes.iter().filter(|&&byte| byte == b'\n').count() + 1;
            assert!((1..=lines).contains(&error.line) && !error.reason.is_empty(), "{error}");
        }
    }
});

/// Rows made of the file's own bytes, the last ones first: those behind the trees are free to be anything.
fn walk(forest: &Forest, bytes: &[u8]) {
    let values: Vec<f64> = bytes.rchunks_exact(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap())).collect();
    let (width, mut sums) = (forest.feature_names.len(), vec![0.0; forest.classes]);
    for row in values.chunks_exact(width).take(4) {
        forest.sums(row, &mut sums);
        evaluate(forest, row, &sums);
        forest.convert(&mut sums);
        for tree in &forest.trees {
            assert!(tree.leaf(row) < tree.leaf_values.len());
        }
    }
    explain(forest, &values[..values.len() / width * width]);
}

/// The row alone and as one of many has the sums of the walk.
fn evaluate(forest: &Forest, row: &[f64], sums: &[f64]) {
    let (evaluator, mut scratch) = (Evaluator::new(forest), evaluator::Scratch::default());
    for count in [1, 20] {
        let mut found = vec![f64::NAN; count * sums.len()];
        evaluator.sums(&row.repeat(count), row.len(), &mut scratch, &mut found);
        for found in found.chunks(sums.len()) {
            assert!(found.iter().zip(sums).all(|(a, b)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()));
        }
    }
}

/// All rows at once, and the first alone.
fn explain(forest: &Forest, rows: &[f64]) {
    let Ok(explainer) = Explainer::new(forest) else { return };
    let (width, mut scratch) = (forest.feature_names.len(), explainer::Scratch::default());
    for rows in [&rows[..rows.len().min(width)], &rows[..rows.len().min(20 * width)]] {
        let mut out = vec![0.0; rows.len() / width * forest.classes * (width + 1)];
        explainer.contributions(rows, width, &mut scratch, &mut out);
    }
}
