//! Writes rows into files, and then the entry that makes them a snapshot.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use object_store::path::Path;
use object_store::{Error, ObjectStoreExt};
use tokio::sync::mpsc::{Receiver, Sender};

use super::chain::Chain;
use super::data::{Encoded, encode};
use super::entry::{self, Entry};
use super::file::{About, Kind};
use super::gather::{Gather, NoTenant};
use super::head::{FileRef, Head};
use super::keeper::{SaveHead, Saving, Shared};
use super::passed_over::Reason;
use super::patience::{Gone, Patience};
use super::places::{Mark, SLIP};
use super::rows::Rows;

pub(super) async fn save(
    shared: Arc<Shared>,
    head: SaveHead,
    rows: Receiver<Rows>,
    closed: Arc<AtomicBool>,
    tell: Sender<Saving>,
) {
    let mut saver = Saver {
        chain: Chain::new(&shared, head.partition),
        nonce: format!("{:016x}", shared.runtime.nonce()),
        files: Vec::new(),
        unknown: false,
        shared: &shared,
        head: &head,
        tell: &tell,
    };
    let end = match saver.write(rows, &closed).await {
        Ok(()) => saver.publish().await,
        Err(end) => Err(end),
    };
    let keep = end.is_ok() || saver.unknown;
    let said = match end {
        Ok(head) => Some(Saving::Done(Arc::new(head.0), head.1)),
        Err(End::Overtaken(number)) => Some(Saving::Overtaken(number)),
        Err(End::Broken(number)) => Some(Saving::Broken(number)),
        Err(End::Unwritable(cause)) => Some(Saving::Unwritable(cause)),
        Err(End::Gone) => None,
    };
    if let Some(said) = said {
        // Nobody asks any more: so be it.
        let _ = tell.send(said).await;
    }
    if !keep {
        saver.remove_files().await;
    }
}

struct Saver<'a> {
    shared: &'a Shared,
    chain: Chain<'a>,
    head: &'a SaveHead,
    /// Tells this save from every other.
    nonce: String,
    /// Written, and named by no entry yet.
    files: Vec<FileRef>,
    /// The entry may have been put, or be put yet: nobody may say that the files are nobody's.
    unknown: bool,
    tell: &'a Sender<Saving>,
}

/// Why nothing was published.
enum End {
    Gone,
    Overtaken(u64),
    Broken(u64),
    Unwritable(String),
}

impl From<Gone> for End {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

impl From<NoTenant> for End {
    fn from(NoTenant(key): NoTenant) -> Self {
        Self::Unwritable(format!("the key `{key}` is no `tenant/lead`"))
    }
}

impl Saver<'_> {
    /// Writes what is offered, until there is no more.
    async fn write(&mut self, mut offered: Receiver<Rows>, closed: &AtomicBool) -> Result<(), End> {
        let mut gather = Gather::default();
        while let Some(rows) = offered.recv().await {
            gather.add(&rows)?;
            while let Some((tenant, rows)) = gather.full() {
                self.write_file(tenant, rows).await?;
            }
        }
        // Dropped without a word: given up.
        if !closed.load(Ordering::Acquire) {
            return Err(End::Gone);
        }
        while let Some((tenant, rows)) = gather.rest() {
            self.write_file(tenant, rows).await?;
        }
        Ok(())
    }

    async fn write_file(&mut self, tenant: String, mut rows: Rows) -> Result<(), End> {
        let about = About {
            partition: self.head.partition,
            kind: Kind::Increment,
            number: self.first_slot(),
            reach: self.head.reach.clone(),
            said: self.head.said.clone(),
        };
        let sorted = move || {
            rows.sort();
            rows
        };
        let encoded =
            encode(self.shared, about, tenant, &self.head.models, (&self.nonce, self.files.len()), sorted).await;
        let Encoded { file, path, bytes } = encoded.map_err(|error| End::Unwritable(error.to_string()))?;
        // From here on there may be something to remove.
        self.files.push(file);
        Ok(self.chain.put(&path, bytes, &mut self.patience()).await?)
    }

