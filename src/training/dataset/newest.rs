//! Every lead as it stands in the newest snapshots.

use std::collections::HashSet;
use std::sync::Arc;

use object_store::ObjectStore;
use xxhash_rust::xxh3::xxh3_64;

use super::DatasetError;
use super::source::{Fetched, Source, not_understood};
use crate::config::Config;
use crate::features::Schema;
use crate::lead::facts::Facts;
use crate::snapshot::file::metadata::Lists;
use crate::snapshot::file::states::States;
use crate::snapshot::head::FileRef;
use crate::snapshot::history::History;

/// Which files hold the leads as they stand.
pub struct Newest {
    source: Source,
    histories: Vec<History>,
    lists: Lists,
}

impl Newest {
    /// Lists the snapshots' log, which is as long as the history.
    ///
    /// # Errors
    /// What the store says after some tries.
    pub fn list(store: Arc<dyn ObjectStore>, config: &Config) -> Result<Self, DatasetError> {
        let source = Source::new(store)?;
        let histories = source.histories(&config.service.application)?;
        Ok(Self { source, histories, lists: Lists::new(&config.themes, &config.traits) })
    }

    /// Calls `visit` with each lead, `tenant/lead`, and its vector as of its newest touchpoint. In bounded memory: 8 bytes for each lead of
    /// a partition. Files that cannot be read, or are gone by now, are passed over: what is missed is a picture, not a model.
    ///
    /// # Errors
    /// What the store says after some tries; a file that is whole and not understood.
    pub fn each(
        &self,
        schema: &Schema,
        tenant: Option<&str>,
        visit: &mut dyn FnMut(&str, &[f64]),
    ) -> Result<(), DatasetError> {
        let (mut facts, mut row) = (Facts::default(), vec![0.0; schema.width()]);
        for history in &self.histories {
            let wanted = |file: &&FileRef| tenant.is_none_or(|tenant| file.tenant == tenant);
            // The newest file first: what it has of a lead is what holds.
            let files: Vec<(u32, &FileRef)> = (0..).zip(history.newest.iter().rev().filter(wanted)).collect();
            let mut seen: HashSet<u64> = HashSet::new();
            self.source.each(&files, |_, file, fetched| {
                let Fetched::Whole(bytes) = fetched else { return Ok(()) };
                let understood = |error| not_understood(file, error);
                let mut states = States::open(bytes, &self.lists).map_err(understood)?;
                while let Some(batch) = states.read().map_err(understood)? {
                    for index in 0..batch.len() {
                        let name = format!("{}/{}", file.tenant, batch.lead(index));
                        if seen.insert(xxh3_64(name.as_bytes())) {
                            batch.decode(index, &mut facts).map_err(understood)?;
                            schema.extract(&facts, facts.newest_ms(), &mut row);
                            visit(&name, &row);
                        }
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    }
}
