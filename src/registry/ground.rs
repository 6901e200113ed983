//! What this process offers to models: its columns, its anchor, and the model that it ships.

use std::sync::Arc;

use crate::config::Config;
use crate::features::Schema;
use crate::model::bundle::{Columns, Manifest, Refused};
use crate::model::{Model, day_zero};

/// What a model is bound to.
#[derive(Clone, Debug)]
pub struct Ground {
    pub schema: Arc<Schema>,
    /// Names, in the order of their codes.
    pub themes: Vec<String>,
    /// Overrides every manifest's.
    pub anchor_probability: Option<f64>,
    /// What serves where nothing was published.
    pub shipped: Arc<Model>,
}

impl Ground {
    pub fn new(config: &Config, schema: Arc<Schema>, shipped: Arc<Model>) -> Self {
        let themes = config.themes.iter().map(|theme| theme.name.clone()).collect();
        Self { schema, themes, anchor_probability: config.scoring.anchor_probability, shipped }
    }

    /// Reads and binds what [`Manifest::file`] holds.
    pub fn bind(&self, manifest: &Manifest, file: &[u8]) -> Result<Model, Refused> {
        let features: Vec<_> = self.schema.features().iter().map(|f| (f.name.as_str(), f.version)).collect();
        let themes: Vec<_> = self.themes.iter().map(String::as_str).collect();
        let columns = Columns { features: &features, themes: &themes };
        Model::from_bundle(manifest, file, columns, self.anchor_probability)
    }

    /// Whether a version is the shipped model's.
    pub fn is_shipped(version: &str) -> bool {
        version == day_zero::VERSION
    }
}
