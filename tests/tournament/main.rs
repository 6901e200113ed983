//! Who contends for the next model, and who wins.

#[path = "../tournament_support/mod.rs"]
mod tournament_support;
#[path = "../trees_support/mod.rs"]
mod trees_support;

mod agrees_with_sklearn;
mod bootstrap;
mod calibration;
mod deterministic;
mod drift;
mod drift_is_told;
mod every_contestant_learns;
mod linear_is_served;
mod logistic_agrees_with_sklearn;
mod real_data;
mod splits;
mod threads_change_no_byte;
mod thresholds;
mod too_little_data;
mod trees_are_served;
mod verdicts;
mod vocabulary;
