//! Makes a base: the files of an entry, merged into as few as hold its leads, published as an entry of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{Error, ObjectStoreExt};
use tokio::sync::mpsc::Sender;

use super::chain::Chain;
use super::data::{Encoded, Open, encode, fetch, open};
use super::entry::{self, Entry};
use super::file::{About, Kind};
use super::head::{FileRef, Head};
use super::housekeeping::Keeping;
use super::keeper::Shared;
use super::merge::{FAN_IN, Merge, Run, Step, base_of, runs};
use super::passed_over::Reason;
use super::patience::{Gone, Patience};
use super::places::{BASE_SLIP, Places};
use super::rows::Rows;
use super::save::rfc3339;
use crate::model::Served;
use crate::storage::runtime::compute;

/// Increments since the base, before there is a new one: at least, and at most.
const FEW: usize = 8;
const MANY: usize = 64;
/// Files of increments, each a request for whoever loads, that make a base worth while however few rows they hold.
const MANY_FILES: usize = 1024;

/// Whether files of the newest entry are worth merging: when it costs no more than has been written since it was last done, or loading
/// so many would take long.
pub(super) fn due(places: &Places, files: &[FileRef]) -> bool {
    let (bases, increments): (Vec<_>, Vec<_>) = files.iter().partition(|file| base_of(places, file).is_some());
    let rows = |files: &[&FileRef]| files.iter().map(|file| file.rows).sum::<u64>();
    let writers = increments.iter().map(|file| places.file_name(&file.path).map(|name| (name.number, name.writer)));
    let count = writers.collect::<BTreeSet<_>>().len();
    count >= MANY || count >= FEW && (rows(&increments) >= rows(&bases) || increments.len() >= MANY_FILES)
}

/// Why there is no base.
pub(super) enum Stop {
    Gone,
    /// The log went on with other files.
    Overtaken,
    /// A file is of no use, and with it the newest entry.
    Unusable(Reason),
    Unwritable(String),
}

impl From<Gone> for Stop {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

pub(super) struct Base<'a> {
    pub shared: &'a Shared,
    pub chain: &'a Chain<'a>,
    pub tell: &'a Sender<Keeping>,
    pub models: &'a Arc<Served>,
    /// The entry that is merged.
    pub of: &'a Entry,
    pub nonce: String,
    /// Files that were written; some of them only stand between two merges.
    pub written: Vec<Path>,
    /// Or may be.
    pub published: bool,
}

