//! What lanes are made of, put together once from the configuration and shared by all of them.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use object_store::ObjectStore;

use crate::config::{Config, TraitKind};
use crate::decision::Rules;
use crate::features::Schema;
use crate::lane::step::Step;
use crate::model::day_zero::{self, Subjects};
use crate::model::{Model, Served};
use crate::registry::{ANCHOR_PROBABILITY, Ground};
use crate::snapshot::file::Codec;
use crate::snapshot::keeper::Keeper;
use crate::snapshot::places::Places;
use crate::storage::runtime::Threads;
use crate::storage::store::{self, ProbeError};
use crate::touchpoint::Taxonomy;

/// Threads that drive the requests of snapshots.
const SNAPSHOT_THREADS: usize = 1;
/// How long a store may take to show what it is.
const PROBE: Duration = Duration::from_secs(5);

/// Snapshots, and the threads that work on them: when it goes, they end.
pub struct Archive {
    pub keeper: Keeper,
    store: Arc<dyn ObjectStore>,
    threads: Threads,
}

impl Archive {
    /// Whether snapshots can be kept there. A store that is away for the moment may come back: that is only said.
    ///
    /// # Errors
    /// The store overwrites objects that it was asked to create.
    pub fn probe(&self) -> Result<(), ProbeError> {
        let probed = async { tokio::time::timeout(PROBE, store::probe(self.store.as_ref())).await };
        match self.threads.wait_for(probed) {
            Ok(Err(ProbeError::Overwrites)) => return Err(ProbeError::Overwrites),
            Ok(Err(error)) => tracing::warn!(%error, "the store of the snapshots cannot be written; going on"),
            Ok(Ok(())) => {}
            Err(_) => tracing::warn!("the store of the snapshots does not answer; going on"),
        }
        Ok(())
    }

    /// Whether a partition of the application has snapshots.
    pub fn holds(&self, application: &str, partition: i32) -> Result<bool, object_store::Error> {
        let log = Places::new(application, partition).log();
        let mut entries = self.store.list(Some(&log));
        self.threads.wait_for(entries.next()).transpose().map(|entry| entry.is_some())
    }
}

#[derive(Clone)]
pub struct Assembly {
    pub config: Arc<Config>,
    pub taxonomy: Taxonomy,
    pub schema: Arc<Schema>,
    /// The shipped model.
    pub model: Arc<Model>,
    /// What is served to begin with: the shipped model to all, until the registry says otherwise.
    pub models: Arc<Served>,
    pub rules: Rules,
}

impl Assembly {
    /// Fails where the configuration contradicts itself in a way that only building shows; a checked one does not.
    pub fn new(config: Config) -> anyhow::Result<Self> {
        let taxonomy = Taxonomy::new(&config)?;
        let schema = Schema::new(&config);
        let rules = Rules::new(config.scoring.change_threshold, &config.jumps)?;
        let model = day_zero_model(&config, &schema)?;
        let (config, schema, model) = (Arc::new(config), Arc::new(schema), Arc::new(model));
        let models = Arc::new(Served::one(model.clone()));
        Ok(Self { config, taxonomy, schema, model, models, rules })
    }

    /// The same, served by other models.
    pub fn by(&self, models: Arc<Served>) -> Self {
        Self { models, ..self.clone() }
    }

    /// Where snapshots are kept, as configured. `topics` are the names of the inputs, as the snapshots give them.
    pub fn archive(&self, topics: &[String]) -> anyhow::Result<Archive> {
        let url = &self.config.snapshots.url;
        let store = store::open(url).map_err(|error| anyhow::anyhow!("snapshots.url: {url:?} {error}"))?;
        let codec = Codec::new(&self.config, self.schema.clone(), topics)?;
        let threads = Threads::start("snapshots", SNAPSHOT_THREADS)?;
        let application = &self.config.service.application;
        let keeper = Keeper::new(store.clone(), Arc::new(codec), threads.runtime(), application);
        Ok(Archive { keeper, store, threads })
    }

    /// Calls `then` with what the shipped model's table speaks of.
    pub fn subjects<T>(&self, then: impl FnOnce(Subjects<'_>) -> T) -> T {
        subjects(&self.config, then)
    }

    /// What a model can be bound to here.
    pub fn ground(&self) -> Ground {
        Ground::new(&self.config, self.schema.clone(), self.model.clone())
    }

    /// A lane's working memory.
    ///
    /// `dead_letter_bytes`: what a record of the dead-letter topic may have.
    pub fn step(&self, dead_letter_bytes: usize) -> Step {
        self.step_by(&self.models, dead_letter_bytes)
    }

    /// As [`Assembly::step`], by other models.
    pub fn step_by(&self, models: &Arc<Served>, dead_letter_bytes: usize) -> Step {
        let Self { config, taxonomy, schema, rules, .. } = self;
        Step::new(config, taxonomy, schema, models, rules, dead_letter_bytes)
    }
}

fn day_zero_model(config: &Config, schema: &Schema) -> anyhow::Result<Model> {
    let features: Vec<(&str, u32)> = schema.features().iter().map(|f| (f.name.as_str(), f.version)).collect();
    let anchor = config.scoring.anchor_probability.unwrap_or(ANCHOR_PROBABILITY);
    Ok(Model::Linear(subjects(config, |subjects| day_zero::model(&features, subjects, anchor))?))
}

/// What the shipped model's table speaks of, under this configuration.
fn subjects<T>(config: &Config, then: impl FnOnce(Subjects<'_>) -> T) -> T {
    let themes = config.themes.iter().filter(|theme| theme.high_intent);
    let high_intent: Vec<&str> = themes.map(|theme| theme.name.as_str()).collect();
    let titles: Vec<&str> =
        config.traits.iter().filter(|t| t.kind == TraitKind::Title).map(|t| t.name.as_str()).collect();
    then(Subjects { high_intent_themes: &high_intent, titles: &titles })
}
