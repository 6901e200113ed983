//! History through `needle replay` into snapshots, in process, and rows out of them.

use std::fs;
use std::path::Path;

use needle::commands::assembly::Assembly;
use needle::commands::replay::replay;
use needle::config::Config;
use needle::storage::store;
use needle::training::dataset::{TenantRows, Wanted};

/// Snapshots of events, in a folder that is gone with it.
pub struct Replayed {
    pub dir: tempfile::TempDir,
    pub config: Config,
}

impl Replayed {
    /// `events`: lines; `toml`: without `snapshots`.
    pub fn new(events: &str, toml: &str, interval_seconds: u64) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("events.jsonl");
        fs::write(&file, events).expect("written");
        let url = format!("file:{}", dir.path().join("kept").display());
        let snapshots = format!("snapshots = {{ url = \"{url}\", interval_seconds = {interval_seconds} }}");
        let config = Config::from_toml(&format!("{snapshots}\n{toml}")).expect("a configuration");
        let file = file.to_str().expect("text").to_owned();
        replay(config.clone(), &[file], Some(&dir.path().join("said"))).expect("replayed");
        Self { dir, config }
    }

    /// As another configuration has it, which must fold alike.
    pub fn read_by(&self, config: &Config, wanted: &Wanted) -> Vec<TenantRows> {
        let assembly = Assembly::new(config.clone()).expect("it fits together");
        let store = store::open(&self.config.snapshots.url).expect("a store");
        super::read(store, &assembly, wanted)
    }

    pub fn read(&self, wanted: &Wanted) -> TenantRows {
        let mut all = self.read_by(&self.config, wanted);
        assert_eq!(all.len(), 1, "one tenant");
        all.remove(0)
    }

    /// Values of the score changes.
    pub fn score_changes(&self) -> Vec<serde_json::Value> {
        let said = fs::read_to_string(self.dir.path().join("said/score-changes.jsonl")).expect("score changes");
        said.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    /// All Parquet files.
    pub fn files(&self) -> Vec<std::path::PathBuf> {
        let mut files = Vec::new();
        walk(&self.dir.path().join("kept/leads"), &mut files);
        files
    }
}

fn walk(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { walk(&path, files) } else { files.push(path) }
    }
}

/// A data set that is not part of the repository; says so where it is absent.
pub fn shared(path: &str) -> Option<String> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")).join(path);
    let read = fs::read(&path).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    if read.is_none() {
        eprintln!("skipped: {} is not there", path.display());
    }
    read
}
