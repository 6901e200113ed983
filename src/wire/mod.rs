//! The only place that knows JSON: events in; score changes, score jumps and dead letters out.

pub mod change;
pub mod dead_letter;
pub mod decode;
pub mod encode;
pub mod event;
pub mod fault;
pub mod instant;
pub mod kcat;
pub mod record;
pub mod tenant;

mod assemble;
mod batch;
mod envelope;
mod fields;
mod form;
mod ids;
mod json;
mod raw;
mod traits;
