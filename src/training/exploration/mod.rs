//! What low-scored leads teach that were contacted by lot.
//!
//! Sales calls whom the score tells it to call. So what becomes of a low lead is what becomes of one that nobody called, and a model that
//! learned from it would go on to say that low leads do not convert: labels are selective (Lakkaraju et al. 2017). Of the leads in the
//! lowest band a share is therefore drawn by lot and flagged ([`crate::decision::explore`]). A lead is drawn or not for good, whatever
//! it is and does, so that those that were drawn tell what would become of all.
//!
//! ```text
//! pass 1 ─┬─► Trial: every lead, once, at the first instant at which it was low ──► is the flag heeded? ──► what the report says
//!         └─► Strata: rows of low leads, drawn and not, by how long low  ──────────► Weights ──► rows, tournament, models
//! ```
//!
//! - **Low** are here known leads alone: an anonymous one cannot be called, drawn or not, and its rows are what they always were.
//! - **Weights** ([`Weights`]): rows of low leads that were drawn stand for all rows of low leads, and those of the others for none.
//! - **When**: once the flag is heeded beyond noise ([`Trial::is_heeded`]). Drawn leads that nobody calls tell nothing that others do
//!   not, and would only be fewer. Whether they *convert* more often is not asked: a choice by the outcome would bias it.
//! - **What is estimated** is what becomes of a low lead that is flagged, whether sales then calls it or not (intention to treat). Whom sales
//!   calls of those that were drawn is sales' choice, and no lot.

use serde::Serialize;

pub use interval::{difference, share};
pub use weights::{Group, HEAVIEST, Strata, Weights};

pub mod differs;
mod interval;
mod weights;

/// Flagged leads that were contacted, below which nothing is weighed by them: a few leads would stand for thousands, and their luck for
/// knowledge. As many as conversions without which nothing is fitted.
pub const LEAST: u64 = 40;

/// Leads that were low once, at the first instant at which they were, and what became of them within the horizon after it. Those that
/// were contacted before, or had their outcome, or for which the horizon is not over, are not among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Arm {
    pub leads: u64,
    pub contacted: u64,
    pub converted: u64,
    /// Sum of the chances to convert that the model told which served then.
    pub foretold: f64,
}

/// Leads that were drawn, beside those that were not: a trial by lot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Trial {
    pub drawn: Arm,
    pub others: Arm,
}

/// One tenant's exploration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explored {
    pub trial: Trial,
    /// How many rows one of a drawn lead stands for at most; `None` where rows are not weighed by exploration.
    pub heaviest: Option<f64>,
    /// Rows of the matrix that are of leads which were low then and drawn, ascending.
    pub rows: Vec<usize>,
}

impl Arm {
    pub fn note(&mut self, contacted: bool, converted: bool, foretold: f64) {
        self.leads += 1;
        self.contacted += u64::from(contacted);
        self.converted += u64::from(converted);
        self.foretold += foretold;
    }

    fn add(&mut self, other: &Self) {
        self.leads += other.leads;
        self.contacted += other.contacted;
        self.converted += other.converted;
        self.foretold += other.foretold;
    }
}

impl Trial {
    pub fn arm(&mut self, drawn: bool) -> &mut Arm {
        if drawn { &mut self.drawn } else { &mut self.others }
    }

    pub fn add(&mut self, other: &Self) {
        self.drawn.add(&other.drawn);
        self.others.add(&other.others);
    }

    /// Whether enough flagged leads were contacted, and beyond noise a larger share of them than of the others.
    pub fn is_heeded(&self) -> bool {
        let Self { drawn, others } = self;
        let more = difference((drawn.contacted, drawn.leads), (others.contacted, others.leads));
        drawn.contacted >= LEAST && more.is_some_and(|more| more.low > 0.0)
    }
}