impl Base<'_> {
    /// Merges and publishes. Whatever becomes of it, files that nobody needs are removed; at best, since nobody else names them.
    pub async fn make(&mut self) -> Result<Head, Stop> {
        let made = match self.merge().await {
            Ok(files) => self.publish(files).await,
            Err(stop) => Err(stop),
        };
        let needed: BTreeSet<String> = match &made {
            Ok(head) => head.files.iter().map(|file| file.path.clone()).collect(),
            // It may have been published, or be published yet.
            Err(_) if self.published => return made,
            Err(_) => BTreeSet::new(),
        };
        for path in self.written.iter().filter(|path| !needed.contains(path.as_ref())) {
            if let Err(error) = self.shared.store.delete(path).await
                && !matches!(error, Error::NotFound { .. })
            {
                tracing::warn!(%path, %error, "a file that belongs to no snapshot is left");
            }
        }
        made
    }

    /// The files of all tenants, each tenant's in order.
    async fn merge(&mut self) -> Result<Vec<FileRef>, Stop> {
        let mut tenants: BTreeMap<&str, Vec<&FileRef>> = BTreeMap::new();
        for file in &self.of.files {
            tenants.entry(&file.tenant).or_default().push(file);
        }
        let mut merged = Vec::new();
        for (tenant, files) in tenants {
            let mut runs = runs(&self.chain.places, files.into_iter());
            while runs.len() > FAN_IN {
                let mut fewer = Vec::new();
                for several in runs.chunks(FAN_IN) {
                    fewer.push(self.merge_runs(tenant, several).await?);
                }
                runs = fewer;
            }
            match &runs[..] {
                // Nothing has changed since the last base.
                [run] if run.front().is_some_and(|file| base_of(&self.chain.places, file).is_some()) => {
                    merged.extend(run.iter().cloned());
                }
                several => merged.extend(self.merge_runs(tenant, several).await?),
            }
        }
        Ok(merged)
    }

    async fn merge_runs(&mut self, tenant: &str, runs: &[Run]) -> Result<Run, Stop> {
        let mut merge = Merge::new(runs.iter().cloned());
        let mut merged = Run::new();
        loop {
            if self.tell.is_closed() {
                return Err(Stop::Gone);
            }
            let (after, step) = self.compute(move || merge.step().map(|step| (merge, step))).await?;
            merge = after;
            match step {
                Step::Wants(run) => {
                    if let Some(file) = merge.wanted(run).cloned() {
                        let open = self.open(file).await?;
                        merge.give(run, open);
                    }
                }
                Step::Full | Step::Done => {
                    let rows = merge.take_rows();
                    if !rows.is_empty() {
                        merged.push_back(self.write_file(tenant, rows).await?);
                    }
                    if step == Step::Done {
                        return Ok(merged);
                    }
                }
            }
        }
    }

    async fn open(&self, file: FileRef) -> Result<Open, Stop> {
        let fetched = fetch(self.shared.store.as_ref(), &file, self.patience()).await?;
        let (bytes, format) = (fetched.map_err(Stop::Unusable)?, self.shared.format.clone());
        self.compute(move || open(format.as_ref(), &file, bytes)).await
    }

    async fn write_file(&mut self, tenant: &str, rows: Rows) -> Result<FileRef, Stop> {
        let about = About {
            partition: self.of.partition,
            kind: Kind::Base,
            number: self.of.number + 1,
            reach: self.of.reach.clone(),
            said: self.of.said.clone(),
        };
        let writer = (self.nonce.as_str(), self.written.len());
        let encoded = encode(self.shared, about, tenant.to_owned(), self.models, writer, || rows).await;
        let Encoded { file, path, bytes } = encoded.map_err(|error| Stop::Unwritable(error.to_string()))?;
        self.written.push(path.clone());
        self.chain.put(&path, bytes, &mut self.patience()).await?;
        Ok(file)
    }

    /// Puts the base into the slot after the newest entry. The log may have gone on: then what was merged stands for the first files of
    /// the newest entry, and that one's others follow.
    async fn publish(&mut self, merged: Vec<FileRef>) -> Result<Head, Stop> {
        loop {
            let newest = self.chain.newest(&mut self.patience()).await?;
            let Some(Ok(newest)) = self.chain.read(newest, &mut self.patience()).await? else {
                return Err(Stop::Overtaken);
            };
            let since = match newest.files.strip_prefix(&self.of.files[..]) {
                Some(since) if newest.number <= self.of.number + BASE_SLIP => since,
                _ => return Err(Stop::Overtaken),
            };
            let entry = self.entry(&newest, &merged, since);
            if self.put_entry(&entry).await? {
                return Ok(entry.head());
            }
        }
    }

    /// Whether it is in its slot now. Where it is not, and was not told otherwise, somebody else's is.
    async fn put_entry(&mut self, entry: &Entry) -> Result<bool, Stop> {
        let json = Bytes::from(entry.to_json().map_err(|error| Stop::Unwritable(error.to_string()))?);
        // Whatever the store says from here on, until the slot is seen to be another's.
        self.published = true;
        self.published = match self.chain.put_entry(entry.number, json, &mut self.patience()).await? {
            None => true,
            Some(there) => there.is_ok_and(|there| there.writer == self.nonce),
        };
        Ok(self.published)
    }

    fn entry(&self, newest: &Entry, merged: &[FileRef], since: &[FileRef]) -> Entry {
        Entry {
            format: entry::FORMAT,
            number: newest.number + 1,
            kind: Kind::Base,
            files: merged.iter().chain(since).cloned().collect(),
            added: if since.is_empty() { merged.len() } else { 0 },
            leads: since.is_empty().then(|| merged.iter().map(|file| file.rows).sum()),
            written_at: rfc3339(self.shared.runtime.now_ms()),
            writer: self.nonce.clone(),
            needle: env!("CARGO_PKG_VERSION").to_owned(),
            ..newest.clone()
        }
    }

    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Reason> + Send + 'static,
    ) -> Result<T, Stop> {
        let done = compute(self.shared.runtime.as_ref(), work).await;
        let panicked = || {
            let path = self.chain.places.entry(self.of.number).to_string();
            Err(Reason::FileUnreadable { path, cause: "its reader panicked".into() })
        };
        done.unwrap_or_else(panicked).map_err(Stop::Unusable)
    }

    fn patience(&self) -> Patience<'_, Keeping> {
        Patience::new(self.shared.runtime.as_ref(), self.tell, Keeping::Struggling)
    }
}
