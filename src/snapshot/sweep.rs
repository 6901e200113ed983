//! Takes away what nobody needs any more. What may go, and when, is said in `housekeeping`.

use std::collections::{BTreeMap, BTreeSet};

use futures::TryStreamExt;
use futures::future::join_all;
use object_store::path::Path;
use object_store::{Error, ObjectStoreExt};
use tokio::sync::mpsc::Sender;

use super::chain::Chain;
use super::entry::Entry;
use super::file::Kind;
use super::housekeeping::Keeping;
use super::keeper::Shared;
use super::passed_over::Reason;
use super::patience::{Gone, Patience};
use super::places::{BASE_SLIP, LEADS, Mark, SLIP};

/// Entries that are read at once.
const ENTRIES_AT_ONCE: usize = 16;
/// Entries that go at once, at most, because they are old. There are more where the history was made shorter; the next time takes them.
const OLD_AT_ONCE: usize = 1000;
const DAY_MS: i64 = 86_400_000;

pub(super) struct Sweep<'a> {
    pub shared: &'a Shared,
    pub chain: &'a Chain<'a>,
    pub tell: &'a Sender<Keeping>,
    pub history_days: u32,
}

/// What the log says of files.
struct Named {
    /// The newest entry number.
    newest: u64,
    horizon: u64,
    /// Entries before this one are not all read.
    read_from: u64,
    /// By entries from the horizon on.
    needed: BTreeSet<String>,
    /// By entries that were read, old ones too.
    named: BTreeSet<String>,
}

