//! One lead out of the newest snapshot that fits.

use std::sync::Arc;
use std::time::Duration;

use indicatif::ProgressBar;

use crate::lane::StepError;
use crate::lane::shard::Shard;
use crate::snapshot::head::Head;
use crate::snapshot::keeper::{Keeper, Loading, Wanted};
use crate::snapshot::passed_over::Reason;

/// How soon it is seen that something has come.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(1);

/// A shard with the lead alone, or with none; where there is no snapshot, no head.
pub struct Loaded {
    pub shard: Shard,
    pub head: Option<Arc<Head>>,
    /// Why newer snapshots were of no use.
    pub passed_over: Vec<String>,
}

pub fn load(keeper: &Keeper, wanted: Wanted, key: &[u8], bar: &ProgressBar) -> anyhow::Result<Loaded> {
    let partition = wanted.partition;
    let mut loaded = Loaded { shard: Shard::new(partition, Vec::new()), head: None, passed_over: Vec::new() };
    let mut load = keeper.load(wanted);
    loop {
        match load.poll() {
            Loading::Waits => std::thread::sleep(LOOK_AGAIN_AFTER),
            Loading::Begins(_) => {}
            Loading::Rows(rows) => {
                for row in rows.iter().filter(|row| row.key == key) {
                    loaded.shard.write_from_snapshot(row).map_err(StepError::from)?;
                }
                load.give_back(rows);
            }
            Loading::Over(passed_over) => {
                loaded.shard = Shard::new(partition, Vec::new());
                // That there are newer ones is no surprise to whoever asks for the past.
                if !matches!(passed_over.reason, Reason::BeyondCommitted { .. }) {
                    loaded.passed_over.push(passed_over.to_string());
                }
            }
            Loading::Struggling(error) => {
                bar.suspend(|| tracing::warn!(partition, error, "the snapshots cannot be read; trying on"));
            }
            Loading::Done(head, _) => {
                loaded.head = head;
                return Ok(loaded);
            }
            Loading::Lost => anyhow::bail!("whoever reads the snapshots has ended unexpectedly"),
        }
    }
}
