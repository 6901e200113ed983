//! What the tests of tree models share.
#![allow(dead_code, reason = "every test uses its own part")]

pub mod lightgbm;
