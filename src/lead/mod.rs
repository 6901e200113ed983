//! What is known of a lead: facts, as the fold of a set of events, and where they are kept.

pub mod arena;
mod bytes;
pub mod codec;
pub mod facts;
pub mod fold;
pub mod leads;
pub mod merge;
pub mod older;
mod pages;
pub mod text;
pub mod traits;
