//! Alerts that fire: a real Prometheus scrapes a real `needle run` on a real Kafka, in which the fault is really made.
//!
//! The rules are those of `k8s`, with windows, offsets and `for` sixty times shorter, and so is the interval of scrapes.

#[path = "../bundle_support/mod.rs"]
mod bundle_support;
#[path = "../ops_support/mod.rs"]
mod ops_support;
#[path = "../support/mod.rs"]
mod support;

mod watch;

mod dashboards_show_a_real_run;
mod dead_letters;
mod down;
mod model_refused;
mod no_events;
mod partition_stopped;
mod transactions_aborting;
