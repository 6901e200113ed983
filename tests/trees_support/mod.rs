//! What the tests of tree models share.
#![allow(dead_code, reason = "every test uses its own part")]

pub mod agreement;
pub mod forests;
pub mod given;
pub mod lightgbm;
pub mod models;
pub mod random;
pub mod rows;
pub mod small;
pub mod sound;
