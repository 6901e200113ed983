//! Leads as snapshots have them: what a process that comes back would begin with.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::TryStreamExt;
use needle::commands::assembly::Assembly;
use needle::config::Config;
use needle::lead::arena::Full;
use needle::lead::leads::Origin;
use needle::snapshot::file::Codec;
use needle::snapshot::head::{Reach, SaidUpTo};
use needle::snapshot::keeper::{Found, Keeper, Loading, Wanted, WantedInput};
use needle::snapshot::places::Places;
use needle::snapshot::rows::LeadRow;
use needle::snapshot::sink::Sink;
use needle::storage::runtime::Threads;
use needle::storage::store;
use object_store::ObjectStore;
use object_store::ObjectStoreExt;

use super::Settings;
use super::record::lossy;

/// One lead's bytes, in their canonical forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub facts: Vec<u8>,
    pub decisions: Vec<u8>,
    /// The last record that it took in.
    pub origin: Origin,
}

/// By `tenant/lead`.
pub type Leads = BTreeMap<String, Kept>;

/// The leads of a partition in its newest snapshot that can be read, where `url` says; none where there is no snapshot.
///
/// `topic`: what the rows call the input.
///
/// # Errors
/// The store does not answer, or the files cannot be read.
pub fn kept(
    settings: &Settings,
    (url, env): (&str, &[(String, String)]),
    (topic, partition): (&str, i32),
) -> Result<Leads, String> {
    let config = Config::from_toml(&settings.toml()).map_err(|error| error.to_string())?;
    let assembly = Assembly::new(config).map_err(|error| error.to_string())?;
    let store = store::open_with(url, env).map_err(|error| error.to_string())?;
    let threads = Threads::start("leads", 2).map_err(|error| error.to_string())?;
    let places = Places::new(&settings.application, partition);
    let Some(wanted) = threads.wait_for(newest(store.as_ref(), &places))? else { return Ok(Leads::new()) };
    let codec = Codec::new(&assembly.config, assembly.schema.clone(), &[topic.to_owned()])
        .map_err(|error| error.to_string())?;
    let keeper = Keeper::new(store, Arc::new(codec), threads.runtime(), &settings.application);
    let mut load = keeper.load(wanted, |_| Taken::default());
    let mut passed = Vec::new();
    loop {
        match load.poll() {
            Loading::Waits => std::thread::sleep(Duration::from_millis(1)),
            Loading::Over(over) => passed.push(over.to_string()),
            Loading::Done(Found { head: None, .. }) => return Err(format!("none can be read: {passed:?}")),
            Loading::Done(Found { sink, .. }) => return Ok(sink.0),
            Loading::Full(full) => return Err(full.to_string()),
            Loading::Struggling(error) => return Err(error),
            Loading::Lost => return Err("whoever loads snapshots has ended".into()),
        }
    }
}

/// What differs between the leads of a partition and those that there must be.
pub fn differences(partition: i32, seen: &Leads, must: &Leads) -> Vec<String> {
    let mut found = Vec::new();
    for (key, must) in must {
        match seen.get(key) {
            None => found.push(format!("partition {partition}: lead {key} is lost")),
            Some(seen) if seen.facts != must.facts => {
                found.push(format!("partition {partition}: lead {key} has other facts than its events"));
            }
            Some(seen) if seen != must => {
                found.push(format!("partition {partition}: lead {key} is {seen:?}, must be {must:?}"));
            }
            Some(_) => {}
        }
    }
    let strangers = seen.keys().filter(|key| !must.contains_key(*key));
    found.extend(strangers.map(|key| format!("partition {partition}: lead {key} has no events")));
    found
}

#[derive(Default)]
struct Taken(Leads);

impl Sink for Taken {
    fn take(&mut self, row: LeadRow<'_>) -> Result<(), Full> {
        let kept = Kept { facts: row.facts.to_vec(), decisions: row.decisions.to_vec(), origin: row.origin };
        self.0.insert(lossy(row.key), kept);
        Ok(())
    }
}

/// What the partition's newest whole entry says of its topics, so that it is found again by them.
async fn newest(store: &dyn ObjectStore, places: &Places) -> Result<Option<Wanted>, String> {
    let listed = store.list(Some(&places.log())).try_collect::<Vec<_>>().await;
    let mut entries: Vec<_> = listed.map_err(|error| error.to_string())?.into_iter().map(|of| of.location).collect();
    entries.sort_by(|a, b| a.as_ref().cmp(b.as_ref()));
    for location in entries.iter().rev() {
        let read = async { store.get(location).await?.bytes().await };
        let bytes = read.await.map_err(|error| error.to_string())?;
        let Ok(entry) = serde_json::from_slice::<serde_json::Value>(&bytes) else { continue };
        let reach: Vec<Reach> = serde_json::from_value(entry["reach"].clone()).map_err(|error| error.to_string())?;
        let said: SaidUpTo = serde_json::from_value(entry["said"].clone()).map_err(|error| error.to_string())?;
        let input = |reach: Reach| WantedInput { topic: reach.topic, committed: i64::MAX, from: None };
        let inputs = reach.into_iter().map(input).collect();
        return Ok(Some(Wanted { partition: places.partition(), inputs, score_changes: said.topic }));
    }
    Ok(None)
}
