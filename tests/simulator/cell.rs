//! The runtime of one process: its tasks run when the simulation says so, in the broker's time, and are gone when it is.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use futures::channel::oneshot;
use futures::future::BoxFuture;
use needle::log::memory::Broker;
use needle::storage::runtime::Runtime;

pub struct Cell {
    broker: Broker,
    /// One count for all processes of a run.
    nonces: Arc<AtomicU64>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    tasks: BTreeMap<u64, BoxFuture<'static, ()>>,
    spawned: u64,
    alarms: BTreeMap<(i64, u64), oneshot::Sender<()>>,
    ready: Arc<Mutex<VecDeque<u64>>>,
}

struct Bell {
    task: u64,
    ready: Arc<Mutex<VecDeque<u64>>>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        held(&self.ready).push_back(self.task);
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Cell {
    pub fn new(broker: &Broker, nonces: &Arc<AtomicU64>) -> Self {
        Self { broker: broker.clone(), nonces: nonces.clone(), state: Mutex::default() }
    }

    /// Runs all tasks as far as they get by now.
    pub fn run(&self) {
        let now_ms = self.broker.now_ms();
        loop {
            let mut state = held(&self.state);
            let Some(alarm) = state.alarms.first_entry().filter(|alarm| alarm.key().0 <= now_ms) else { break };
            let alarm = alarm.remove();
            drop(state);
            // Whoever slept may be gone.
            let _ = alarm.send(());
        }
        let ready = held(&self.state).ready.clone();
        loop {
            let Some(task) = held(&ready).pop_front() else { return };
            // A task may spawn others, and may have been woken twice.
            let Some(mut future) = held(&self.state).tasks.remove(&task) else { continue };
            let waker = Waker::from(Arc::new(Bell { task, ready: ready.clone() }));
            if future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
                held(&self.state).tasks.insert(task, future);
            }
        }
    }

    /// Nothing of it goes on.
    pub fn end(&self) {
        let State { tasks, alarms, .. } = std::mem::take(&mut *held(&self.state));
        drop((tasks, alarms));
    }
}

impl Runtime for Cell {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        let mut state = held(&self.state);
        state.spawned += 1;
        let number = state.spawned;
        state.tasks.insert(number, task);
        held(&state.ready).push_back(number);
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let (alarm, rung) = oneshot::channel();
        let mut state = held(&self.state);
        state.spawned += 1;
        let at = (self.broker.now_ms() + time.as_millis() as i64, state.spawned);
        state.alarms.insert(at, alarm);
        Box::pin(async move {
            // Dropped only together with who sleeps.
            let _ = rung.await;
        })
    }

    fn compute(&self, work: Box<dyn FnOnce() + Send>) -> BoxFuture<'static, ()> {
        Box::pin(async move { work() })
    }

    fn now_ms(&self) -> i64 {
        self.broker.now_ms()
    }

    fn nonce(&self) -> u64 {
        self.nonces.fetch_add(1, Ordering::Relaxed)
    }
}
