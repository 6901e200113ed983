//! A runtime of one thread, whose tasks run when the test says so, and whose clock jumps from one alarm to the next.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use futures::channel::oneshot;
use futures::future::BoxFuture;
use needle::storage::runtime::Runtime;

#[derive(Default)]
pub struct Clockwork {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    tasks: BTreeMap<usize, BoxFuture<'static, ()>>,
    ready: Arc<Mutex<VecDeque<usize>>>,
    now: Duration,
    alarms: BTreeMap<(Duration, u64), oneshot::Sender<()>>,
    /// Tasks, alarms and nonces so far.
    count: u64,
}

struct Bell {
    task: usize,
    ready: Arc<Mutex<VecDeque<usize>>>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        let mut ready = self.ready.lock().expect("no panic");
        if !ready.contains(&self.task) {
            ready.push_back(self.task);
        }
    }
}

impl Clockwork {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic")
    }

    /// Runs all tasks as far as they get.
    pub fn run(&self) {
        loop {
            let ready = self.state().ready.clone();
            let Some(task) = ready.lock().expect("no panic").pop_front() else { return };
            // A task may spawn others.
            let Some(mut future) = self.state().tasks.remove(&task) else { continue };
            let waker = Waker::from(Arc::new(Bell { task, ready }));
            if future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
                self.state().tasks.insert(task, future);
            }
        }
    }

    /// Jumps to the next alarm that somebody still waits for; false: there is none.
    pub fn skip(&self) -> bool {
        let mut state = self.state();
        while let Some(((at, _), alarm)) = state.alarms.pop_first() {
            if !alarm.is_canceled() {
                state.now = at;
                drop(state);
                return alarm.send(()).is_ok();
            }
        }
        false
    }

    pub fn now(&self) -> Duration {
        self.state().now
    }

    /// Tasks that have not ended.
    pub fn tasks(&self) -> usize {
        self.state().tasks.len()
    }
}

impl Runtime for Clockwork {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        let mut state = self.state();
        state.count += 1;
        let number = state.count as usize;
        state.tasks.insert(number, task);
        state.ready.lock().expect("no panic").push_back(number);
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let (alarm, rung) = oneshot::channel();
        let mut state = self.state();
        state.count += 1;
        let at = (state.now + time, state.count);
        state.alarms.insert(at, alarm);
        Box::pin(async move { rung.await.expect("a clock that goes on") })
    }

    fn compute(&self, work: Box<dyn FnOnce() + Send>) -> BoxFuture<'static, ()> {
        Box::pin(async move { work() })
    }

    fn now_ms(&self) -> i64 {
        self.now().as_millis() as i64
    }

    fn nonce(&self) -> u64 {
        let mut state = self.state();
        state.count += 1;
        state.count
    }
}
