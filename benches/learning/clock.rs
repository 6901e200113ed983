//! A clock that runs while LightGBM does: its calls are spans of their own target.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use needle::training::lightgbm::SPANS;
use tracing::Subscriber;
use tracing::span::Id;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

#[derive(Clone, Default)]
pub struct Clock(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Since when it runs, and how many calls it is deep.
    since: Option<Instant>,
    depth: usize,
    ran: Duration,
}

impl Clock {
    /// Of this process.
    pub fn start() -> Self {
        let clock = Self::default();
        let own = clock.clone().with_filter(filter_fn(|about| about.target() == SPANS));
        tracing_subscriber::registry().with(own).init();
        clock
    }

    pub fn ran(&self) -> Duration {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).ran
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Clock {
    fn on_enter(&self, _: &Id, _: Context<'_, S>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.depth += 1;
        if state.depth == 1 {
            state.since = Some(Instant::now());
        }
    }

    fn on_exit(&self, _: &Id, _: Context<'_, S>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.depth -= 1;
        if state.depth == 0
            && let Some(since) = state.since.take()
        {
            state.ran += since.elapsed();
        }
    }
}
