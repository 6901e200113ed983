//! Whole lanes in memory, with faults at every call.

#[path = "../keeper_support/clockwork.rs"]
#[allow(dead_code, reason = "the snapshots' tests use the rest")]
mod clockwork;
#[path = "../lane_support/mod.rs"]
mod lane_support;

mod cold_in_days;
mod counts_by_tenant;
mod dead_letters;
mod drift_counts_events;
mod drift_is_counted;
mod drift_of_all_lanes;
mod every_call_may_fail;
mod exploration;
mod lost_acknowledgement;
mod mistakes_are_found;
mod models_change_between_transactions;
mod outputs_do_not_depend_on_cuts;
mod partitions_do_not_wait_for_each_other;
mod positions_keep_their_form;
mod rebalances;
mod restores_what_was_said;
mod says_what_replay_says;
mod says_why_it_moved;
mod snapshots_are_scored_by_what_was_served;
mod snapshots_tell_what_was_said;
mod stops_beyond_the_end;
mod stops_where_history_is_gone;
mod sweeps_after_a_swap;
mod sweeps_as_time_passes;
mod sweeps_give_way;
mod sweeps_keep_time;
mod sweeps_under_chaos;
mod tenants_have_models;
mod zombies_are_fenced;
