//! Finds the newest snapshot that fits and hands its rows over. Memory holds two files as they are stored, some thousand rows of one, and
//! what the channel takes.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use futures::future::{join_all, select, try_join};
use tokio::sync::mpsc::Sender;

use super::chain::Chain;
use super::data::{fetch, open, unreadable};
use super::entry::Entry;
use super::fits::fits;
use super::head::{FileRef, Head};
use super::keeper::{Loading, Shared, Spent, Wanted};
use super::passed_over::{PassedOver, Reason};
use super::patience::{Gone, Patience};
use crate::storage::runtime::compute;

/// Entries that are fetched at once, when the newest was of no use.
const ENTRIES_AHEAD: usize = 8;

pub(super) async fn load(shared: Arc<Shared>, wanted: Wanted, tell: Sender<Loading>, spent: Spent) {
    let chain = Chain::new(&shared, wanted.partition);
    let loader = Loader { chain, shared: &shared, wanted: &wanted, tell: &tell, spent: &spent };
    // Whoever drops the handle stops it wherever it is: nothing was written.
    select(pin!(loader.run()), pin!(tell.closed())).await;
}

struct Loader<'a> {
    shared: &'a Shared,
    chain: Chain<'a>,
    wanted: &'a Wanted,
    tell: &'a Sender<Loading>,
    spent: &'a Spent,
}

/// Why an entry is not loaded any further.
enum Stop {
    Unusable(Reason),
    Gone(Gone),
}

impl From<Gone> for Stop {
    fn from(gone: Gone) -> Self {
        Self::Gone(gone)
    }
}

/// Entries that were of no use, and are not reported yet.
#[derive(Default)]
struct Passed {
    last: Option<PassedOver>,
    /// Something was gone that must have been there.
    gone: bool,
    /// Files that are known to be bad, by path.
    files: BTreeMap<String, Reason>,
}

