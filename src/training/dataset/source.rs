//! Files as they come: each checked against what the log says of it, the next one on its way while one is worked on.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt};
use xxhash_rust::xxh3::xxh3_64;

use super::DatasetError;
use crate::snapshot::file::Unreadable;
use crate::snapshot::file::states::{Footer, newest_instant};
use crate::snapshot::head::FileRef;
use crate::snapshot::history::{History, histories};
use crate::storage::runtime::Threads;

/// Bytes of a file's end that are read for its footer, to begin with.
const END_BYTES: u64 = 64 << 10;
/// Tries of one request, and the first pause between them, which doubles.
const TRIES: u32 = 6;
const PAUSE: Duration = Duration::from_millis(100);

/// The store, and threads that wait for it.
pub(super) struct Source {
    store: Arc<dyn ObjectStore>,
    threads: Threads,
}

/// What the store had under a file's name.
pub(super) enum Fetched {
    Whole(Bytes),
    /// Not what was written: to be passed over, and why.
    Unusable(String),
    Gone,
}

impl Source {
    pub fn new(store: Arc<dyn ObjectStore>) -> Result<Self, DatasetError> {
        Ok(Self { store, threads: Threads::start("training", 1)? })
    }

    pub fn histories(&self, application: &str) -> Result<Vec<History>, DatasetError> {
        Ok(self.threads.wait_for(patiently(|| histories(self.store.as_ref(), application)))?)
    }

    /// The newest instant in a file, by its footer; `None` where it has none that can be read.
    pub fn newest_ms(&self, file: &FileRef) -> Result<Option<i64>, DatasetError> {
        let mut length = END_BYTES.min(file.bytes);
        loop {
            let range = file.bytes - length..file.bytes;
            let Ok(path) = Path::parse(&file.path) else { return Ok(None) };
            let end = match self.threads.wait_for(patiently(|| self.store.get_range(&path, range.clone()))) {
                Ok(end) => end,
                Err(Error::NotFound { .. }) => return Ok(None),
                Err(error) => return Err(error.into()),
            };
            match newest_instant(&end, file.bytes) {
                Ok(Footer::Newest(newest_ms)) => return Ok(newest_ms),
                Ok(Footer::Needs(needed)) => length = needed,
                Err(_) => return Ok(None),
            }
        }
    }

    /// Hands over all files in their order, by number, until `visit` fails.
    pub fn each(
        &self,
        files: &[(u32, &FileRef)],
        mut visit: impl FnMut(u32, &FileRef, Fetched) -> Result<(), DatasetError>,
    ) -> Result<(), DatasetError> {
        let mut next = files.first().map(|(_, file)| self.begin(file));
        for (at, (number, file)) in files.iter().enumerate() {
            let Some(fetching) = next.take() else { break };
            // A task that is gone has panicked; its file is asked for again here.
            let fetched = match self.threads.wait_for(fetching) {
                Ok(fetched) => fetched?,
                Err(_) => self.threads.wait_for(fetch(self.store.clone(), (*file).clone()))?,
            };
            next = files.get(at + 1).map(|(_, file)| self.begin(file));
            visit(*number, file, fetched)?;
        }
        Ok(())
    }

    fn begin(&self, file: &FileRef) -> tokio::sync::oneshot::Receiver<Result<Fetched, Error>> {
        let (done, fetched) = tokio::sync::oneshot::channel();
        let (store, file) = (self.store.clone(), file.clone());
        self.threads.runtime().spawn(Box::pin(async move {
            // Nobody waits for it any more: so be it.
            let _ = done.send(fetch(store, file).await);
        }));
        fetched
    }
}

async fn fetch(store: Arc<dyn ObjectStore>, file: FileRef) -> Result<Fetched, Error> {
    let path = match Path::parse(&file.path) {
        Ok(path) => path,
        Err(error) => return Ok(Fetched::Unusable(error.to_string())),
    };
    let get = || async {
        let found = store.get(&path).await?;
        if found.meta.size != file.bytes {
            return Ok(Err(format!("it has {} bytes, and {} were written", found.meta.size, file.bytes)));
        }
        found.bytes().await.map(Ok)
    };
    Ok(match patiently(get).await {
        Ok(Ok(bytes)) if format!("{:016x}", xxh3_64(&bytes)) == file.xxh3 => Fetched::Whole(bytes),
        Ok(Ok(_)) => Fetched::Unusable("its bytes are not those that were written".to_owned()),
        Ok(Err(what)) => Fetched::Unusable(what),
        Err(Error::NotFound { .. }) => Fetched::Gone,
        Err(error) => return Err(error),
    })
}

/// Asks a few times: a store may be away for a moment, and hours of work are not given up for that.
async fn patiently<T, F: Future<Output = Result<T, Error>>>(ask: impl Fn() -> F) -> Result<T, Error> {
    let mut pause = PAUSE;
    for _ in 1..TRIES {
        match ask().await {
            Err(error) if !matches!(error, Error::NotFound { .. } | Error::NotImplemented { .. }) => {
                tracing::warn!(%error, "the store of the snapshots fails; trying again");
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            done => return done,
        }
    }
    ask().await
}

/// Why a file is passed over, as a sentence.
pub(super) fn passed_over(path: &str, what: impl std::fmt::Display) -> String {
    format!("the snapshot file {path} is passed over: {what}")
}

/// A file that is whole and cannot be understood.
pub(super) fn not_understood(file: &FileRef, error: Unreadable) -> DatasetError {
    DatasetError::File { path: file.path.clone(), error }
}
