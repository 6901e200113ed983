//! The stores that snapshots may lie in: a folder, memory, a real S3 server.

// Every test binary compiles all of this and uses its share.
#![allow(dead_code)]

#[path = "../support/s3.rs"]
pub mod s3;

use std::sync::Arc;

use needle::storage::store;
use object_store::ObjectStore;
use s3::S3;

pub struct Store {
    pub name: &'static str,
    pub store: Arc<dyn ObjectStore>,
    _folder: tempfile::TempDir,
}

/// One of each kind, empty.
pub fn stores() -> Vec<Store> {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("file:{}/a/b c", folder.path().display());
    let files = store::open_with(&url, &[]).expect("a folder's store");
    let server = S3::shared();
    let bucket = store::open_with(&server.unique_url("store"), &server.environment()).expect("a bucket's store");
    let memory = Arc::new(object_store::memory::InMemory::new());
    let named = |name, store| Store { name, store, _folder: tempfile::tempdir().expect("a folder") };
    vec![Store { name: "file", store: files, _folder: folder }, named("memory", memory), named("s3", bucket)]
}

/// Runs asynchronous code as `needle run` does: on tokio, several threads.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}