impl Loader<'_> {
    async fn run(&self) -> Result<(), Gone> {
        let mut passed = Passed::default();
        let mut newest = 0;
        // Files go only when newer entries do without them (`housekeeping`). So one that is gone may mean no more than that this log
        // was listed long ago.
        loop {
            let head = self.search(&mut passed, &mut newest).await?;
            if head.is_some() || !passed.gone || self.chain.newest(&mut self.patience()).await? <= newest {
                self.report(&mut passed).await?;
                return self.send(Loading::Done(head, newest)).await;
            }
            passed.gone = false;
        }
    }

    /// The newest entry that is of use. None, too, where something is gone and there are newer entries now than when it began.
    async fn search(&self, passed: &mut Passed, newest: &mut u64) -> Result<Option<Arc<Head>>, Gone> {
        for thousand in self.chain.thousands(&mut self.patience()).await? {
            let mut numbers = self.chain.numbers(thousand, &mut self.patience()).await?;
            *newest = numbers.last().copied().unwrap_or(0).max(*newest);
            let mut ahead = 1;
            while !numbers.is_empty() {
                let several = numbers.split_off(numbers.len().saturating_sub(ahead));
                let entries = several.iter().rev().map(|number| self.entry(*number));
                for (number, entry) in several.iter().rev().zip(join_all(entries).await) {
                    let reason = match self.try_entry(entry?, passed).await {
                        Ok(entry) => return Ok(Some(Arc::new(entry.head()))),
                        Err(Stop::Unusable(reason)) => reason,
                        Err(Stop::Gone(gone)) => return Err(gone),
                    };
                    let gone = matches!(reason, Reason::FileMissing { .. } | Reason::Vanished);
                    self.pass_over(*number, reason, passed).await?;
                    if gone && !std::mem::replace(&mut passed.gone, true) {
                        let now = self.chain.newest(&mut self.patience()).await?;
                        if now > *newest {
                            return Ok(None);
                        }
                    }
                }
                ahead = ENTRIES_AHEAD;
            }
        }
        Ok(None)
    }

    /// An entry of the log that fits what is wanted.
    async fn entry(&self, number: u64) -> Result<Result<Entry, Reason>, Gone> {
        let read = self.chain.read(number, &mut self.patience()).await?;
        Ok(read.unwrap_or(Err(Reason::Vanished)).and_then(|entry| {
            fits(&entry, &self.shared.application, self.wanted)?;
            Ok(entry)
        }))
    }

    /// Hands over the rows of all its files.
    async fn try_entry(&self, entry: Result<Entry, Reason>, passed: &mut Passed) -> Result<Entry, Stop> {
        let entry = entry.map_err(Stop::Unusable)?;
        if let Some(reason) = entry.files.iter().find_map(|file| passed.files.get(&file.path)) {
            return Err(Stop::Unusable(reason.clone()));
        }
        self.report(passed).await?;
        let rows = entry.files.iter().fold(0, |rows: u64, file| rows.saturating_add(file.rows));
        self.send(Loading::Begins(entry.leads.map_or(rows, |leads| leads.min(rows)))).await?;
        let mut next = match entry.files.first() {
            Some(first) => Some(self.fetch(first).await),
            None => None,
        };
        for (at, file) in entry.files.iter().enumerate() {
            let Some(fetched) = next.take() else { break };
            let handed_over = async { self.hand_over(file, fetched?).await };
            let ahead = async {
                match entry.files.get(at + 1) {
                    Some(file) => Ok(Some(self.fetch(file).await)),
                    None => Ok(None),
                }
            };
            match try_join(handed_over, ahead).await {
                Ok(((), ahead)) => next = ahead,
                Err(stop) => {
                    if let Stop::Unusable(reason) = &stop {
                        passed.files.insert(file.path.clone(), reason.clone());
                    }
                    return Err(stop);
                }
            }
        }
        Ok(entry)
    }

    async fn fetch(&self, file: &FileRef) -> Result<Bytes, Stop> {
        fetch(self.shared.store.as_ref(), file, self.patience()).await?.map_err(Stop::Unusable)
    }

    async fn hand_over(&self, file: &FileRef, bytes: Bytes) -> Result<(), Stop> {
        let (format, checked) = (self.shared.format.clone(), file.clone());
        let mut reading = self.compute(file, move || open(format.as_ref(), &checked, bytes)).await?;
        let mut found = 0;
        loop {
            let spent = self.spent.take();
            let read = move || reading.read_some(spent).map(|rows| (reading, rows));
            let (after, rows) = self.compute(file, read).await?;
            if rows.is_empty() {
                break;
            }
            reading = after;
            found += rows.len() as u64;
            self.send(Loading::Rows(rows)).await?;
        }
        if found != file.rows {
            let (path, expected) = (file.path.clone(), file.rows);
            return Err(Stop::Unusable(Reason::FileRows { path, expected, found }));
        }
        Ok(())
    }

    async fn compute<T: Send + 'static>(
        &self,
        file: &FileRef,
        work: impl FnOnce() -> Result<T, Reason> + Send + 'static,
    ) -> Result<T, Stop> {
        let done = compute(self.shared.runtime.as_ref(), work).await;
        let panicked = || Err(unreadable(file, "its reader panicked"));
        done.unwrap_or_else(panicked).map_err(Stop::Unusable)
    }

    /// Keeps what is to be said of an entry until something else is, so that a thousand of a kind are one sentence.
    async fn pass_over(&self, number: u64, reason: Reason, passed: &mut Passed) -> Result<(), Gone> {
        if let Some(last) = &mut passed.last
            && last.reason.is_like(&reason)
        {
            last.and_older += 1;
            return Ok(());
        }
        self.report(passed).await?;
        let entry = self.chain.places.entry(number).to_string();
        passed.last = Some(PassedOver { entry, number, reason, and_older: 0 });
        Ok(())
    }

    /// Before any rows, which would be void after it.
    async fn report(&self, passed: &mut Passed) -> Result<(), Gone> {
        match passed.last.take() {
            Some(passed) => self.send(Loading::Over(passed)).await,
            None => Ok(()),
        }
    }

    async fn send(&self, loading: Loading) -> Result<(), Gone> {
        self.tell.send(loading).await.map_err(|_| Gone)
    }

    fn patience(&self) -> Patience<'_, Loading> {
        Patience::new(self.shared.runtime.as_ref(), self.tell, Loading::Struggling)
    }
}
