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
mod each_gate_alone;
mod every_contestant_learns;
mod figures_by_hand;
mod linear_is_served;
mod logistic_agrees_with_sklearn;
mod nobody_sees_what_it_is_judged_by;
mod real_data;
mod searches_stop;
mod splits;
mod the_holdout_is_asked_once;
mod thinned_rows_stand_for_all;
mod threads_change_no_byte;
mod thresholds;
mod too_little_data;
mod trees_are_served;
mod verdicts;
mod vocabulary;
mod weights_count;
