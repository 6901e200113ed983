//! A LightGBM model on the columns of this binary, of the size that a tenant's training would give.

use std::sync::Arc;

use needle::commands::assembly::Assembly;
use needle::config::Config;
use needle::model::Served;
use needle::model::bundle::{Manifest, NeededFeature, TREES};
use needle::model::scale::Calibration;

use crate::lightgbm::{Booster, Data};
use crate::random::Random;
use crate::world::World;

const TREES_COUNT: usize = 300;
const LEAVES: usize = 31;

/// As by the shipped model, but by trees that have learned from the rows of such a world. `slope`: what is made of their log-odds.
pub fn assembly(toml: &str, world: &World, slope: f64) -> Assembly {
    let config = Config::from_toml(toml).expect("a configuration");
    let mut assembly = Assembly::new(config).expect("it fits together");
    let features = assembly.schema.features().iter();
    let features: Vec<_> = features.map(|f| NeededFeature { name: f.name.clone(), version: f.version }).collect();
    let manifest = Manifest {
        version: "trees".into(),
        kind: TREES.into(),
        features,
        themes: Vec::new(),
        vocabularies: Vec::new(),
        calibration: Calibration { slope, intercept: 0.0 },
        anchor_probability: 0.01,
    };
    let model = assembly.ground().bind(&manifest, text(&assembly, world, 7).as_bytes()).expect("a bundle");
    assembly.model = Arc::new(model);
    assembly.models = Arc::new(Served::one(assembly.model.clone()));
    assembly
}

/// As LightGBM writes them. They learn from what the shipped model holds likely, and chance: trees as deep and as various as those of real
/// outcomes. Another seed, other trees.
pub fn text(assembly: &Assembly, world: &World, seed: u64) -> String {
    let names: Vec<&str> = assembly.schema.features().iter().map(|feature| feature.name.as_str()).collect();
    let rows: Vec<f64> = world.chunks.iter().flat_map(|chunk| chunk.matrix.iter().copied()).collect();
    let mut random = Random(seed);
    let scored = world.chunks.iter().flat_map(|chunk| &chunk.scored);
    let labels: Vec<f32> =
        scored.map(|scored| f32::from(u8::from(scored.points / 25.0 + random.normal() > 2.0))).collect();
    let data = Data { rows: &rows, width: names.len(), labels: &labels, groups: &[], names: &names };
    let parameters = format!("objective=binary num_leaves={LEAVES} learning_rate=0.05 min_data_in_leaf=10");
    Booster::train(data, &parameters, TREES_COUNT).to_text()
}
