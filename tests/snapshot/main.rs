//! The log of snapshots, its files, its stores.

#[path = "../keeper_support/mod.rs"]
mod keeper_support;
#[path = "../lead_support/mod.rs"]
mod lead_support;
#[path = "../snapshot_support/mod.rs"]
mod snapshot_support;
#[path = "../store_support/mod.rs"]
mod store_support;

mod base_equals_the_increments;
mod base_is_taken_over;
mod cancelled_save_leaves_nothing;
mod columns_are_described;
mod columns_follow_from_state;
mod comes_back;
mod deleted_log_is_noticed;
mod duckdb_reads_it;
mod entry_keeps_its_form;
mod file_keeps_its_form;
mod file_reads_back;
mod hostile_files;
mod house_beside_others;
mod house_is_clean;
mod house_may_die;
mod lists_may_change;
mod load_is_bounded;
mod lost_reply;
mod on_disk;
mod store_creates_once;
mod store_keeps_objects;
mod store_refuses;
mod store_says_what_is_wrong;
mod two_writers_race;
mod unusable_is_passed_over;
mod zombie_is_overtaken;
