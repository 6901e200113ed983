//! Finds the newest snapshot that fits and pours its rows into a sink. Memory holds two files as they are stored, some thousand rows of
//! one, and the sink.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures::future::{join_all, select, try_join};
use tokio::sync::mpsc::Sender;

use super::chain::Chain;
use super::data::{Open, fetch, open, unreadable};
use super::entry::Entry;
use super::fits::fits;
use super::head::{FileRef, Head};
use super::keeper::{Found, Loading, Shared, Wanted};
use super::passed_over::{PassedOver, Reason};
use super::patience::{Gone, Patience};
use super::sink::Sink;
use crate::lead::arena::Full;
use crate::storage::runtime::compute;

/// Entries that are fetched at once, when the newest was of no use.
const ENTRIES_AHEAD: usize = 8;

pub(super) async fn load<S: Sink>(
    shared: Arc<Shared>,
    wanted: Wanted,
    sink: impl Fn(u64) -> S + Send + Sync,
    taken: Arc<AtomicU64>,
    tell: Sender<Loading<S>>,
) {
    let chain = Chain::new(&shared, wanted.partition);
    let loader = Loader { chain, shared: &shared, wanted: &wanted, sink: &sink, taken: &taken, tell: &tell };
    // Whoever drops the handle stops it wherever it is: nothing was written.
    select(pin!(loader.run()), pin!(tell.closed())).await;
}

struct Loader<'a, S> {
    shared: &'a Shared,
    chain: Chain<'a>,
    wanted: &'a Wanted,
    sink: &'a (dyn Fn(u64) -> S + Send + Sync),
    taken: &'a AtomicU64,
    tell: &'a Sender<Loading<S>>,
}

/// Why nothing is loaded any more.
enum End {
    Full(Full),
    Gone(Gone),
}

/// Why an entry is not loaded any further.
enum Stop {
    Unusable(Reason),
    End(End),
}

impl From<Gone> for End {
    fn from(gone: Gone) -> Self {
        Self::Gone(gone)
    }
}

