//! Keeps the snapshots of an application: what a lane asks for from its own thread, and nothing that it would wait for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use futures::FutureExt;
use object_store::ObjectStore;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::{TryRecvError, TrySendError};

use super::format::Format;
use super::head::{Head, Reach, SaidUpTo, TopicIdentity};
use super::housekeeping::{House, keep_house};
use super::load;
use super::passed_over::PassedOver;
use super::places::Places;
use super::rows::Rows;
use super::save;
use super::sink::Sink;
use crate::lead::arena::Full;
use crate::model::Served;
use crate::storage::runtime::Runtime;

/// Chunks of rows that wait for a save, and words of any task that wait for whoever asked for it.
const CHUNKS: usize = 3;

/// Cheap to clone.
#[derive(Clone)]
pub struct Keeper {
    shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub store: Arc<dyn ObjectStore>,
    pub format: Arc<dyn Format>,
    pub runtime: Arc<dyn Runtime>,
    pub application: String,
}

/// What a snapshot must fit.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub partition: i32,
    pub inputs: Vec<WantedInput>,
    pub score_changes: TopicIdentity,
}

#[derive(Clone, Debug)]
pub struct WantedInput {
    pub topic: TopicIdentity,
    /// The group's position: no snapshot may reach beyond.
    pub committed: i64,
    /// Where the group's fold began, where its position says so.
    pub from: Option<i64>,
}

/// How far a load has got.
#[derive(Debug)]
pub enum Loading<S> {
    Waits,
    /// To be logged: a newer snapshot is of no use.
    Over(PassedOver),
    /// The last of its kind.
    Done(Found<S>),
    /// The rows do not fit the sink. The last of its kind, too.
    Full(Full),
    /// The store fails, and is asked again.
    Struggling(String),
    /// The task is gone: its runtime has ended, or it panicked.
    Lost,
}

/// What a load has come to.
#[derive(Debug)]
pub struct Found<S> {
    /// With all rows of the snapshot; with none, where none was of use.
    pub sink: S,
    /// The snapshot that the rows are of.
    pub head: Option<Arc<Head>>,
    /// The newest number in the log (0: none).
    pub known: u64,
}

/// A load under way. Dropping it cancels it.
pub struct Load<S> {
    progress: mpsc::Receiver<Loading<S>>,
    taken: Arc<AtomicU64>,
}

/// What a save is about.
#[derive(Clone, Debug)]
pub struct SaveHead {
    pub partition: i32,
    /// What the rows have changed against; `None`: they are all there are.
    pub parent: Option<Arc<Head>>,
    /// The newest entry number known.
    pub known: u64,
    pub reach: Vec<Reach>,
    pub said: SaidUpTo,
    /// What the tenants were served by when the rows were copied.
    pub models: Arc<Served>,
}

/// How far a save has got.
#[derive(Debug)]
pub enum Saving {
    Waits,
    /// Published, and the newest number known.
    Done(Arc<Head>, u64),
    /// Another writer's entry, of this number, reaches as far or farther. Nothing of this save is left.
    Overtaken(u64),
    /// The parent is not what the log has under its number any more, or the log has run away: save all leads, without a parent. The newest
    /// number known.
    Broken(u64),
    /// The rows cannot be written as a file; no store is to blame and no second try helps.
    Unwritable(String),
    /// The store fails, and is asked again.
    Struggling(String),
    /// The task is gone: its runtime has ended, or it panicked. What it published, if anything, is true.
    Lost,
}

/// A save under way. Dropped before `close`: nothing is published, and its files are removed. Dropped after: it may be published.
pub struct Save {
    /// Gone after `close`.
    rows: Option<mpsc::Sender<Rows>>,
    closed: Arc<AtomicBool>,
    progress: mpsc::Receiver<Saving>,
}

impl Keeper {
    /// `store` begins at the root of all snapshots; for a file system it must write through to the disk (`with_fsync`).
    pub fn new(
        store: Arc<dyn ObjectStore>,
        format: Arc<dyn Format>,
        runtime: Arc<dyn Runtime>,
        application: &str,
    ) -> Self {
        Self { shared: Arc::new(Shared { store, format, runtime, application: application.to_owned() }) }
    }

    /// Looks for the newest snapshot that fits, and takes its rows in where they are read: on another thread, so that whoever asks has
    /// nothing to do with it but to look from time to time. Starts at once.
    ///
    /// `sink`: one for each snapshot that is tried, told how many leads are said to come. Whoever says so is a file.
    pub fn load<S: Sink>(&self, wanted: Wanted, sink: impl Fn(u64) -> S + Send + Sync + 'static) -> Load<S> {
        let (tell, progress) = mpsc::channel(CHUNKS);
        let taken = Arc::new(AtomicU64::new(0));
        self.shared.runtime.spawn(load::load(self.shared.clone(), wanted, sink, taken.clone(), tell).boxed());
        Load { progress, taken }
    }

    /// Takes rows and publishes them, once closed, as one snapshot; starts at once.
    pub fn save(&self, save: SaveHead) -> Save {
        let (rows, offered) = mpsc::channel(CHUNKS);
        let (tell, progress) = mpsc::channel(CHUNKS);
        let closed = Arc::new(AtomicBool::new(false));
        let task = save::save(self.shared.clone(), save, offered, closed.clone(), tell);
        self.shared.runtime.spawn(task.boxed());
        Save { rows: Some(rows), closed, progress }
    }
}

impl Keeper {
    /// Makes a base where one is due, and then deletes what nobody needs; starts at once. Worth asking for after each save. A base is
    /// scored by `models`.
    pub fn keep_house(&self, partition: i32, history_days: u32, models: Arc<Served>) -> House {
        let (tell, progress) = mpsc::channel(CHUNKS);
        let task = keep_house(self.shared.clone(), partition, history_days, models, tell);
        self.shared.runtime.spawn(task.map(drop).boxed());
        House { progress }
    }
}

impl Shared {
    pub fn places(&self, partition: i32) -> Places {
        Places::new(&self.application, partition)
    }
}

impl<S> Load<S> {
    /// Never waits.
    pub fn poll(&mut self) -> Loading<S> {
        match self.progress.try_recv() {
            Ok(loading) => loading,
            Err(TryRecvError::Empty) => Loading::Waits,
            Err(TryRecvError::Disconnected) => Loading::Lost,
        }
    }

    /// Rows that were taken in so far, of the snapshot that is being read.
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }
}

impl Save {
    /// Gives rows back where there is no room now; after `close` there is none.
    pub fn offer(&mut self, rows: Rows) -> Result<(), Rows> {
        let Some(sender) = &self.rows else { return Err(rows) };
        sender.try_send(rows).map_err(|error| match error {
            TrySendError::Full(rows) | TrySendError::Closed(rows) => rows,
        })
    }

    /// That was all: publish.
    pub fn close(&mut self) {
        self.closed.store(true, Ordering::Release);
        self.rows = None;
    }

    /// Never waits.
    pub fn poll(&mut self) -> Saving {
        match self.progress.try_recv() {
            Ok(saving) => saving,
            Err(TryRecvError::Empty) => Saving::Waits,
            Err(TryRecvError::Disconnected) => Saving::Lost,
        }
    }
}
