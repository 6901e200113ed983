//! The log of one partition in the store: which numbers it has, and the entry of one.

use bytes::Bytes;
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt};

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
        let folder = self.places.folder(thousand);
        loop {
            let listed = self.store.list(Some(&folder)).map_ok(|object| Places::number_of(thousand, &object.location));
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
        let folder = self.places.marks(mark);
        loop {
            let listed = self.store.list(Some(&folder)).map_ok(|object| Places::marked(&object.location));
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
}

async fn get(store: &dyn ObjectStore, path: &Path) -> Result<Bytes, Error> {
    store.get(path).await?.bytes().await
}
