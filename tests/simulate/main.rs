//! Simulated leads, and what is true of them.

mod auroc_equals_its_pairs;
mod bots_click_and_never_buy;
mod equal_plans_give_equal_bytes;
mod events_are_read;
mod interaction_is_there;
mod memory_is_bounded;
mod presets_convert_as_published;
mod silence_cools;
mod support;
mod truth_is_calibrated;
