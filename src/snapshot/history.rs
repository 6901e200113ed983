//! Every file that the log of an application still names: what training reads.
//!
//! An increment stays, with the entry that introduced it, for `snapshots.history_days`; a base goes when two newer ones are there
//! (`housekeeping`). So the states of a lead are those of all increments that there are, and, from before the oldest of them, those of
//! the oldest base. A base that was merged from files which are there says nothing new, and is left out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures::TryStreamExt;
use futures::future::join_all;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt};

use super::entry::Entry;
use super::file::Kind;
use super::head::FileRef;
use super::passed_over::Reason;
use super::places::{BASE_SLIP, LEADS, Places};

/// Entries that are read at once.
const ENTRIES_AT_ONCE: usize = 32;

/// What one partition's log names.
#[derive(Clone, Debug, Default)]
pub struct History {
    pub partition: i32,
    /// Files that are there and say something that no other says. A lead's rows in later files are newer than those in earlier ones.
    pub files: Vec<FileRef>,
    /// Those that hold the newest state of every lead, as far as they are there: the files of the newest entry that can be read.
    pub newest: Vec<FileRef>,
    /// Entries that were read.
    pub entries: u64,
    /// Entries that were of no use, and why.
    pub passed_over: Vec<(u64, Reason)>,
}

/// The histories of all partitions, ascending by partition.
///
/// # Errors
/// What the store says. Nothing here asks twice.
pub async fn histories(store: &dyn ObjectStore, application: &str) -> Result<Vec<History>, Error> {
    let logs = folders(store, &Places::logs(application)).await?;
    let mut partitions: Vec<i32> = logs.iter().filter_map(Places::partition_of).collect();
    partitions.sort_unstable();
    let mut histories = Vec::new();
    for partition in partitions {
        histories.push(Reader::new(store, application, partition).read().await?);
    }
    // Listed after the logs were read: what these name and is not here is gone for good.
    let there: BTreeSet<String> = {
        let listed = store.list(Some(&Path::from(LEADS))).map_ok(|object| object.location.to_string());
        listed.try_collect().await?
    };
    Ok(histories.into_iter().map(|named| named.history(&there)).collect())
}

async fn folders(store: &dyn ObjectStore, folder: &Path) -> Result<Vec<Path>, Error> {
    Ok(store.list_with_delimiter(Some(folder)).await?.common_prefixes)
}

struct Reader<'a> {
    store: &'a dyn ObjectStore,
    named: Named,
}

/// What the entries of a log name, in the order in which they were read.
struct Named {
    places: Places,
    /// By path: where it stands in the order of time.
    ranks: HashMap<String, Rank>,
    files: Vec<FileRef>,
    /// Of recent entries: their files, by place in `files`.
    recent: BTreeMap<u64, Vec<u32>>,
    /// By place: the files that a base was merged from, where the entry that named them was read.
    merged_from: HashMap<u32, Vec<u32>>,
    history: History,
}

/// Of a base, the entry that it was merged from and one; of an increment, the entry that introduced it; then the place in that entry.
type Rank = (u64, bool, usize, u32);

impl<'a> Reader<'a> {
    fn new(store: &'a dyn ObjectStore, application: &str, partition: i32) -> Self {
        let named = Named {
            places: Places::new(application, partition),
            ranks: HashMap::new(),
            files: Vec::new(),
            recent: BTreeMap::new(),
            merged_from: HashMap::new(),
            history: History { partition, ..Default::default() },
        };
        Self { store, named }
    }

    async fn read(mut self) -> Result<Named, Error> {
        let numbers = self.numbers().await?;
        for several in numbers.chunks(ENTRIES_AT_ONCE) {
            let read = join_all(several.iter().map(|number| self.entry(*number))).await;
            for (number, entry) in several.iter().zip(read) {
                match entry? {
                    Some(Ok(entry)) => self.named.note(entry),
                    Some(Err(reason)) => self.named.history.passed_over.push((*number, reason)),
                    // Whoever keeps house has taken it away since.
                    None => {}
                }
            }
        }
        Ok(self.named)
    }

    /// All numbers, ascending.
    async fn numbers(&self) -> Result<Vec<u64>, Error> {
        let mut numbers = Vec::new();
        for folder in folders(self.store, &self.named.places.log()).await? {
            let Some(thousand) = Places::thousand_of(&folder) else { continue };
            let listed = self.store.list(Some(&folder)).map_ok(|object| Places::number_of(thousand, &object.location));
            numbers.extend(listed.try_collect::<Vec<_>>().await?.into_iter().flatten());
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    async fn entry(&self, number: u64) -> Result<Option<Result<Entry, Reason>>, Error> {
        let json = match self.store.get(&self.named.places.entry(number)).await {
            Ok(found) => found.bytes().await?,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(Some(Entry::from_json(&json, number)))
    }
}

impl Named {
    fn note(&mut self, entry: Entry) {
        self.history.entries += 1;
        let mut places = Vec::with_capacity(entry.files.len());
        for (at, file) in entry.files.iter().enumerate() {
            places.push(match self.ranks.get(&file.path) {
                Some(rank) => rank.3,
                None => self.introduce(entry.number, at, file),
            });
        }
        self.history.newest = entry.files;
        self.recent.insert(entry.number, places);
        let old = entry.number.saturating_sub(BASE_SLIP + 1);
        self.recent = self.recent.split_off(&old);
    }

    fn introduce(&mut self, number: u64, at: usize, file: &FileRef) -> u32 {
        let place = self.files.len() as u32;
        let base = self.places.file_name(&file.path).filter(|name| name.kind == Kind::Base).map(|name| name.number);
        if let Some(merged) = base.and_then(|base| self.recent.get(&base.checked_sub(1)?)) {
            self.merged_from.insert(place, merged.clone());
        }
        let rank = (base.unwrap_or(number), base.is_none(), at, place);
        self.ranks.insert(file.path.clone(), rank);
        self.files.push(file.clone());
        place
    }

    fn history(self, there: &BTreeSet<String>) -> History {
        let Self { ranks, mut files, merged_from, mut history, .. } = self;
        let mut ranks: Vec<Rank> = ranks.into_values().collect();
        ranks.sort_unstable();
        // Rows of it are read, from it or from what it was merged from.
        let mut covered = vec![false; files.len()];
        for (.., place) in ranks {
            let file = &mut files[place as usize];
            let (tenant, path) = (file.tenant.clone(), std::mem::take(&mut file.path));
            let of = |of: &u32| covered[*of as usize] || files[*of as usize].tenant != tenant;
            let redundant = merged_from.get(&place).is_some_and(|merged| merged.iter().all(of));
            let read = !redundant && there.contains(&path);
            covered[place as usize] = redundant || read;
            if read {
                history.files.push(FileRef { path, ..files[place as usize].clone() });
            }
        }
        history.newest.retain(|file| there.contains(&file.path));
        history
    }
}
