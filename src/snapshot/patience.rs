//! What to do while a store refuses: go on, slower and slower, and say so.

use std::pin::pin;
use std::time::Duration;

use futures::future::{Either, select};
use object_store::Error;
use object_store::path::Path;
use tokio::sync::mpsc::Sender;

use crate::storage::runtime::Runtime;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(10);

/// Nobody holds the handle any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gone;

/// The waits of one call that is made again and again.
pub(super) struct Patience<'a, M> {
    runtime: &'a dyn Runtime,
    /// Who waits for the outcome.
    tell: &'a Sender<M>,
    struggling: fn(String) -> M,
    next: Duration,
}

impl<'a, M> Patience<'a, M> {
    pub fn new(runtime: &'a dyn Runtime, tell: &'a Sender<M>, struggling: fn(String) -> M) -> Self {
        Self { runtime, tell, struggling, next: FIRST }
    }

    /// After a failure: says so, and waits before the next try.
    pub async fn wait(&mut self, doing: &str, path: &Path, error: &Error) -> Result<(), Gone> {
        // Where the other side has no room, it has more to read than this; where it is gone, there is nobody to tell.
        let _ = self.tell.try_send((self.struggling)(format!("{doing} {path}: {error}")));
        let slept = self.runtime.sleep(self.next);
        self.next = (self.next * 2).min(LONGEST);
        match select(slept, pin!(self.tell.closed())).await {
            Either::Left(_) => Ok(()),
            Either::Right(_) => Err(Gone),
        }
    }
}
