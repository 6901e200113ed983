//! The store that all processes share, and what goes wrong between it and one of them.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt, TryStreamExt};
use needle::snapshot::entry::Entry;
use needle::storage::runtime::Runtime;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::*;

use super::cell::Cell;
use super::chaos::{Chaos, Storing};
use super::log::Mistake;

/// What is stored, and what is still on its way there.
#[derive(Default)]
pub struct Warehouse {
    pub memory: InMemory,
    notes: Mutex<Notes>,
}

#[derive(Default)]
struct Notes {
    /// By the time at which they arrive.
    late: BTreeMap<(i64, u64), (Path, PutPayload, PutOptions)>,
    count: u64,
    /// Entries that have come since somebody asked.
    landed: Vec<Path>,
}

impl Warehouse {
    fn notes(&self) -> std::sync::MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts what was on its way until now; nobody waits for it any more, so that nobody hears of a refusal.
    pub fn arrive(&self, now_ms: i64) {
        loop {
            let mut notes = self.notes();
            let Some(first) = notes.late.first_entry().filter(|late| late.key().0 <= now_ms) else { return };
            let (path, payload, options) = first.remove();
            drop(notes);
            if answer(self.memory.put_opts(&path, payload, options)).is_ok() {
                self.note(&path);
            }
        }
    }

    fn note(&self, path: &Path) {
        if path.extension() == Some("json") {
            self.notes().landed.push(path.clone());
        }
    }

    /// Entries that were put since the last call.
    pub fn landed(&self) -> Vec<Path> {
        std::mem::take(&mut self.notes().landed)
    }

    pub fn read(&self, path: &Path) -> Option<Bytes> {
        answer(async { self.memory.get(path).await?.bytes().await }).ok()
    }

    pub fn paths(&self) -> Vec<Path> {
        answer(self.memory.list(None).map_ok(|object| object.location).try_collect()).unwrap_or_default()
    }

    pub fn paths_below(&self, folder: &Path) -> Vec<Path> {
        answer(self.memory.list(Some(folder)).map_ok(|object| object.location).try_collect()).unwrap_or_default()
    }

    pub fn delete(&self, path: &Path) {
        answer(self.memory.delete(path)).expect("deleted");
    }

    pub fn put(&self, path: &Path, bytes: Vec<u8>) {
        answer(self.memory.put(path, bytes.into())).expect("put");
    }
}

/// What the memory answers, which it does at once.
fn answer<T>(asked: impl Future<Output = T>) -> T {
    asked.now_or_never().expect("memory does not wait")
}

/// The store as one process sees it.
pub struct Shelf {
    pub warehouse: Arc<Warehouse>,
    pub chaos: Chaos,
    /// The process' own; a shelf lives in its tasks.
    pub cell: Weak<Cell>,
    pub mistake: Mistake,
}

impl Shelf {
    async fn wait(&self, ms: i64) {
        if let Some(cell) = self.cell.upgrade() {
            cell.sleep(std::time::Duration::from_millis(ms.unsigned_abs())).await;
        }
    }

    /// Around a call to the store.
    async fn call<T>(&self, done: impl Future<Output = Result<T>>) -> Result<T> {
        self.call_as(self.chaos.storing(), done).await
    }

    async fn call_as<T>(&self, storing: Storing, done: impl Future<Output = Result<T>>) -> Result<T> {
        match storing {
            Storing::Done => done.await,
            Storing::Slow(before_ms, after_ms) => {
                self.wait(before_ms).await;
                let result = done.await;
                self.wait(after_ms).await;
                result
            }
            Storing::Refused | Storing::Late(_) => Err(failed("refused")),
            Storing::ReplyLost => done.await.and_then(|_| Err(failed("the reply was lost"))),
            Storing::CrashBefore => self.crash().await,
            Storing::CrashAfter => {
                // It does not hear how it ended.
                let _ = done.await;
                self.crash().await
            }
        }
    }

    async fn crash<T>(&self) -> T {
        self.chaos.crash();
        futures::future::pending().await
    }

