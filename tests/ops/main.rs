//! The manifests, alerts and dashboards of `k8s`: valid by the tools of those who read them, and about the needle that is here.

#[path = "../ops_support/mod.rs"]
mod ops_support;

mod alerts_fire;
mod alerts_have_runbooks;
mod commands_are_there;
mod configuration_is_read;
mod dashboards_name_what_there_is;
mod documents_are_valid;
mod folders_build;
mod grace_outlasts_a_transaction;
mod image_fits_its_pods;
mod metrics_are_described;
mod names_meet;
mod pods_are_confined;
mod probes_are_served;
mod rules_name_what_there_is;
