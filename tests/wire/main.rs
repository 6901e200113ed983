//! Records and touchpoints: from bytes to what an event means, and what goes out.

#[path = "../wire_support/mod.rs"]
mod wire_support;

mod arbitrary_bytes_never_panic;
mod batch_equals_its_items;
mod changes_read_back;
mod cloudevents_equal_plain;
mod extra_fields_change_nothing;
mod fields_are_taken_from_the_right_place;
mod instants_are_trusted_in_order;
mod kcat_lines_read_back;
mod malformed_records_are_dead_letters;
mod payloads_are_read_or_set_aside;
mod schema_admits_what_is_read;
mod tenants;
mod touchpoint_channel;
mod touchpoint_read;
mod touchpoint_themes;