impl Sweep<'_> {
    /// How many objects were deleted, and why there were not more.
    pub async fn run(&self) -> Result<(u64, Option<String>), Gone> {
        let numbers = self.chain.all_numbers(&mut self.patience()).await?;
        let Some(horizon) = self.horizon(&numbers).await? else { return Ok((0, None)) };
        self.mark(Mark::Horizon, horizon).await?;
        // Only now: see there.
        let numbers = self.chain.all_numbers(&mut self.patience()).await?;
        let named = match self.named(&numbers, horizon).await? {
            Ok(named) => named,
            Err(newer) => return Ok((0, Some(format!("nothing is deleted: of the log, {newer}")))),
        };
        let mut deleted = self.old_entries(&numbers, &named).await?;
        deleted += self.files(&named).await?;
        self.mark(Mark::Swept, horizon).await?;
        for mark in [Mark::Horizon, Mark::Swept] {
            for number in self.chain.marks(mark, &mut self.patience()).await? {
                if number < horizon {
                    self.delete(&self.chain.places.mark(mark, number)).await?;
                }
            }
        }
        Ok((deleted, None))
    }

    /// The newest base but one; the oldest entry where there are not two.
    async fn horizon(&self, numbers: &[u64]) -> Result<Option<u64>, Gone> {
        let mut bases = 0;
        for several in numbers.rchunks(ENTRIES_AT_ONCE) {
            for (number, entry) in self.read(several).await?.into_iter().rev() {
                bases += usize::from(entry.is_ok_and(|entry| entry.kind == Kind::Base));
                if bases == 2 {
                    return Ok(Some(number));
                }
            }
        }
        Ok(numbers.first().copied())
    }

    /// Reads all entries from the horizon on, and those that may have introduced files since the last time.
    async fn named(&self, numbers: &[u64], horizon: u64) -> Result<Result<Named, Reason>, Gone> {
        let swept = self.chain.marks(Mark::Swept, &mut self.patience()).await?.last().copied().unwrap_or(0);
        let read_from = swept.min(horizon).saturating_sub(SLIP);
        let newest = numbers.last().copied().unwrap_or(0);
        let mut named = Named { newest, horizon, read_from, needed: BTreeSet::new(), named: BTreeSet::new() };
        let numbers = &numbers[numbers.partition_point(|number| *number < read_from)..];
        for several in numbers.chunks(ENTRIES_AT_ONCE) {
            for (number, entry) in self.read(several).await? {
                match entry {
                    Ok(entry) => {
                        let paths = entry.files.into_iter().map(|file| file.path);
                        if number >= horizon {
                            named.needed.extend(paths);
                        } else {
                            named.named.extend(paths);
                        }
                    }
                    Err(newer @ Reason::NewerFormat { .. }) => return Ok(Err(newer)),
                    Err(reason) => tracing::warn!(number, %reason, "an entry of the snapshots is of no use"),
                }
            }
        }
        Ok(Ok(named))
    }

    /// Entries beyond the history, the oldest first, with the increments that they introduced.
    async fn old_entries(&self, numbers: &[u64], named: &Named) -> Result<u64, Gone> {
        let history_ms = i64::from(self.history_days) * DAY_MS;
        let since_ms = self.shared.runtime.now_ms().saturating_sub(history_ms);
        let before = numbers.partition_point(|number| *number < named.horizon);
        let mut deleted = 0;
        // Of no use themselves, and old if the next one is.
        let mut unreadable = Vec::new();
        for several in numbers[..before.min(OLD_AT_ONCE)].chunks(ENTRIES_AT_ONCE) {
            for (number, entry) in self.read(several).await? {
                let Ok(entry) = entry else {
                    unreadable.push(number);
                    continue;
                };
                if written_ms(&entry).is_none_or(|at_ms| at_ms >= since_ms) {
                    return Ok(deleted);
                }
                for number in unreadable.drain(..) {
                    deleted += self.delete(&self.chain.places.entry(number)).await?;
                }
                for file in entry.files.iter().rev().take(entry.added) {
                    if let (false, Ok(path)) = (named.needed.contains(&file.path), Path::parse(&file.path)) {
                        deleted += self.delete(&path).await?;
                    }
                }
                deleted += self.delete(&self.chain.places.entry(number)).await?;
            }
        }
        Ok(deleted)
    }

    async fn files(&self, named: &Named) -> Result<u64, Gone> {
        let mut deleted = 0;
        for tenant in self.tenants().await? {
            let folder = self.chain.places.files_of(&tenant);
            for file in self.unneeded(&folder, named).await? {
                deleted += self.delete(&file).await?;
            }
        }
        Ok(deleted)
    }

    async fn tenants(&self) -> Result<Vec<Path>, Gone> {
        let (leads, mut patience) = (Path::from(LEADS), self.patience());
        loop {
            match self.shared.store.list_with_delimiter(Some(&leads)).await {
                Ok(listed) => return Ok(listed.common_prefixes),
                Err(error) => patience.wait("listing", &leads, &error).await?,
            }
        }
    }

    async fn unneeded(&self, folder: &Path, named: &Named) -> Result<Vec<Path>, Gone> {
        let mut patience = self.patience();
        loop {
            let listed = self.shared.store.list(Some(folder)).map_ok(|object| object.location);
            let unneeded = listed.try_filter(|path| std::future::ready(self.may_go(path, named)));
            match unneeded.try_collect().await {
                Ok(unneeded) => return Ok(unneeded),
                Err(error) => patience.wait("listing", folder, &error).await?,
            }
        }
    }

    fn may_go(&self, path: &Path, named: &Named) -> bool {
        let Some(file) = self.chain.places.file_name(path.as_ref()) else { return false };
        let was_named = named.named.contains(path.as_ref());
        let given_up = |slip| file.number + slip < named.newest;
        !named.needed.contains(path.as_ref())
            && match file.kind {
                Kind::Base => was_named || given_up(BASE_SLIP),
                // Those that were named are history.
                Kind::Increment => !was_named && given_up(SLIP) && file.number >= named.read_from,
            }
    }

    /// The entries of these numbers; without those that are gone meanwhile.
    async fn read(&self, numbers: &[u64]) -> Result<BTreeMap<u64, Result<Entry, Reason>>, Gone> {
        let read = numbers.iter().map(|number| async move {
            let entry = self.chain.read(*number, &mut self.patience()).await?;
            Ok(entry.map(|entry| (*number, entry)))
        });
        let read: Result<Vec<_>, Gone> = join_all(read).await.into_iter().collect();
        Ok(read?.into_iter().flatten().collect())
    }

    async fn mark(&self, mark: Mark, number: u64) -> Result<(), Gone> {
        let (path, words) = (self.chain.places.mark(mark, number), "Noted by whoever keeps house here.\n");
        self.chain.put(&path, words.into(), &mut self.patience()).await
    }

    /// How many: it may be gone already.
    async fn delete(&self, path: &Path) -> Result<u64, Gone> {
        let mut patience = self.patience();
        loop {
            match self.shared.store.delete(path).await {
                Ok(()) => return Ok(1),
                Err(Error::NotFound { .. }) => return Ok(0),
                Err(error) => patience.wait("deleting", path, &error).await?,
            }
        }
    }

    fn patience(&self) -> Patience<'_, Keeping> {
        Patience::new(self.shared.runtime.as_ref(), self.tell, Keeping::Struggling)
    }
}

fn written_ms(entry: &Entry) -> Option<i64> {
    Some(entry.written_at.parse::<jiff::Timestamp>().ok()?.as_millisecond())
}
