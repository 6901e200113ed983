//! The only place that knows JSON: events in; score changes, score jumps and dead letters out.

pub mod change;
pub mod event;
pub mod record;
