//! What must allocate nothing once its buffers have their size.

#[path = "../explainer_support/mod.rs"]
mod explainer_support;
#[path = "../lane_support/mod.rs"]
mod lane_support;
#[path = "../trees_support/mod.rs"]
mod trees_support;
#[path = "../wire_support/mod.rs"]
mod wire_support;

mod counting;
mod evaluator;
mod explainer;
mod lane;
mod wire;
