//! A store between a keeper and the memory, that can hold calls back, refuse them, and lose what is answered.

use std::fmt;
use std::ops::Range;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt, TryStreamExt};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::*;
use tokio::sync::Semaphore;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Put,
    /// If absent.
    Create,
    Get,
    Delete,
    List,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub op: Op,
    pub path: String,
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Done,
    Refused,
    /// Done, and answered by an error.
    ReplyLost,
}

type Judge = dyn FnMut(&Call) -> Fate + Send;

pub struct Shelf {
    memory: Arc<InMemory>,
    judge: Mutex<Box<Judge>>,
    calls: Mutex<Vec<Call>>,
    /// Permits are calls that may go on; `None`: all may.
    gate: Mutex<Option<Arc<Semaphore>>>,
    waiting: AtomicUsize,
}

impl Shelf {
    pub fn new(memory: Arc<InMemory>) -> Self {
        Self {
            memory,
            judge: Mutex::new(Box::new(|_| Fate::Done)),
            calls: Mutex::default(),
            gate: Mutex::default(),
            waiting: AtomicUsize::new(0),
        }
    }

    pub fn judge(&self, judge: impl FnMut(&Call) -> Fate + Send + 'static) {
        *self.judge.lock().expect("no panic") = Box::new(judge);
    }

    /// From now on a call waits until it is let through.
    pub fn hold(&self) {
        *self.gate.lock().expect("no panic") = Some(Arc::new(Semaphore::new(0)));
    }

    /// Lets one call through; false: none waits.
    pub fn let_one(&self) -> bool {
        let waits = self.waiting.load(Ordering::Relaxed) > 0;
        if let (true, Some(gate)) = (waits, &*self.gate.lock().expect("no panic")) {
            gate.add_permits(1);
        }
        waits
    }

    pub fn waits(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    /// Calls that have come through, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().expect("no panic").clone()
    }

    async fn pass(&self, op: Op, path: &Path) -> Result<Fate> {
        let gate = self.gate.lock().expect("no panic").clone();
        if let Some(gate) = gate {
            let _waits = Waits::new(&self.waiting);
            gate.acquire().await.expect("never closed").forget();
        }
        let call = Call { op, path: path.to_string() };
        self.calls.lock().expect("no panic").push(call.clone());
        match (self.judge.lock().expect("no panic"))(&call) {
            Fate::Refused => Err(failed("refused")),
            fate => Ok(fate),
        }
    }

    async fn call<T>(&self, op: Op, path: &Path, done: impl Future<Output = Result<T>>) -> Result<T> {
        let fate = self.pass(op, path).await?;
        match (fate, done.await) {
            (Fate::ReplyLost, _) => Err(failed("the reply was lost")),
            (_, result) => result,
        }
    }
}

struct Waits<'a>(&'a AtomicUsize);

impl<'a> Waits<'a> {
    fn new(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
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
        let op = if opts.mode == PutMode::Create { Op::Create } else { Op::Put };
        self.call(op, path, self.memory.put_opts(path, payload, opts)).boxed()
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
        self.call(Op::Put, path, self.memory.put_multipart_opts(path, opts)).boxed()
    }

    fn get_opts<'a, 'b, 'c>(&'a self, path: &'b Path, options: GetOptions) -> Answer<'c, GetResult>
    where
        'a: 'c,
        'b: 'c,
    {
        self.call(Op::Get, path, self.memory.get_opts(path, options)).boxed()
    }

    fn get_ranges<'a, 'b, 'c, 'd>(&'a self, path: &'b Path, ranges: &'c [Range<u64>]) -> Answer<'d, Vec<Bytes>>
    where
        'a: 'd,
        'b: 'd,
        'c: 'd,
    {
        self.call(Op::Get, path, self.memory.get_ranges(path, ranges)).boxed()
    }

    fn delete_stream(&self, paths: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        // The stream outlives the borrow: deletions are judged when they are asked for.
        let judged: Vec<_> = paths.collect::<Vec<_>>().now_or_never().expect("paths at hand");
        let memory = self.memory.clone();
        let fates: Vec<BoxFuture<'static, Result<Path>>> = judged
            .into_iter()
            .map(|path| {
                let judged = path.and_then(|path| {
                    let call = Call { op: Op::Delete, path: path.to_string() };
                    self.calls.lock().expect("no panic").push(call.clone());
                    match (self.judge.lock().expect("no panic"))(&call) {
                        Fate::Refused => Err(failed("refused")),
                        _ => Ok(path),
                    }
                });
                let memory = memory.clone();
                async move {
                    let path = judged?;
                    memory.delete(&path).await?;
                    Ok(path)
                }
                .boxed()
            })
            .collect();
        futures::stream::iter(fates).then(|fate| fate).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let prefix = prefix.cloned().unwrap_or_default();
        let call = Call { op: Op::List, path: prefix.to_string() };
        self.calls.lock().expect("no panic").push(call.clone());
        match (self.judge.lock().expect("no panic"))(&call) {
            Fate::Refused => futures::stream::once(async { Err(failed("refused")) }).boxed(),
            _ => self.memory.list(Some(&prefix)).into_stream().boxed(),
        }
    }

    fn list_with_delimiter<'a, 'b, 'c>(&'a self, prefix: Option<&'b Path>) -> Answer<'c, ListResult>
    where
        'a: 'c,
        'b: 'c,
    {
        async move {
            let prefix = prefix.cloned().unwrap_or_default();
            self.call(Op::List, &prefix, self.memory.list_with_delimiter(Some(&prefix))).await
        }
        .boxed()
    }

    fn copy_opts<'a, 'b, 'c, 'd>(&'a self, from: &'b Path, to: &'c Path, options: CopyOptions) -> Answer<'d, ()>
    where
        'a: 'd,
        'b: 'd,
        'c: 'd,
    {
        self.call(Op::Put, to, self.memory.copy_opts(from, to, options)).boxed()
    }
}