    /// Puts the entry into the first slot that is free.
    async fn publish(&mut self) -> Result<(Head, u64), End> {
        let mut parent = self.parent().await?;
        let mut number = self.first_slot();
        while number <= self.first_slot() + SLIP {
            let entry = self.entry(number, parent.as_ref());
            match self.put_entry(&entry).await? {
                None => return self.published(entry.head(), parent.as_ref()).await,
                Some(Ok(other)) if other.writer == self.nonce => {
                    return self.published(other.head(), parent.as_ref()).await;
                }
                // From here on the slot is taken by another's, so that nothing of ours can get there late.
                Some(other) => {
                    self.unknown = false;
                    if let Ok(other) = other {
                        if other.covers(&self.head.reach) {
                            return Err(End::Overtaken(number));
                        }
                        parent = parent.map(|parent| if other.is_base_of(&parent) { other.head() } else { parent });
                    }
                    number += 1;
                }
            }
        }
        Err(End::Broken(number - 1))
    }

    /// The parent's files stay while there are entries from the horizon on that name them. Ours is one now, and whoever set the horizon
    /// beyond the parent before it was there may not have seen it (`housekeeping`).
    async fn published(&self, head: Head, parent: Option<&Head>) -> Result<(Head, u64), End> {
        if let Some(parent) = parent {
            let horizon = self.chain.marks(Mark::Horizon, &mut self.patience()).await?;
            if horizon.last().is_some_and(|horizon| *horizon > parent.number) {
                return Err(End::Broken(head.number));
            }
        }
        let number = head.number;
        Ok((head, number))
    }

    /// The parent, which the log must still have: where somebody has deleted the snapshots, its files are gone.
    async fn parent(&self) -> Result<Option<Head>, End> {
        let Some(parent) = &self.head.parent else { return Ok(None) };
        match self.chain.read(parent.number, &mut self.patience()).await? {
            Some(Ok(entry)) if entry.head() == **parent => Ok(Some(entry.head())),
            _ => Err(End::Broken(self.head.known)),
        }
    }

    /// What is in the slot already, if it was not seen to be ours now.
    async fn put_entry(&mut self, entry: &Entry) -> Result<Option<Result<Entry, Reason>>, End> {
        let json = Bytes::from(entry.to_json().map_err(|error| End::Unwritable(error.to_string()))?);
        self.unknown = true;
        Ok(self.chain.put_entry(entry.number, json, &mut self.patience()).await?)
    }

    fn entry(&self, number: u64, parent: Option<&Head>) -> Entry {
        let mut files = parent.map_or_else(Vec::new, |parent| parent.files.clone());
        files.extend(self.files.iter().cloned());
        Entry {
            format: entry::FORMAT,
            number,
            kind: Kind::Increment,
            application: self.shared.application.clone(),
            partition: self.head.partition,
            reach: self.head.reach.clone(),
            said: self.head.said.clone(),
            files,
            added: self.files.len(),
            leads: None,
            written_at: rfc3339(self.shared.runtime.now_ms()),
            writer: self.nonce.clone(),
            needle: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// Best effort: what is left is nobody's, and whoever keeps house finds it.
    async fn remove_files(&self) {
        for file in &self.files {
            let removed = match Path::parse(&file.path) {
                Ok(path) => self.shared.store.delete(&path).await,
                Err(error) => Err(error.into()),
            };
            match removed {
                Ok(()) | Err(Error::NotFound { .. }) => {}
                Err(error) => tracing::warn!(path = file.path, %error, "a file that belongs to no snapshot is left"),
            }
        }
    }

    fn first_slot(&self) -> u64 {
        self.head.known + 1
    }

    fn patience(&self) -> Patience<'_, Saving> {
        Patience::new(self.shared.runtime.as_ref(), self.tell, Saving::Struggling)
    }
}

pub(super) fn rfc3339(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).unwrap_or_default().to_string()
}
