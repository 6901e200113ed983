//! What the trainings of all tenants share.

use std::time::Instant;

use crate::commands::assembly::Assembly;
use crate::commands::cli::TrainArgs;
use crate::commands::serving::Models;
use crate::registry::Shelf;

/// What all rounds share.
pub struct Side<'a> {
    pub assembly: &'a Assembly,
    pub models: &'a Models,
    pub shelf: &'a Shelf,
    pub args: &'a TrainArgs,
    /// When searches are to come to an end.
    pub until: Instant,
}
