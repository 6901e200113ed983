//! A registry in memory whose calls can be refused, or in a folder that can be damaged. Each test uses its part.
#![allow(dead_code)]

#[path = "../bundle_support/mod.rs"]
pub mod bundle_support;
#[path = "../keeper_support/clockwork.rs"]
pub mod clockwork;
#[path = "../keeper_support/shelf.rs"]
pub mod shelf;

use std::sync::Arc;

use futures::FutureExt;
use needle::commands::assembly::Assembly;
use needle::config::Config;
use needle::model::scale::Calibration;
use needle::registry::{Draft, Ground, Looked, Observer, PublishError, Published, Registry, Shelf, Standing};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

pub use bundle_support::usual;
use clockwork::Clockwork;

pub const NOW_MS: i64 = 1_795_154_400_000;

pub fn ground(toml: &str) -> Arc<Ground> {
    Arc::new(Assembly::new(Config::from_toml(toml).expect("a configuration")).expect("it fits together").ground())
}

pub fn draft(tenant: &str, version: &str, text: String) -> Draft {
    let (tenant, version, text) = (tenant.to_owned(), Some(version.to_owned()), text.into_bytes());
    Draft { tenant, version, text, calibration: Calibration::IDENTITY, anchor_probability: None }
}

/// What is in memory answers at once.
pub fn now<T>(answer: impl Future<Output = T>) -> T {
    answer.now_or_never().expect("memory does not wait")
}

/// A store in memory, and a clock.
pub struct World {
    pub memory: Arc<InMemory>,
    pub clockwork: Arc<Clockwork>,
    pub ground: Arc<Ground>,
}

impl World {
    pub fn new() -> Self {
        Self { memory: Arc::default(), clockwork: Arc::default(), ground: ground("") }
    }

    pub fn on(&self, store: Arc<dyn ObjectStore>) -> Shelf {
        Shelf::new(store, self.clockwork.clone(), self.ground.clone())
    }

    /// A registry of its own, whose calls go through the second.
    pub fn registry(&self) -> (Registry, shelf::Shelf) {
        let calls = shelf::Shelf::new(self.memory.clone());
        (Registry::on(self.on(Arc::new(calls.clone()))), calls)
    }

    pub fn publish_at(&self, tenant: &str, version: &str, at_ms: i64) -> Result<Published, PublishError> {
        now(self.on(self.memory.clone()).publish(&draft(tenant, version, usual(0.0)), at_ms))
    }

    pub fn publish(&self, tenant: &str, version: &str) {
        self.publish_at(tenant, version, NOW_MS).expect("published");
    }

    pub fn put(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        now(self.memory.put(&Path::from(path), bytes.into().into())).expect("put");
    }

    pub fn get(&self, path: &str) -> Option<String> {
        let got = now(self.memory.get(&Path::from(path))).ok()?;
        Some(String::from_utf8(now(got.bytes()).expect("bytes").to_vec()).expect("text"))
    }
}

/// What was told.
#[derive(Default)]
pub struct Told {
    /// Tenant and class, of all looks.
    pub refused: Vec<(String, &'static str)>,
    /// As of the last look.
    pub standing: Vec<Standing>,
    /// Of each look.
    pub complete: Vec<bool>,
}

impl Observer for Told {
    fn looked(&mut self, standing: &[Standing], complete: bool) {
        self.standing = standing.to_vec();
        self.complete.push(complete);
    }
    fn refused(&mut self, tenant: &str, class: &'static str) {
        self.refused.push((tenant.to_owned(), class));
    }
}

pub fn look(registry: &mut Registry) -> Looked {
    now(registry.look(&mut ()))
}

/// Version by which a tenant is served.
pub fn version(registry: &Registry, tenant: &str) -> String {
    registry.served().of(tenant).version().to_owned()
}

pub fn reasons(registry: &Registry) -> Vec<String> {
    registry.refused().map(|(_, _, reason)| reason.to_string()).collect()
}
