//! Why a version is not served, by name.

use super::places::CURRENT;
use crate::model::bundle::{MANIFEST, Refused};

/// Why a version is not served.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refusal {
    #[error("{CURRENT} {0}")]
    Current(String),
    #[error("{0} is not there")]
    Missing(&'static str),
    #[error("{file} has {bytes} bytes, and at most {most} are read")]
    TooLarge { file: &'static str, bytes: u64, most: u64 },
    #[error("{MANIFEST} is that of version {0:?}")]
    Renamed(String),
    #[error(transparent)]
    Bundle(#[from] Refused),
    #[error("its reader panicked")]
    Panicked,
}

impl Refusal {
    /// One word, for counting.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Current(_) => "current",
            Self::Missing(_) => "missing",
            Self::TooLarge { .. } => "too_large",
            Self::Renamed(_) => "renamed",
            Self::Bundle(refused) => refused.class(),
            Self::Panicked => "panicked",
        }
    }
}
