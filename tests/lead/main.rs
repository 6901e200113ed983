//! Facts of a lead, and the features of them.

#[path = "../features_support/mod.rs"]
mod features_support;
#[path = "../lead_support/mod.rs"]
mod lead_support;

mod any_arrival_order;
mod bulk_is_one_by_one;
mod bytes_are_canonical;
mod bytes_keep_their_form;
mod counts_equal_a_recount;
mod features_change_meaning_by_version;
mod features_equal_their_reference;
mod features_keep_their_names;
mod features_of_a_folded_lead;
mod features_speak_to_people;
mod features_stand_when_a_theme_is_added;
mod is_compact;
mod memory_is_reused;
mod merge_equals_fold_of_both;
mod redelivery_changes_nothing;
mod smaller_instant_stands;
mod table_equals_a_map;
mod traits_last_writer_wins;
mod walk_comes_by_every_lead;
