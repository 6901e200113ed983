//! A model file of any bytes is refused, or read so that it keeps what it promises and any row can be walked.
#![no_main]

use libfuzzer_sys::fuzz_target;
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

/// Walks rows made of the file's own bytes, the last ones first: those behind the trees are free to be anything.
fn walk(forest: &Forest, bytes: &[u8]) {
    let values: Vec<f64> = bytes.rchunks_exact(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap())).collect();
    let mut sums = vec![0.0; forest.classes];
    for row in values.chunks_exact(forest.feature_names.len()).take(4) {
        forest.sums(row, &mut sums);
        forest.convert(&mut sums);
        for tree in &forest.trees {
            assert!(tree.leaf(row) < tree.leaf_values.len());
        }
    }
}