    async fn put(&self, path: Path, payload: PutPayload, mut options: PutOptions) -> Result<PutResult> {
        let mut payload = payload;
        if self.mistake == Mistake::PutWithoutIfAbsent {
            options.mode = PutMode::Overwrite;
        }
        if self.mistake == Mistake::SnapshotOfUncommitted && path.extension() == Some("json") {
            payload = one_too_few(&payload);
        }
        let storing = self.chaos.storing();
        if let Storing::Late(ms) = storing {
            let now_ms = self.cell.upgrade().map_or(0, |cell| cell.now_ms());
            let mut notes = self.warehouse.notes();
            notes.count += 1;
            let at = (now_ms + ms, notes.count);
            notes.late.insert(at, (path, payload, options));
            return Err(failed("nobody knows whether it was put"));
        }
        let put = async {
            let result = self.warehouse.memory.put_opts(&path, payload, options).await?;
            self.warehouse.note(&path);
            Ok(result)
        };
        self.call_as(storing, put).await
    }
}

/// An entry whose positions lie one before those of its leads.
fn one_too_few(payload: &PutPayload) -> PutPayload {
    let json = payload.iter().flat_map(|part| part.iter().copied()).collect::<Vec<u8>>();
    let number = serde_json::from_slice::<serde_json::Value>(&json).ok().and_then(|json| json["number"].as_u64());
    let Some(Ok(mut entry)) = number.map(|number| Entry::from_json(&json, number)) else { return payload.clone() };
    entry.reach.iter_mut().filter(|reach| reach.to > reach.from).for_each(|reach| reach.to -= 1);
    entry.to_json().map_or_else(|_| payload.clone(), PutPayload::from)
}

fn failed(what: &str) -> Error {
    Error::Generic { store: "shelf", source: what.to_owned().into() }
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shelf")
    }
}

impl fmt::Display for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shelf")
    }
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

impl ObjectStore for Shelf {
    fn put_opts<'a, 'b, 'c>(&'a self, path: &'b Path, payload: PutPayload, opts: PutOptions) -> Answer<'c, PutResult>
    where
        'a: 'c,
        'b: 'c,
    {
        self.put(path.clone(), payload, opts).boxed()
    }

    fn put_multipart_opts<'a, 'b, 'c>(
        &'a self,
        path: &'b Path,
        opts: PutMultipartOptions,
    ) -> Answer<'c, Box<dyn MultipartUpload>>
    where
        'a: 'c,
        'b: 'c,
    {
        self.call(self.warehouse.memory.put_multipart_opts(path, opts)).boxed()
    }

    fn get_opts<'a, 'b, 'c>(&'a self, path: &'b Path, options: GetOptions) -> Answer<'c, GetResult>
    where
        'a: 'c,
        'b: 'c,
    {
        self.call(self.warehouse.memory.get_opts(path, options)).boxed()
    }

    fn get_ranges<'a, 'b, 'c, 'd>(&'a self, path: &'b Path, ranges: &'c [Range<u64>]) -> Answer<'d, Vec<Bytes>>
    where
        'a: 'd,
        'b: 'd,
        'c: 'd,
    {
        self.call(self.warehouse.memory.get_ranges(path, ranges)).boxed()
    }

    fn delete_stream(&self, paths: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let refused = matches!(self.chaos.storing(), Storing::Refused | Storing::Late(_));
        let warehouse = self.warehouse.clone();
        let delete = move |path: Result<Path>| {
            let warehouse = warehouse.clone();
            async move {
                let path = path?;
                if refused {
                    return Err(failed("refused"));
                }
                warehouse.memory.delete(&path).await?;
                Ok(path)
            }
        };
        paths.then(delete).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        match self.chaos.storing() {
            Storing::Refused | Storing::ReplyLost | Storing::Late(_) => {
                futures::stream::once(async { Err(failed("refused")) }).boxed()
            }
            _ => self.warehouse.memory.list(prefix),
        }
    }

    fn list_with_delimiter<'a, 'b, 'c>(&'a self, prefix: Option<&'b Path>) -> Answer<'c, ListResult>
    where
        'a: 'c,
        'b: 'c,
    {
        self.call(self.warehouse.memory.list_with_delimiter(prefix)).boxed()
    }

    fn copy_opts<'a, 'b, 'c, 'd>(&'a self, from: &'b Path, to: &'c Path, options: CopyOptions) -> Answer<'d, ()>
    where
        'a: 'd,
        'b: 'd,
        'c: 'd,
    {
        self.call(self.warehouse.memory.copy_opts(from, to, options)).boxed()
    }
}
