//! Who contends for the next model, and who wins.

#[path = "../tournament_support/mod.rs"]
mod tournament_support;

mod deterministic;
mod real_data;
