//! The models that a command scores by: those of the registry, once or for as long as it runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;

use super::assembly::Assembly;
use super::pause::pause;
use crate::model::Served;
use crate::registry::{self, Looked, Observer, Registry, Shelf};
use crate::storage::runtime::Threads;
use crate::storage::store;

/// Threads that drive the requests for models.
const THREADS: usize = 1;
/// The wait between two looks while not all can be read.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// The registry of a configuration, and the threads that work on it: when it goes, they end.
pub struct Models {
    pub registry: Registry,
    pub threads: Threads,
}

impl Models {
    pub fn open(assembly: &Assembly) -> anyhow::Result<Self> {
        let url = &assembly.config.models.url;
        let threads = Threads::start("models", THREADS)?;
        let registry = Registry::open(url, threads.runtime(), Arc::new(assembly.ground()));
        let registry = registry.map_err(|error| anyhow::anyhow!("models.url: {url:?} {error}"))?;
        Ok(Self { registry, threads })
    }

    /// With the shelf that models are put on; the store is made where it is lacking.
    pub fn to_write(assembly: &Assembly) -> anyhow::Result<(Self, Shelf)> {
        let url = &assembly.config.models.url;
        let at_url = |error: &dyn std::fmt::Display| anyhow::anyhow!("models.url: {url:?} {error}");
        let mut models = Self::open(assembly)?;
        // A folder is made by opening it; a registry alone would not.
        store::open(url).map_err(|error| at_url(&error))?;
        let shelf = models.registry.shelf().map_err(|error| at_url(&error))?;
        let shelf = shelf.ok_or_else(|| at_url(&"cannot be used"))?;
        Ok((models, shelf))
    }

    /// One look. What is refused is told in the log.
    pub fn look(&mut self, observer: &mut dyn Observer) -> Looked {
        let Self { registry, threads } = self;
        threads.wait_for(registry.look(observer))
    }

    /// Looks until all could be read: what would be said without could be another model's. False: a signal came first.
    pub fn wait(&mut self, stop: &AtomicBool, observer: &mut dyn Observer) -> bool {
        while !stop.load(Ordering::Relaxed) {
            if self.look(observer).trouble.is_none() {
                return true;
            }
            pause(TRY_AGAIN_AFTER, stop);
        }
        false
    }

    /// Goes on looking every so often. What is new comes out of the receiver; the threads end with what is returned beside it.
    pub fn follow(self, every: Duration, observer: Box<dyn Observer>) -> (Threads, watch::Receiver<Arc<Served>>) {
        let Self { registry, threads } = self;
        let (sender, receiver) = watch::channel(Arc::new(registry.served()));
        let runtime = threads.runtime();
        runtime.spawn(Box::pin(registry::poll(registry, every, runtime.clone(), sender, observer)));
        (threads, receiver)
    }
}

impl Assembly {
    /// The same, that scores by what is published now.
    ///
    /// # Errors
    /// Where the models cannot be read; one that is refused is told in the log, and passed over as a service would.
    pub fn with_published_models(mut self) -> anyhow::Result<Self> {
        let mut models = Models::open(&self)?;
        if let Some(trouble) = models.look(&mut ()).trouble {
            anyhow::bail!("models.url: {:?} {trouble}", self.config.models.url);
        }
        self.models = Arc::new(models.registry.served());
        Ok(self)
    }
}
