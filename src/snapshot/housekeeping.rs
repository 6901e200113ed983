//! Keeps house in one partition's log: makes a base now and then, and takes away what nobody needs any more.
//!
//! Anybody may, at any time, beside savers, loaders and others who keep house. Why that loses nothing:
//!
//! **A base** is an entry like any other, put if absent into the slot after the newest entry `n`, and says what `n` says: same positions,
//! same leads, fewer files. Its files hold the newest row of each lead of the first files of `n`, and are followed by the others of `n`, if
//! the log has gone on while they were merged. A saver whose parent is `n` and finds the base in its slot puts its own files behind
//! those of the base. If the base comes too late, the saver's entry names the old files, and the next base is made from there.
//!
//! **The horizon** is the number of the newest base but one. The promise: *every file that an entry from the horizon on names is there.*
//! So the newest entry can be loaded, and where it is damaged, one that does not build on the same base. Before anything is deleted
//! that an entry names, the horizon is noted in the log; then the log is listed anew and read, and what entries from the horizon on name
//! stays. A saver publishes its entry first, and then looks for a horizon beyond its parent. One of the two came first: either the entry
//! was there before the horizon was noted, and is in that listing, so that its files stay; or the saver finds the horizon, says that the
//! log is broken, and its lane saves all leads anew. What such a saver has published may lack files; loaders pass it over. (Whose parent
//! is older than two bases has been away for long, or was set back to older offsets.)
//!
//! **A loader** begins with the newest entry. A file of it can only go when two newer bases are there. So a loader that misses a file looks
//! whether the log has gone on, and if so begins anew with what is the newest now. It does not come to an end only if two bases are made
//! in each of its tries, and then the log has gone on as often.
//!
//! **Files that no entry names** may be about to be named. A saver puts an increment that was written for slot `n` into one of
//! `n ..= n + SLIP` or gives it up, and slots are filled in order. So once there is an entry beyond, nobody will name it; it is as for a base
//! with [`BASE_SLIP`](super::places::BASE_SLIP). Only an increment whose introducing entries can all be read is judged so.
//!
//! **History**: increments stay for training, with their entries, for `snapshots.history_days` by the clocks of those who write them and
//! keep house. A wrong clock may cost history; what is below the horizon alone can go by it.
//!
//! An entry that a newer needle has written may name files in a way that this one cannot read: where there is one, nothing is deleted.
//! Whoever dies in between has deleted some and left the rest to the next. Files go before the entry that says whose they were.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TryRecvError;

use super::base::{Base, Stop, due};
use super::chain::Chain;
use super::head::Head;
use super::keeper::Shared;
use super::patience::{Gone, Patience};
use super::sweep::Sweep;
use crate::model::Served;

/// How far keeping house has got.
#[derive(Debug)]
pub enum Keeping {
    Waits,
    Done(Kept),
    /// The store fails, and is asked again.
    Struggling(String),
    /// The task is gone: its runtime has ended, or it panicked. Nothing is lost.
    Lost,
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The base that was published.
    pub base: Option<Arc<Head>>,
    /// Objects that were deleted.
    pub deleted: u64,
    /// Why no base could be made of the newest entry, or nothing be deleted; to be logged. A newer entry may do, and the next try.
    pub trouble: Option<String>,
}

/// Keeping house under way. Dropped, it ends soon, and leaves the log as good as it was.
pub struct House {
    pub(super) progress: mpsc::Receiver<Keeping>,
}

impl House {
    /// Never waits.
    pub fn poll(&mut self) -> Keeping {
        match self.progress.try_recv() {
            Ok(keeping) => keeping,
            Err(TryRecvError::Empty) => Keeping::Waits,
            Err(TryRecvError::Disconnected) => Keeping::Lost,
        }
    }
}

pub(super) async fn keep_house(
    shared: Arc<Shared>,
    partition: i32,
    history_days: u32,
    models: Arc<Served>,
    tell: mpsc::Sender<Keeping>,
) -> Result<(), Gone> {
    let chain = Chain::new(&shared, partition);
    let mut kept = Kept::default();
    match make_base(&shared, &chain, &models, &tell).await {
        Ok(base) => kept.base = base.map(Arc::new),
        Err(Stop::Gone) => return Err(Gone),
        Err(Stop::Overtaken) => {}
        Err(Stop::Unusable(reason)) => {
            kept.trouble = Some(format!("no base can be made of the newest entry: {reason}"))
        }
        Err(Stop::Unwritable(cause)) => kept.trouble = Some(format!("a base cannot be written: {cause}")),
    }
    if kept.base.is_some() {
        let sweep = Sweep { shared: &shared, chain: &chain, tell: &tell, history_days };
        (kept.deleted, kept.trouble) = sweep.run().await?;
    }
    // Nobody asks any more: so be it.
    let _ = tell.send(Keeping::Done(kept)).await;
    Ok(())
}

/// None where none is due.
async fn make_base(
    shared: &Shared,
    chain: &Chain<'_>,
    models: &Arc<Served>,
    tell: &mpsc::Sender<Keeping>,
) -> Result<Option<Head>, Stop> {
    let mut patience = Patience::new(shared.runtime.as_ref(), tell, Keeping::Struggling);
    let newest = chain.newest(&mut patience).await?;
    let Some(newest) = chain.read(newest, &mut patience).await? else { return Ok(None) };
    let of = &newest.map_err(Stop::Unusable)?;
    if !due(&chain.places, &of.files) {
        return Ok(None);
    }
    let nonce = format!("{:016x}", shared.runtime.nonce());
    let mut base = Base { shared, chain, models, tell, of, nonce, written: Vec::new(), published: false };
    base.make().await.map(Some)
}
