//! Leads that never were: their journeys as Segment events, for the demo.
//!
//! Pure: a [`Plan`] in, events out, in the order of their instants; equal plans give equal bytes. Nothing is kept but what each lead
//! does next, so that a plan may be as long as one likes. Each lead has a chance of its own: more leads change nothing about the others.
//!
//! The way of an event: [`habit`] (what kinds of leads there are) → [`journey`] (when one comes, and what it does) → [`site`] (the
//! page, and where the visitor came from) → [`segment`] (the event) → [`mishap`] (what happens to events on their way).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use serde_json::Value;

use journey::Journey;

pub use mishap::{Fate, Mishaps, Sent};

mod habit;
mod journey;
mod mishap;
mod person;
mod random;
mod segment;
mod site;

pub const DAY_MS: i64 = 86_400_000;

/// What to simulate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    pub seed: u64,
    /// At most [`Plan::MAX_LEADS`]: there are no more names.
    pub leads: u32,
    /// The first instant, milliseconds since 1970.
    pub start_ms: i64,
    pub days: u32,
}

impl Plan {
    pub const MAX_LEADS: u32 = person::NAMES;

    /// The first instant at which nothing happens any more.
    pub fn end_ms(&self) -> i64 {
        self.start_ms + i64::from(self.days) * DAY_MS
    }
}

/// Something a lead does.
#[derive(Clone, Debug, PartialEq)]
pub struct Happening {
    /// Milliseconds since 1970; it never goes back from one happening to the next.
    pub at_ms: i64,
    /// The lead, as its record is keyed: known, else anonymous.
    pub key: String,
    /// A Segment event.
    pub event: Value,
}

/// All that the leads of a plan do, in order.
pub struct Journeys {
    journeys: Vec<Journey>,
    /// When each lead does something next. Each journey that goes on is in it once.
    due: BinaryHeap<Reverse<(i64, usize)>>,
}

impl Journeys {
    pub fn new(plan: &Plan) -> Self {
        let leads = plan.leads.min(Plan::MAX_LEADS);
        let mut journeys: Vec<Journey> = (0..leads).map(|index| Journey::new(plan, index)).collect();
        let due = journeys.iter_mut().enumerate();
        let due = due.filter_map(|(index, journey)| Some(Reverse((journey.due_ms()?, index)))).collect();
        Self { journeys, due }
    }
}

impl Iterator for Journeys {
    type Item = Happening;

    fn next(&mut self) -> Option<Happening> {
        let Reverse((_, index)) = self.due.pop()?;
        let journey = &mut self.journeys[index];
        let happening = journey.take();
        if let Some(due_ms) = journey.due_ms() {
            self.due.push(Reverse((due_ms, index)));
        }
        happening
    }
}
