//! What is known of a lead: facts, as the fold of a set of events, and where they are kept.

pub mod facts;
