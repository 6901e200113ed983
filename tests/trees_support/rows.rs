//! Rows that a tree is likely to send the wrong way.

use needle::model::trees::forest::{Forest, Test, ZERO};

use super::random::Random;

/// What a value may be anywhere.
const EVERYWHERE: [f64; 24] = [
    f64::NAN,
    0.0,
    -0.0,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::MAX,
    f64::MIN,
    f64::MIN_POSITIVE,
    -f64::MIN_POSITIVE,
    5e-324,
    -5e-324,
    1e-310,
    ZERO,
    -ZERO,
    1e-36,
    -1e-36,
    1.0,
    -1.0,
    -0.5,
    0.999_999_999_999,
    // As categories: the last of 32 bits and what no such number holds.
    2_147_483_647.0,
    2_147_483_648.0,
    -2_147_483_649.0,
    1e300,
];

/// `count` rows for a model: thresholds and their neighbours, categories and what lies between them, and [what may be
/// anywhere](EVERYWHERE), with ordinary values among them.
pub fn awkward(forest: &Forest, count: usize, seed: u64) -> Vec<f64> {
    let mut random = Random(seed);
    let values = values_by_feature(forest);
    let value = |random: &mut Random, feature: usize| match random.below(8) {
        0 => random.one_of(&EVERYWHERE),
        1 => random.normal() * 3.0,
        2 => random.below(300) as f64 + random.one_of(&[0.0, 0.0, 0.5]),
        _ if values[feature].is_empty() => random.normal(),
        _ => {
            let value = random.one_of(&values[feature]);
            let near = value + random.normal();
            random.one_of(&[value, value.next_up(), value.next_down(), near, -value])
        }
    };
    (0..count * values.len()).map(|place| value(&mut random, place % values.len())).collect()
}

/// What the splits of each feature ask for.
fn values_by_feature(forest: &Forest) -> Vec<Vec<f64>> {
    let mut values = vec![Vec::new(); forest.feature_names.len()];
    for tree in &forest.trees {
        for split in &tree.splits {
            let values = &mut values[split.feature as usize];
            match split.test {
                Test::AtMost { threshold, .. } => values.push(threshold),
                Test::Categories { set } => {
                    let set = &tree.categories[set as usize];
                    // One beyond the end too.
                    values.extend((0..=32 * set.words.len()).map(|category| category as f64));
                }
            }
        }
    }
    for values in &mut values {
        values.sort_by(f64::total_cmp);
        values.dedup();
    }
    values
}
