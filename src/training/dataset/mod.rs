//! Training rows from snapshots: leads at instants at which their state was current, and what became of them.
//!
//! ```text
//! snapshot::history ──► histories ──────► instants ──────► sample ──────► vectors ──────► Matrix
//! files that the        pass 1: states    rows, labels,    bottom-k,      pass 2: the
//! log names             of each lead      what is left out weights        feature function
//! ```
//!
//! **States.** A snapshot's file has each lead that changed in an interval, as it stood at the end of it. Those states are what was scored,
//! as far as they were kept: of several events in one interval the last one's. A state was current from its newest touchpoint on until the
//! first newer one that the lead's next state knows of. What came late, behind the newest touchpoint, made a new state of the same
//! instant, and of these the last counts.
//!
//! **Instants.** Each state is looked at twice: at its newest touchpoint, as the event was scored, and once more after a silence, so that a
//! model knows silence too, as a sweep meets it. How long a silence is drawn by a hash of lead and state, alike in every octave from 1/128
//! of the horizon to four horizons, and *not* with a view to when the next touchpoint came: the row is there if the state was still current
//! then. Were it drawn from the gap as it turned out, long gaps would be thinned out at each length of silence, and rows just before an
//! event would be too many: the future would be in the choice. As it is, the rows at a silence are a fair sample of the leads that were as
//! silent. So every state weighs 1 on its event, and 1 at a silence as long as it lasted: hours, days and weeks of silence alike,
//! rather than each lead's every hour, of which dead leads would have nearly all.
//!
//! **Labels.** Positive: a positive outcome in `(t, t + horizon]`. Left out are instants at or after the lead's first outcome (unless
//! outcomes repeat) and its first contact by sales, and those younger than the horizon by the newest instant that the tenant's snapshots
//! have seen, positive or not: outcomes come in before their absence does. The clock is the tenant's own, so that one whose events ceased
//! to come is not taken for one whose leads ceased to convert.
//!
//! **Vectors** come from the states by [`Schema::extract`], the function that scores online, under the configuration of now: a theme that has
//! become one of high intent since is one in every row. Where nothing was reconfigured they are the file's own columns, to the bit.
//!
//! **Memory**: a file and the next one, as they are stored; 32 bytes for each state of one tenant in one partition and 40 for each lead, in
//! slices of 8 M states (files are then read again for each slice), and where it is explored 8 and 24 more; with `outcomes.repeat` 32 bytes for each outcome there; 192 bytes
//! for each of a tenant's instants, as far as they are no more than `max_rows`; and the matrices, `max_rows` × features × 8 bytes.

use std::sync::Arc;

use object_store::ObjectStore;

use crate::config::Config;
use crate::features::Schema;
use crate::snapshot::file::Unreadable;
use crate::training::exploration::Explored;
use crate::training::matrix::Matrix;
use read::Reading;
use source::Source;
use vectors::Selection;

pub use account::Account;
pub use around::{Around, Pairs};
pub use newest::Newest;
pub use vectors::excluded;

mod account;
mod around;
mod histories;
mod instants;
mod lows;
mod newest;
mod read;
mod sample;
mod source;
mod vectors;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Rows of all tenants together, at most.
    pub max_rows: u64,
    /// Chooses among the rows where there are more.
    pub seed: u64,
    /// This tenant alone; `None`: all.
    pub tenant: Option<String>,
    /// Every lead at this one instant, milliseconds since 1970, rather than each state at its own: what a list of all leads would have
    /// been then.
    pub at_ms: Option<i64>,
}

/// One tenant's rows.
#[derive(Clone, Debug)]
pub struct TenantRows {
    pub tenant: String,
    pub matrix: Matrix,
    pub account: Account,
    /// Leads before and after their outcome, for the lint.
    pub around: Around,
    /// What low-scored leads show that were contacted by lot, and how rows are weighed by it.
    pub explored: Explored,
}

/// How far reading has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// States that were looked at; those of both passes count.
    pub done: u64,
    pub total: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    #[error("the snapshots cannot be read: {0}")]
    Store(#[from] object_store::Error),
    #[error("threads to read the snapshots with cannot be started: {0}")]
    Threads(#[from] std::io::Error),
    #[error("the snapshot file {path} holds something that this binary does not understand: {error}")]
    File { path: String, error: Unreadable },
    #[error(
        "the snapshot file {0} was taken away while it was needed, again and again: snapshots.history_days is too short"
    )]
    Vanished(String),
    #[error("training.exclude names `{name}`, which is no feature{}", nearest.as_ref().map_or(String::new(), |n| format!("; the nearest is `{n}`")))]
    NoFeature { name: String, nearest: Option<String> },
}

/// Readings that are begun, where files go that are needed.
const READINGS: usize = 3;

/// Reads the rows of every tenant, ascending by name; one that has none has an account of why.
///
/// `store` is that of `snapshots.url`, `schema` that of `config`. The same snapshots, configuration and seed give the same rows.
///
/// # Errors
/// What the store says after some tries; a file that is whole and not understood. Files and entries that are damaged are passed over, and
/// stand in the account.
pub fn read(
    store: Arc<dyn ObjectStore>,
    config: &Config,
    schema: &Schema,
    wanted: &Wanted,
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<TenantRows>, DatasetError> {
    let selection = Selection::new(schema, &config.training.exclude)?;
    let source = Source::new(store)?;
    let mut reading = Reading { source: &source, config, wanted, progress };
    for _ in 1..READINGS {
        match reading.read(&selection) {
            // Whoever keeps house goes on beside us.
            Err(DatasetError::Vanished(path)) => tracing::info!(path, "a snapshot file is gone; reading anew"),
            done => return done,
        }
    }
    reading.read(&selection)
}
