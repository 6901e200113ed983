//! What work on stored things needs of a runtime, injected: tasks, time, chance, and a place for heavy work.
//!
//! Nothing else here knows a thread or a clock, so that a simulator may step all of it in one thread.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::channel::oneshot;
use futures::future::BoxFuture;
use tokio::runtime::{Builder, Handle};
use tokio::sync::Semaphore;

pub trait Runtime: Send + Sync {
    /// Runs a task to its end, or until the runtime ends.
    fn spawn(&self, task: BoxFuture<'static, ()>);
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()>;
    /// Does work that keeps a core busy, and ends when it is done, where it keeps nobody waiting: neither tasks, whose requests would
    /// run into their time-outs, nor lanes.
    fn compute(&self, work: Box<dyn FnOnce() + Send>) -> BoxFuture<'static, ()>;
    /// Milliseconds since 1970 UTC, for people to read.
    fn now_ms(&self) -> i64;
    /// A number that no other call, of no other process, returns.
    fn nonce(&self) -> u64;
}

/// Does `work` by [`Runtime::compute`]; `None` where it panicked, or the runtime ends.
pub async fn compute<T: Send + 'static>(runtime: &dyn Runtime, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (done, result) = oneshot::channel();
    let work = move || {
        // Nobody waits for it any more: so be it.
        let _ = done.send(work());
    };
    runtime.compute(Box::new(work)).await;
    result.await.ok()
}

/// Threads of their own for one kind of work. Dropping it ends all tasks; their handles say so.
pub struct Threads {
    /// Taken when it is dropped only.
    tokio: Option<tokio::runtime::Runtime>,
    tasks: Arc<OnTokio>,
}

/// Heavy work at the same time, at most: half of the cores. What is encoded takes them from the lanes, which have all of them otherwise; what
/// is loaded, lanes wait for.
fn computing() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get() / 2).max(2)
}

impl Threads {
    /// `workers` drive requests; heavy work and file I/O have threads beside them, which go when they are idle. `name` is what an
    /// operator sees in a list of threads, as in `snapshots-0`.
    pub fn start(name: &'static str, workers: usize) -> io::Result<Self> {
        let number = AtomicUsize::new(0);
        let tokio = Builder::new_multi_thread()
            .worker_threads(workers.max(1))
            .thread_name_fn(move || format!("{name}-{}", number.fetch_add(1, Ordering::Relaxed)))
            .enable_all()
            .build()?;
        let tasks = OnTokio { handle: tokio.handle().clone(), computing: Arc::new(Semaphore::new(computing())) };
        Ok(Self { tokio: Some(tokio), tasks: Arc::new(tasks) })
    }

    pub fn runtime(&self) -> Arc<dyn Runtime> {
        self.tasks.clone()
    }

    /// Waits for `task`; not to be called by a task.
    pub fn wait_for<T>(&self, task: impl Future<Output = T>) -> T {
        self.tasks.handle.block_on(task)
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(tokio) = self.tokio.take() {
            // A request that hangs must not keep the process.
            tokio.shutdown_background();
        }
    }
}

/// A handle only: were the runtime in it, the last task to go would drop the runtime that it runs on.
struct OnTokio {
    handle: Handle,
    computing: Arc<Semaphore>,
}

impl Runtime for OnTokio {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.handle.spawn(task);
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn compute(&self, work: Box<dyn FnOnce() + Send>) -> BoxFuture<'static, ()> {
        let (handle, computing) = (self.handle.clone(), self.computing.clone());
        Box::pin(async move {
            // Never closed.
            let permit = computing.acquire_owned().await.ok();
            // The permit goes with the work: whoever stops waiting for it does not stop it.
            let work = handle.spawn_blocking(move || {
                work();
                drop(permit);
            });
            if let Err(error) = work.await {
                tracing::error!(%error, "work on a stored thing did not end");
            }
        })
    }

    fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    fn nonce(&self) -> u64 {
        // Its keys come from the system's source of randomness, and no two are equal.
        RandomState::new().build_hasher().finish()
    }
}
