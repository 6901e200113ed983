//! Leads that never were: their journeys as Segment events, with the truth about each; for the demo, and to see what models are worth.
//!
//! Pure: a [`Plan`] in, events out, in the order of their instants; equal plans give equal bytes. Nothing is kept but the leads that
//! live, and what each does next, so that a plan may be as long as one likes. Each lead has a chance of its own: more leads change
//! nothing about the others.
//!
//! The way of an event: [`arrivals`] (who comes when) → [`journey`] (what a lead does next: [`clock`], [`law`], [`habit`], [`person`]) → [`site`]
//! (the page, and where the visitor came from) → [`act`], [`segment`] (the event) → [`mishap`] (what happens to events on their way).
//! Beside it, the way of the truth: [`outlook`] (the probability for every state) → [`belief`] (which state a lead is in) → [`truth`].

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use arrivals::Arrivals;
use clock::Clock;
use journey::{Journey, World};
use law::Law;
use outlook::Outlook;
use truth::Truth;

pub use mishap::{Fate, Mishaps, Sent};

mod act;
mod arrivals;
mod belief;
mod clock;
mod habit;
mod journey;
pub mod law;
mod mishap;
pub mod outlook;
mod person;
pub mod preset;
mod segment;
mod site;
pub mod truth;

/// Monday, 2026-01-05T00:00:00Z: where a plan begins unless somebody says otherwise, so that equal seeds show equal weeks.
pub const START_MS: i64 = 1_767_571_200_000;

pub const DAY_MS: i64 = 86_400_000;

/// What to simulate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    pub seed: u64,
    pub leads: u32,
    /// The first instant, milliseconds since 1970.
    pub start_ms: i64,
    pub days: u32,
}

impl Plan {
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
    /// A Segment event, as JSON.
    pub event: Vec<u8>,
}

/// How many leads there were so far, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    pub leads: u64,
    pub bots: u64,
    pub called: u64,
    /// Of those called, whatever they had done.
    pub explored: u64,
    pub positive: u64,
    pub negative: u64,
}

impl Census {
    /// Share of all leads that have bought.
    pub fn conversion(&self) -> f64 {
        if self.leads == 0 { 0.0 } else { self.positive as f64 / self.leads as f64 }
    }
}

/// All that the leads of a plan do, in order.
pub struct Journeys {
    world: World,
    arrivals: Arrivals,
    next_arrival: Option<(f64, u32)>,
    /// Leads that live; a place that is free is used again.
    journeys: Vec<Option<Journey>>,
    free: Vec<usize>,
    /// When there is something of each lead, by lead; its place. Each journey that goes on is in it once.
    due: BinaryHeap<Reverse<(i64, u32, usize)>>,
    census: Census,
}

/// What comes next of a simulation that is watched.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// Something happened; and what is true after it, unless nothing is left to be predicted.
    Event(Happening, Option<Truth>),
    /// Nothing happened for a day, or never will again.
    Silence(Truth),
}

impl Journeys {
    /// By a law under which a month sees every fate, as a demo wants it; nobody asks what is true.
    pub fn new(plan: &Plan) -> Self {
        Self::by(plan, Law::BRISK, None)
    }

    /// By another law; with the truth as `outlook` computes it, which need not follow the same law.
    pub fn by(plan: &Plan, law: Law, outlook: Option<Outlook>) -> Self {
        let mut arrivals = Arrivals::new(plan);
        let next_arrival = arrivals.next();
        let world = World { plan: *plan, law, clock: Clock::new(), outlook };
        let (journeys, free, due) = (Vec::new(), Vec::new(), BinaryHeap::new());
        Self { world, arrivals, next_arrival, journeys, free, due, census: Census::default() }
    }

    pub fn census(&self) -> Census {
        self.census
    }

    /// Leads that are kept: those that live, and those of the window of arrivals.
    pub fn kept(&self) -> usize {
        self.journeys.len() - self.free.len() + self.arrivals.held()
    }

    /// What comes next.
    pub fn watch(&mut self) -> Option<Seen> {
        loop {
            self.let_in();
            let Reverse((_, lead, place)) = self.due.pop()?;
            let journey = self.journeys[place].as_mut()?;
            let turn = journey.take(&self.world, &mut self.census);
            match journey.due_ms(&self.world) {
                Some(due_ms) => self.due.push(Reverse((due_ms, lead, place))),
                None => {
                    self.journeys[place] = None;
                    self.free.push(place);
                }
            }
            match turn.map(|turn| (turn.happening, turn.truth)) {
                Some((Some(happening), truth)) => return Some(Seen::Event(happening, truth)),
                Some((None, Some(truth))) => return Some(Seen::Silence(truth)),
                _ => {}
            }
        }
    }

    /// Lets leads in who come before anything else happens. Shares of the plan's time stand in the order of the instants.
    fn let_in(&mut self) {
        while let Some((share, lead)) = self.next_arrival {
            let next_ms = self.due.peek().map(|Reverse((due_ms, ..))| *due_ms);
            if next_ms.is_some_and(|next_ms| self.earliest_ms(share) > next_ms) {
                return;
            }
            self.next_arrival = self.arrivals.next();
            let journey = Journey::new(&self.world, lead, share, &mut self.census);
            let Some(due_ms) = journey.due_ms(&self.world) else { continue };
            let place = self.free.pop().unwrap_or(self.journeys.len());
            if place == self.journeys.len() {
                self.journeys.push(None);
            }
            self.journeys[place] = Some(journey);
            self.due.push(Reverse((due_ms, lead, place)));
        }
    }

    /// No lead that comes after this share of the plan's time comes before this instant: bots go by the calendar, people by the active
    /// clock, which is never a whole week ahead of it.
    fn earliest_ms(&self, share: f64) -> i64 {
        self.world.plan.start_ms + (share * f64::from(self.world.plan.days) * DAY_MS as f64) as i64 - 7 * DAY_MS
    }
}

impl Iterator for Journeys {
    type Item = Happening;

    fn next(&mut self) -> Option<Happening> {
        loop {
            if let Seen::Event(happening, _) = self.watch()? {
                return Some(happening);
            }
        }
    }
}
