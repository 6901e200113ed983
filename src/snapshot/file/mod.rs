//! The Parquet file of a snapshot: one tenant's leads of one partition, sorted by lead.
//!
//! A file explains itself. Columns carry unit and meaning as Arrow field metadata ([`columns`]); the file's own key-value metadata
//! say which format it is, which themes and traits the places in `state` stand for, and where the leads stood ([`metadata`]).
//! `state` and `decision` alone are what a restore takes; all other columns are for training and for people, and follow from them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use self::columns::Columns;
pub use self::error::{Unreadable, WriteError};
use self::metadata::Lists;
pub use self::read::Opened;
use super::head::{Reach, SaidUpTo};
use crate::config::Config;
use crate::features::Schema;

mod batch;
pub mod columns;
mod described;
mod error;
pub mod metadata;
mod read;
mod remap;
pub mod states;
mod touchpoints;
mod write;

/// Version of the format: columns, their types, and what they mean. A change is a new number, and the old ones stay readable.
/// Features are none of it: they have versions of their own.
pub const FORMAT: u32 = 1;

/// Rows of a row group: what a reader holds at once.
pub const ROW_GROUP_ROWS: usize = 16_384;

/// What a file holds, besides rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    pub partition: i32,
    pub kind: Kind,
    /// Of the entry that the file was written for.
    pub number: u64,
    pub reach: Vec<Reach>,
    pub said: SaidUpTo,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The leads that changed since the entry before.
    Increment,
    /// All leads.
    Base,
}

/// Writes files and reads them, under one configuration. Cheap to clone.
#[derive(Clone)]
pub struct Codec {
    schema: Arc<Schema>,
    columns: Arc<Columns>,
    lists: Arc<Lists>,
    topics: Arc<[String]>,
}

impl Codec {
    /// `topics`: names of the input topics, each at the place that [`Origin::topic`](crate::lead::leads::Origin) means.
    pub fn new(config: &Config, schema: Arc<Schema>, topics: &[String]) -> Result<Self, WriteError> {
        let lists = Lists::new(&config.themes, &config.traits);
        let columns = Columns::new(&schema, &lists, topics)?;
        let (columns, lists) = (Arc::new(columns), Arc::new(lists));
        Ok(Self { schema, columns, lists, topics: topics.into() })
    }
}