impl<E: Into<End>> From<E> for Stop {
    fn from(end: E) -> Self {
        Self::End(end.into())
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

impl<S: Sink> Loader<'_, S> {
    async fn run(&self) -> Result<(), Gone> {
        match self.find().await {
            Ok(found) => self.send(Loading::Done(found)).await,
            Err(End::Full(full)) => self.send(Loading::Full(full)).await,
            Err(End::Gone(gone)) => Err(gone),
        }
    }

    async fn find(&self) -> Result<Found<S>, End> {
        let mut passed = Passed::default();
        let mut newest = 0;
        // Files go only when newer entries do without them (`housekeeping`). So one that is gone may mean no more than that this log
        // was listed long ago.
        loop {
            let found = self.search(&mut passed, &mut newest).await?;
            if found.is_some() || !passed.gone || self.chain.newest(&mut self.patience()).await? <= newest {
                self.report(&mut passed).await?;
                let (head, sink) = found.map_or_else(|| (None, (self.sink)(0)), |(head, sink)| (Some(head), sink));
                return Ok(Found { sink, head, known: newest });
            }
            passed.gone = false;
        }
    }

    /// The newest entry that is of use. None, too, where something is gone and there are newer entries now than when it began.
    async fn search(&self, passed: &mut Passed, newest: &mut u64) -> Result<Option<(Arc<Head>, S)>, End> {
        for thousand in self.chain.thousands(&mut self.patience()).await? {
            let mut numbers = self.chain.numbers(thousand, &mut self.patience()).await?;
            *newest = numbers.last().copied().unwrap_or(0).max(*newest);
            let mut ahead = 1;
            while !numbers.is_empty() {
                let several = numbers.split_off(numbers.len().saturating_sub(ahead));
                let entries = several.iter().rev().map(|number| self.entry(*number));
                for (number, entry) in several.iter().rev().zip(join_all(entries).await) {
                    let reason = match self.try_entry(entry?, passed).await {
                        Ok((entry, sink)) => return Ok(Some((Arc::new(entry.head()), sink))),
                        Err(Stop::Unusable(reason)) => reason,
                        Err(Stop::End(end)) => return Err(end),
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

    /// Pours the rows of all its files into a sink.
    async fn try_entry(&self, entry: Result<Entry, Reason>, passed: &mut Passed) -> Result<(Entry, S), Stop> {
        let entry = entry.map_err(Stop::Unusable)?;
        if let Some(reason) = entry.files.iter().find_map(|file| passed.files.get(&file.path)) {
            return Err(Stop::Unusable(reason.clone()));
        }
        self.report(passed).await?;
        self.taken.store(0, Ordering::Relaxed);
        let rows = entry.files.iter().fold(0, |rows: u64, file| rows.saturating_add(file.rows));
        let mut sink = (self.sink)(entry.leads.map_or(rows, |leads| leads.min(rows)));
        let mut next = match entry.files.first() {
            Some(first) => Some(self.fetch(first).await),
            None => None,
        };
        for (at, file) in entry.files.iter().enumerate() {
            let Some(fetched) = next.take() else { break };
            // The next one is on its way before this one is read.
            let ahead = async {
                match entry.files.get(at + 1) {
                    Some(file) => Ok(Some(self.fetch(file).await)),
                    None => Ok(None),
                }
            };
            let poured = async { self.pour(file, fetched?, sink).await };
            match try_join(ahead, poured).await {
                Ok((ahead, with_it)) => (next, sink) = (ahead, with_it),
                Err(stop) => {
                    if let Stop::Unusable(reason) = &stop {
                        passed.files.insert(file.path.clone(), reason.clone());
                    }
                    return Err(stop);
                }
            }
        }
        let ended = compute(self.shared.runtime.as_ref(), move || {
            sink.end();
            sink
        });
        // It panicked, or the runtime ends: whoever waits is told so.
        let sink = ended.await.ok_or(Gone)?;
        Ok((entry, sink))
    }

    async fn fetch(&self, file: &FileRef) -> Result<Bytes, Stop> {
        fetch(self.shared.store.as_ref(), file, self.patience()).await?.map_err(Stop::Unusable)
    }

    /// Some thousand rows at a time, so that it ends soon after nobody waits for it any more.
    async fn pour(&self, file: &FileRef, bytes: Bytes, mut sink: S) -> Result<S, Stop> {
        let (format, checked) = (self.shared.format.clone(), file.clone());
        let opened = move || open(format.as_ref(), &checked, bytes).map_err(Stop::Unusable);
        let mut reading = self.compute(file, opened).await?;
        let mut found = 0;
        loop {
            let pour = move || pour_some(&mut reading, &mut sink).map(|rows| (reading, sink, rows));
            let rows;
            (reading, sink, rows) = self.compute(file, pour).await?;
            if rows == 0 {
                break;
            }
            found += rows;
            self.taken.fetch_add(rows, Ordering::Relaxed);
        }
        if found != file.rows {
            let (path, expected) = (file.path.clone(), file.rows);
            return Err(Stop::Unusable(Reason::FileRows { path, expected, found }));
        }
        Ok(sink)
    }

    async fn compute<T: Send + 'static>(
        &self,
        file: &FileRef,
        work: impl FnOnce() -> Result<T, Stop> + Send + 'static,
    ) -> Result<T, Stop> {
        let done = compute(self.shared.runtime.as_ref(), work).await;
        let panicked = || Err(Stop::Unusable(unreadable(file, "whoever read it, or took its rows in, panicked")));
        done.unwrap_or_else(panicked)
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

    async fn report(&self, passed: &mut Passed) -> Result<(), Gone> {
        match passed.last.take() {
            Some(passed) => self.send(Loading::Over(passed)).await,
            None => Ok(()),
        }
    }

    async fn send(&self, loading: Loading<S>) -> Result<(), Gone> {
        self.tell.send(loading).await.map_err(|_| Gone)
    }

    fn patience(&self) -> Patience<'_, Loading<S>> {
        Patience::new(self.shared.runtime.as_ref(), self.tell, Loading::Struggling)
    }
}

/// Returns how many rows there were; none at the end of the file.
fn pour_some(reading: &mut Open, sink: &mut impl Sink) -> Result<u64, Stop> {
    let (mut rows, mut full) = (0, None);
    reading
        .read(&mut |row| {
            rows += 1;
            if full.is_none() {
                full = sink.take(row).err();
            }
        })
        .map_err(Stop::Unusable)?;
    full.map_or(Ok(rows), |full| Err(Stop::End(End::Full(full))))
}
