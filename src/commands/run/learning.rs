//! Training while the service runs: in a child process, so that it takes nothing from the lanes but what the system gives it, and in one of
//! all processes of the application, by a lease in the store of the snapshots.
//!
//! Time is divided into slots of `training.every_hours`. Whoever creates a slot's object trains in it; the store lets one create it. A
//! process that dies over it leaves the slot untrained, and the next slot is another's chance: a model that is a slot older does no harm,
//! two that are trained at once would.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::TryStreamExt as _;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt as _, PutMode};

use crate::commands::pause::pause;
use crate::config::Config;
use crate::storage::runtime::Threads;
use crate::storage::store;
use crate::telemetry::observe::wall_ms;

/// How often it is looked whether another slot has begun.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// How often it is looked whether a training has ended.
const WAIT_EVERY: Duration = Duration::from_millis(200);
/// Objects of past slots that stay, for people to see who trained when.
const KEPT: u64 = 20;
const HOUR_MS: i64 = 3600 * 1000;

/// Starts the thread that trains, where the configuration asks for it. `arguments` are those that say where the configuration is. Unless the
/// configuration says more, the child trains on one thread: the others are the lanes'.
pub fn start(config: Arc<Config>, mut arguments: Vec<OsString>, stop: Arc<AtomicBool>) -> anyhow::Result<()> {
    if config.training.every_hours == 0 {
        return Ok(());
    }
    if config.training.threads == 0 {
        arguments.extend(["--set".into(), "training.threads=1".into()]);
    }
    let url = &config.snapshots.url;
    let store = store::open(url).map_err(|error| anyhow::anyhow!("snapshots.url: {url:?} {error}"))?;
    let threads = Threads::start("training", 1)?;
    let lease = Lease { store, threads, application: config.service.application.clone() };
    let every_ms = config.training.every_hours as i64 * HOUR_MS;
    let learn = move || {
        let mut tried = None;
        while !stop.load(Ordering::Relaxed) {
            let slot = (wall_ms() / every_ms) as u64;
            if tried != Some(slot) {
                match lease.take(slot, &config.service.instance) {
                    Ok(taken) => {
                        tried = Some(slot);
                        if taken {
                            train(&arguments, &stop);
                        }
                    }
                    // It is asked again with the next look.
                    Err(error) => tracing::warn!(%error, "it is not known whose turn it is to train"),
                }
            }
            pause(LOOK_EVERY, &stop);
        }
    };
    std::thread::Builder::new().name("learning".to_owned()).spawn(learn)?;
    Ok(())
}

/// Who trains in a slot.
struct Lease {
    store: Arc<dyn ObjectStore>,
    threads: Threads,
    application: String,
}

impl Lease {
    /// `<snapshots.url>/training/<application>/000000000042.json`
    fn place(&self, slot: u64) -> Path {
        Path::from_iter(["training", &self.application, &format!("{slot:012}.json")])
    }

    /// Whether it is this process's turn.
    fn take(&self, slot: u64, instance: &str) -> Result<bool, Error> {
        let text = serde_json::json!({ "instance": instance, "at_ms": wall_ms() }).to_string();
        let place = self.place(slot);
        let put = self.store.put_opts(&place, text.into(), PutMode::Create.into());
        match self.threads.wait_for(put) {
            Ok(_) => {
                self.threads.wait_for(self.clean(slot))?;
                Ok(true)
            }
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Takes the oldest objects away.
    async fn clean(&self, slot: u64) -> Result<(), Error> {
        let oldest = self.place(slot.saturating_sub(KEPT));
        let folder = Path::from_iter(["training", &self.application]);
        let there: Vec<_> = self.store.list(Some(&folder)).try_collect().await?;
        for object in there.into_iter().filter(|object| object.location < oldest) {
            self.store.delete(&object.location).await?;
        }
        Ok(())
    }
}

/// One training, to its end or to the service's.
fn train(arguments: &[OsString], stop: &AtomicBool) {
    tracing::info!("it is this process's turn to train");
    match child(arguments) {
        Ok(mut child) => watch(&mut child, stop),
        Err(error) => tracing::error!(%error, "the training cannot be started; the next one is tried in its time"),
    }
}

/// This very program under this very configuration, as `needle train`.
fn child(arguments: &[OsString]) -> anyhow::Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("train").args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn()?;
    if let Some(output) = child.stdout.take() {
        let tell = move || {
            BufReader::new(output).lines().map_while(Result::ok).for_each(|line| tracing::info!("training: {line}"))
        };
        std::thread::Builder::new().name("training-log".to_owned()).spawn(tell)?;
    }
    Ok(child)
}

fn watch(child: &mut Child, stop: &AtomicBool) {
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return tracing::info!("the training has ended"),
            Ok(Some(status)) => return tracing::error!(%status, "the training has failed; the served model goes on"),
            Ok(None) if stop.load(Ordering::Relaxed) => {
                // What it has published is whole, what it has not is nobody's.
                if let Err(error) = child.kill().and_then(|()| child.wait()) {
                    tracing::warn!(%error, "the training does not end with the service");
                }
                return;
            }
            Ok(None) => std::thread::sleep(WAIT_EVERY),
            Err(error) => return tracing::error!(%error, "it is not known how the training has ended"),
        }
    }
}
