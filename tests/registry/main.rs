//! Models come and go while events flow.

#[path = "../registry_support/mod.rs"]
mod registry_support;

mod after_a_restart;
mod polls;
mod publishes_all_or_nothing;
mod reads_what_is_new;
mod refuses_and_serves_on;
