//! A store between a keeper and the memory, that can hold calls back, refuse them, and lose what is answered.

use std::fmt;
use std::ops::Range;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
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

#[derive(Clone)]
pub struct Shelf(Arc<Inner>);

struct Inner {
    memory: Arc<InMemory>,
    judge: Mutex<Box<Judge>>,
    calls: Mutex<Vec<Call>>,
    /// Permits are calls that may go on; `None`: all may.
    gate: Mutex<Option<Arc<Semaphore>>>,
    waiting: AtomicUsize,
}

impl Shelf {
    pub fn new(memory: Arc<InMemory>) -> Self {
        Self(Arc::new(Inner {
            memory,
            judge: Mutex::new(Box::new(|_| Fate::Done)),
            calls: Mutex::default(),
            gate: Mutex::default(),
            waiting: AtomicUsize::new(0),
        }))
    }

    pub fn judge(&self, judge: impl FnMut(&Call) -> Fate + Send + 'static) {
        *self.0.judge.lock().expect("no panic") = Box::new(judge);
    }

    /// From now on a call waits until it is let through.
    pub fn hold(&self) {
        *self.0.gate.lock().expect("no panic") = Some(Arc::new(Semaphore::new(0)));
    }

    /// Lets one call through.
    pub fn let_one(&self) {
        self.0.gate.lock().expect("no panic").as_ref().expect("calls are held").add_permits(1);
    }

    /// Whether a call waits.
    pub fn waits(&self) -> bool {
        self.0.waiting.load(Ordering::Relaxed) > 0
    }

    /// Calls that have come through, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.0.calls.lock().expect("no panic").clone()
    }

    /// How many of a kind have come through.
    pub fn count(&self, op: Op) -> usize {
        self.calls().iter().filter(|call| call.op == op).count()
    }
}

impl Inner {
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
        self.0.call(op, path, self.0.memory.put_opts(path, payload, opts)).boxed()
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
        self.0.call(Op::Put, path, self.0.memory.put_multipart_opts(path, opts)).boxed()
    }

    fn get_opts<'a, 'b, 'c>(&'a self, path: &'b Path, options: GetOptions) -> Answer<'c, GetResult>
    where
        'a: 'c,
        'b: 'c,
    {
        self.0.call(Op::Get, path, self.0.memory.get_opts(path, options)).boxed()
    }

    fn get_ranges<'a, 'b, 'c, 'd>(&'a self, path: &'b Path, ranges: &'c [Range<u64>]) -> Answer<'d, Vec<Bytes>>
    where
        'a: 'd,
        'b: 'd,
        'c: 'd,
    {
        self.0.call(Op::Get, path, self.0.memory.get_ranges(path, ranges)).boxed()
    }

    fn delete_stream(&self, paths: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let inner = self.0.clone();
        let deleted = paths.and_then(move |path| {
            let inner = inner.clone();
            async move {
                inner.call(Op::Delete, &path, inner.memory.delete(&path)).await?;
                Ok(path)
            }
        });
        deleted.boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let (inner, prefix) = (self.0.clone(), prefix.cloned().unwrap_or_default());
        let listed = async move { inner.call(Op::List, &prefix, async { Ok(inner.memory.list(Some(&prefix))) }).await };
        futures::stream::once(listed).try_flatten().boxed()
    }

    fn list_with_delimiter<'a, 'b, 'c>(&'a self, prefix: Option<&'b Path>) -> Answer<'c, ListResult>
    where
        'a: 'c,
        'b: 'c,
    {
        async move {
            let prefix = prefix.cloned().unwrap_or_default();
            self.0.call(Op::List, &prefix, self.0.memory.list_with_delimiter(Some(&prefix))).await
        }
        .boxed()
    }

    fn copy_opts<'a, 'b, 'c, 'd>(&'a self, from: &'b Path, to: &'c Path, options: CopyOptions) -> Answer<'d, ()>
    where
        'a: 'd,
        'b: 'd,
        'c: 'd,
    {
        self.0.call(Op::Put, to, self.0.memory.copy_opts(from, to, options)).boxed()
    }
}
