//! What the trainings of all tenants share.

use std::cell::OnceCell;
use std::time::Instant;

use super::truth::Truths;
use crate::commands::assembly::Assembly;
use crate::commands::cli::TrainArgs;
use crate::commands::serving::Models;
use crate::registry::Shelf;
use crate::training::dataset::Newest;

/// What all rounds share.
pub struct Side<'a> {
    pub assembly: &'a Assembly,
    pub models: &'a Models,
    pub shelf: &'a Shelf,
    pub args: &'a TrainArgs,
    /// Features that are not learned from.
    pub excluded: Vec<String>,
    /// What is true of simulated leads, where it was given.
    pub truths: Option<Truths>,
    /// Which files hold the leads as they stand; listed when somebody first asks.
    pub newest: OnceCell<Newest>,
    /// When searches are to come to an end.
    pub until: Instant,
}
