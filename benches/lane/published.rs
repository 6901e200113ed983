//! Models of 300 trees for a `needle run` that is measured, published as their owner would.

use std::path::PathBuf;
use std::process::Stdio;

use needle::commands::assembly::Assembly;
use needle::config::Config;
use tempfile::TempDir;

use crate::tests::Settings;
use crate::tests::needle::{command, write_settings};
use crate::trees;
use crate::world::{Size, World};

/// Where they are kept, and how many there are.
pub struct Published {
    folder: TempDir,
    versions: u64,
    world: World,
}

impl Published {
    pub fn new(size: Size) -> Self {
        Self { folder: tempfile::tempdir().expect("a directory"), versions: 0, world: World::new("", size) }
    }

    /// What a service needs in order to find them.
    pub fn found_by(&self, settings: Settings) -> Settings {
        settings.set("models", "url", format!("file:{}", self.folder.path().display())).set("models", "poll_seconds", 1)
    }

    /// Trains one that is unlike those before; returns its version.
    pub fn train(&mut self) -> String {
        self.versions += 1;
        let assembly = Assembly::new(Config::from_toml("").expect("a configuration")).expect("it fits together");
        let version = format!("v{}", self.versions);
        std::fs::write(self.file(&version), trees::text(&assembly, &self.world, self.versions)).expect("written");
        version
    }

    /// Has it take over.
    pub fn publish(&self, settings: &Settings, version: &str) {
        let directory = tempfile::tempdir().expect("a directory");
        write_settings(directory.path(), &self.found_by(settings.clone()));
        let mut publish = command(directory.path());
        let status = publish
            .args(["models", "publish", "--version", version])
            .arg(self.file(version))
            .stdout(Stdio::null())
            .status();
        assert!(status.is_ok_and(|status| status.success()), "needle models publish {version}");
    }

    fn file(&self, version: &str) -> PathBuf {
        self.folder.path().join(version).with_extension("txt")
    }
}
