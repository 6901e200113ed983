//! One lead out of the newest snapshot that fits.

use std::sync::Arc;
use std::time::Duration;

use indicatif::ProgressBar;

use crate::lane::StepError;
use crate::lane::shard::Shard;
use crate::lead::arena::Full;
use crate::lead::leads::Leads;
use crate::snapshot::head::Head;
use crate::snapshot::keeper::{Found, Keeper, Loading, Wanted};
use crate::snapshot::passed_over::Reason;
use crate::snapshot::rows::LeadRow;
use crate::snapshot::sink::Sink;

/// How soon it is seen that something has come.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(1);

/// A shard with the lead alone, or with none; where there is no snapshot, no head.
pub struct Loaded {
    pub shard: Shard,
    pub head: Option<Arc<Head>>,
    /// Why newer snapshots were of no use.
    pub passed_over: Vec<String>,
}

/// Keeps the rows of one lead, which is one in the end.
struct One {
    key: Vec<u8>,
    leads: Leads,
}

impl Sink for One {
    fn take(&mut self, row: LeadRow<'_>) -> Result<(), Full> {
        if row.key == self.key { self.leads.put(Leads::hash(row.key), row.kept(0)) } else { Ok(()) }
    }
}

pub fn load(keeper: &Keeper, wanted: Wanted, key: &[u8], bar: &ProgressBar) -> anyhow::Result<Loaded> {
    let (partition, key) = (wanted.partition, key.to_vec());
    let mut passed_over = Vec::new();
    let mut load = keeper.load(wanted, move |_| One { key: key.clone(), leads: Leads::default() });
    loop {
        match load.poll() {
            Loading::Waits => std::thread::sleep(LOOK_AGAIN_AFTER),
            Loading::Over(over) => {
                // That there are newer ones is no surprise to whoever asks for the past.
                if !matches!(over.reason, Reason::BeyondCommitted { .. }) {
                    passed_over.push(over.to_string());
                }
            }
            Loading::Struggling(error) => {
                bar.suspend(|| tracing::warn!(partition, error, "the snapshots cannot be read; trying on"));
            }
            Loading::Done(Found { sink, head, .. }) => {
                return Ok(Loaded { shard: Shard::holding(partition, sink.leads), head, passed_over });
            }
            Loading::Full(full) => return Err(StepError::from(full).into()),
            Loading::Lost => anyhow::bail!("whoever reads the snapshots has ended unexpectedly"),
        }
    }
}
