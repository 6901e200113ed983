//! Models that LightGBM trains on leads that never were, and more such leads to score.

use crate::lightgbm::{Booster, Data};
use crate::random::Random;

/// What a model looks like.
#[derive(Clone, Copy)]
pub struct Size {
    pub trees: usize,
    pub leaves: usize,
    pub features: usize,
}

impl Size {
    pub fn name(self) -> String {
        format!("{} x {} x {}", self.trees, self.leaves, self.features)
    }
}

/// Rows of `width` values, all different: counts, times, shares, flags; some values are missing. A label for each.
pub fn leads(width: usize, count: usize, seed: u64) -> (Vec<f64>, Vec<f32>) {
    let mut random = Random(seed);
    let rows: Vec<f64> = (0..count * width).map(|place| value(place % width, &mut random)).collect();
    let labels = rows.chunks(width).map(|row| label(row, &mut random)).collect();
    (rows, labels)
}

fn value(feature: usize, random: &mut Random) -> f64 {
    if feature % 4 == 1 && random.below(8) == 0 {
        return f64::NAN;
    }
    match feature % 6 {
        0 => random.normal().exp().floor(),
        1 => (2.0 * random.normal()).exp(),
        2 => random.unit(),
        3 => f64::from(u8::from(random.below(5) == 0)),
        4 => (10.0 * random.unit() * random.unit()).floor(),
        _ => random.normal(),
    }
}

/// Features count the less the later they come, alone and with a neighbour.
fn label(row: &[f64], random: &mut Random) -> f32 {
    let known = |feature: usize| if row[feature].is_nan() { -1.0 } else { row[feature].clamp(-3.0, 3.0) };
    let alone = (0..row.len()).map(|feature| known(feature) / (1.0 + feature as f64 / 4.0));
    let together = (1..row.len()).map(|feature| known(feature) * known(feature - 1) / (2.0 + feature as f64 / 4.0));
    let margin = alone.chain(together).sum::<f64>() / 3.0 - 2.0 + random.normal();
    f32::from(u8::from(margin > 0.0))
}

pub fn train(size: Size, rows: usize) -> Booster {
    let (rows, labels) = leads(size.features, rows, 1);
    let data = Data { rows: &rows, width: size.features, labels: &labels, groups: &[], names: &[] };
    let parameters = format!(
        "objective=binary num_leaves={} learning_rate=0.05 feature_fraction=0.6 min_data_in_leaf=10",
        size.leaves
    );
    Booster::train(data, &parameters, size.trees)
}
