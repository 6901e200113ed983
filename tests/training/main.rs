//! Training rows, and what is learned from them.

#[path = "../training_support/mod.rs"]
mod training_support;

#[path = "../tournament_support/sklearn.rs"]
mod sklearn;

mod cdnow_becomes_rows;
mod choice_does_not_look_ahead;
mod damaged_files_are_passed_over;
mod excluded_traits_take_their_flag;
mod exploration_finds_the_underrated;
mod exploration_is_told;
mod exploration_weighs_rows;
mod labels_match_a_naive_reference;
mod later_events_change_no_row;
mod lint_names_leaks;
mod lint_names_leaks_of_x_education;
mod old_states_come_from_bases;
mod sample_stands_for_all;
mod shap_sums_agree_with_lightgbm;
mod vectors_equal_online_ones;
