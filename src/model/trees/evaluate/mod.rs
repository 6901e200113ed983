//! How sums are computed: by steps that all rows of a block run ([`batch`]), by those of 64 trees for one row ([`single`]), or from the
//! root down ([`walk`]).

pub mod batch;
pub mod codes;
pub mod run;
pub mod single;
pub mod values;
pub mod walk;
