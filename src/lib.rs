//! needle finds the needle in the lead stack, and tells you the moment it moves.
//!
//! Modules stand in the order in which an event flows; an arrow never runs back up.

pub mod commands;
pub mod config;
pub mod decision;
pub mod features;
pub mod lane;
pub mod lead;
pub mod log;
pub mod model;
pub mod random;
pub mod registry;
pub mod simulate;
pub mod snapshot;
pub mod storage;
pub mod telemetry;
pub mod touchpoint;
pub mod training;
pub mod wire;
