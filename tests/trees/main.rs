//! LightGBM's models: read, evaluated, explained, beside LightGBM itself.

#[path = "../explainer_support/mod.rs"]
mod explainer_support;
#[path = "../trees_support/mod.rs"]
mod trees_support;

mod agree_with_lightgbm;
mod columns_equal_the_tests;
mod evaluator_agrees_with_lightgbm;
mod evaluator_equals_the_walk;
mod explainer_adds_up;
mod explainer_agrees_with_lightgbm;
mod explainer_equals_leaf_by_leaf;
mod explainer_equals_the_definition;
mod explainer_quadrature;
mod explainer_says_why_not;
mod given_models;
mod hostile_files;
mod mutated_files;
mod odd_files_are_read;
mod truncated_files;
