//! What a training run has to say, for people and for machines.

pub use data::Report;

pub mod data;
