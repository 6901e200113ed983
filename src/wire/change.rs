//! Score changes and score jumps as JSON: what downstream automation reads.

use super::event::EventType;

/// One score change; with `jump`, the score jump that is said beside it.
#[derive(Clone, Copy, Debug)]
pub struct ScoreChange<'a> {
    pub tenant: &'a str,
    pub lead: &'a str,
    /// 0–100.
    pub score: u8,
    /// What was last said.
    pub previous: Option<u8>,
    pub band: &'a str,
    /// Calibrated chance of the outcome within the horizon, 0–1.
    pub probability: f64,
    pub cause: Cause,
    /// Strongest first; `base` + `other` + all of them = points.
    pub reasons: &'a [Reason<'a>],
    pub base: f64,
    pub other: f64,
    /// Why the score moved since it was last said. `None` where nothing was, or by another model.
    pub moved: Option<Moved<'a>>,
    /// In how many days the lead falls below its band if nothing happens; `None`: not within the horizon, or there is none below.
    pub cold_in_days: Option<u32>,
    /// The propensity with which a lead like this is contacted although its score is low; `None` where it was not drawn for that.
    pub explore: Option<f64>,
    pub model_version: &'a str,
    pub model_kind: &'a str,
    /// `None` where a sweep is the cause.
    pub event: Option<CausingEvent<'a>>,
    pub as_of_ms: i64,
    pub input: InputPosition<'a>,
    pub jump: Option<Jump<'a>>,
}

/// Why the lead was rescored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    Event,
    Model,
    Decay,
}

impl Cause {
    pub const ALL: [Cause; 3] = [Self::Event, Self::Model, Self::Decay];

    /// The word in the `cause` field.
    pub fn name(self) -> &'static str {
        ["event", "model", "decay"][self as usize]
    }
}

/// One feature's share of the score.
#[derive(Clone, Copy, Debug)]
pub struct Reason<'a> {
    pub feature: &'a str,
    pub value: f64,
    pub points: f64,
    /// A sentence for people: `3 visits to pricing in 7 days`.
    pub text: &'a str,
}

/// The difference between two explanations of one lead under one model.
#[derive(Clone, Copy, Debug)]
pub struct Moved<'a> {
    /// The instant as of which the score was last said.
    pub since_ms: i64,
    /// By how much, unclamped and unrounded; `other` + all `reasons`.
    pub points: f64,
    /// Strongest first; points are differences, value and text are of now.
    pub reasons: &'a [Reason<'a>],
    pub other: f64,
}

#[derive(Clone, Copy, Debug)]
pub struct CausingEvent<'a> {
    pub id: &'a str,
    pub kind: EventType,
    pub name: Option<&'a str>,
    pub at_ms: i64,
}

/// The input record that was folded last.
#[derive(Clone, Copy, Debug)]
pub struct InputPosition<'a> {
    pub topic: &'a str,
    pub partition: i32,
    pub offset: i64,
}

#[derive(Clone, Copy, Debug)]
pub struct Jump<'a> {
    pub rule: &'a str,
    /// What the rise is measured from: score, and when it was said. `None` for a lead of whom nothing had been said.
    pub from: Option<(u8, i64)>,
}
