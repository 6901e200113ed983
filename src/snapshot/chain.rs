//! The log of one partition in the store: which numbers it has, and the entry of one.

use bytes::Bytes;
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode};

use super::entry::Entry;
use super::keeper::Shared;
use super::passed_over::Reason;
use super::patience::{Gone, Patience};
use super::places::{Mark, Places};

pub(super) struct Chain<'a> {
    store: &'a dyn ObjectStore,
    pub places: Places,
}

impl<'a> Chain<'a> {
    pub fn new(shared: &'a Shared, partition: i32) -> Self {
        Self { store: shared.store.as_ref(), places: shared.places(partition) }
    }

    /// The thousands that there are folders for, newest first.
    pub async fn thousands<M>(&self, patience: &mut Patience<'_, M>) -> Result<Vec<u64>, Gone> {
        let log = self.places.log();
        loop {
            match self.store.list_with_delimiter(Some(&log)).await {
                Ok(listed) => {
                    let folders = listed.common_prefixes.iter().filter_map(Places::thousand_of);
                    let mut thousands: Vec<_> = folders.collect();
                    thousands.sort_unstable_by(|a, b| b.cmp(a));
                    return Ok(thousands);
                }
                Err(error) => patience.wait("listing", &log, &error).await?,
            }
        }
    }

    /// The numbers in a folder, ascending.
    pub async fn numbers<M>(&self, thousand: u64, patience: &mut Patience<'_, M>) -> Result<Vec<u64>, Gone> {
        self.listed(self.places.folder(thousand), |object| Places::number_of(thousand, object), patience).await
    }

    /// All numbers, ascending.
    pub async fn all_numbers<M>(&self, patience: &mut Patience<'_, M>) -> Result<Vec<u64>, Gone> {
        let mut all = Vec::new();
        for thousand in self.thousands(patience).await?.into_iter().rev() {
            all.extend(self.numbers(thousand, patience).await?);
        }
        Ok(all)
    }

    /// The newest number, 0 where there is none.
    pub async fn newest<M>(&self, patience: &mut Patience<'_, M>) -> Result<u64, Gone> {
        for thousand in self.thousands(patience).await? {
            if let Some(newest) = self.numbers(thousand, patience).await?.last() {
                return Ok(*newest);
            }
        }
        Ok(0)
    }

    /// The numbers that are marked so, ascending.
    pub async fn marks<M>(&self, mark: Mark, patience: &mut Patience<'_, M>) -> Result<Vec<u64>, Gone> {
        self.listed(self.places.marks(mark), Places::marked, patience).await
    }

    /// The numbers of the objects in a folder, as far as they have one, ascending.
    async fn listed<M>(
        &self,
        folder: Path,
        number: impl Fn(&Path) -> Option<u64>,
        patience: &mut Patience<'_, M>,
    ) -> Result<Vec<u64>, Gone> {
        loop {
            let listed = self.store.list(Some(&folder)).map_ok(|object| number(&object.location));
            match listed.try_collect::<Vec<_>>().await {
                Ok(numbers) => {
                    let mut numbers: Vec<_> = numbers.into_iter().flatten().collect();
                    numbers.sort_unstable();
                    return Ok(numbers);
                }
                Err(error) => patience.wait("listing", &folder, &error).await?,
            }
        }
    }

    /// The entry of that number, if there is one, or why it is no use.
    pub async fn read<M>(
        &self,
        number: u64,
        patience: &mut Patience<'_, M>,
    ) -> Result<Option<Result<Entry, Reason>>, Gone> {
        let path = self.places.entry(number);
        loop {
            match get(self.store, &path).await {
                Ok(json) => return Ok(Some(Entry::from_json(&json, number))),
                Err(Error::NotFound { .. }) => return Ok(None),
                Err(error) => patience.wait("reading", &path, &error).await?,
            }
        }
    }

    /// Puts an entry, unless there is one of its number; says what is in the slot, if it was not seen to be this one now.
    pub async fn put_entry<M>(
        &self,
        number: u64,
        json: Bytes,
        patience: &mut Patience<'_, M>,
    ) -> Result<Option<Result<Entry, Reason>>, Gone> {
        let path = self.places.entry(number);
        loop {
            let error = match self.store.put_opts(&path, json.clone().into(), PutMode::Create.into()).await {
                Ok(_) => return Ok(None),
                Err(error @ (Error::AlreadyExists { .. } | Error::Precondition { .. })) => {
                    match self.read(number, patience).await? {
                        Some(there) => return Ok(Some(there)),
                        // Somebody has deleted it since.
                        None => error,
                    }
                }
                Err(error) => error,
            };
            patience.wait("writing", &path, &error).await?;
        }
    }

    /// Puts any other object.
    pub async fn put<M>(&self, path: &Path, bytes: Bytes, patience: &mut Patience<'_, M>) -> Result<(), Gone> {
        while let Err(error) = self.store.put(path, bytes.clone().into()).await {
            patience.wait("writing", path, &error).await?;
        }
        Ok(())
    }
}

async fn get(store: &dyn ObjectStore, path: &Path) -> Result<Bytes, Error> {
    store.get(path).await?.bytes().await
}
