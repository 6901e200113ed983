//! The service on real Kafka: killed, stopped, fenced, cut off; and the audit of it.

#[path = "../bundle_support/mod.rs"]
mod bundle_support;
#[path = "../support/mod.rs"]
mod support;

mod audit_finds_faults;
mod audit_of_a_run_finds_faults;
mod broker_comes_and_goes;
mod harness;
mod lead_disturbs_nobody;
mod lead_is_what_was_said;
mod lead_of_two_topics;
mod lead_that_is_not_there;
mod learning_in_the_service;
mod live_leads_are_what_lead_says;
mod model_swap;
mod one_instance_twice;
mod outputs_fit_their_schemas;
mod restore;
mod run_equals_replay;
mod sigkill_at_each_phase;
mod sigterm;
mod simulate_writes_events;
mod snapshots;
mod snapshots_on_s3;
mod tls_scram;
mod topic_ids;
mod topics;
mod two_input_topics;
mod zombie_is_fenced;
