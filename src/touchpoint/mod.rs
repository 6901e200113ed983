//! What an event means to scoring: instant, type, channel, themes.

use crate::wire::event::EventType;

pub use channel::Channel;
pub use reader::{Reader, Taxonomy, TaxonomyError};
pub use title::{Department, Rank, read_title};

mod address;
pub mod channel;
mod form;
mod origin;
mod outcome;
mod reader;
mod site;
mod theme;
pub mod title;

/// One touchpoint. Ordered by (instant, id); the id is a 64-bit hash of the message id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Touchpoint {
    /// Milliseconds since 1970, never negative, below 2^48.
    pub at_ms: i64,
    pub id: u64,
    pub kind: EventType,
    pub channel: Channel,
    pub form: FormStep,
    pub mark: Mark,
    /// Bit n: theme n of the configuration.
    pub themes: u64,
}

/// A visitor's step in filling a form. The number is part of the stored form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum FormStep {
    None = 0,
    /// Seen or begun, not sent.
    Started = 1,
    Submitted = 2,
}

impl FormStep {
    pub const ALL: [FormStep; 3] = [Self::None, Self::Started, Self::Submitted];
}

/// What the event says about the lead's fate. The number is part of the stored form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Mark {
    None = 0,
    /// A positive outcome.
    Positive = 1,
    /// A negative outcome.
    Negative = 2,
    /// Sales got in touch.
    Contact = 3,
}

impl Mark {
    pub const ALL: [Mark; 4] = [Self::None, Self::Positive, Self::Negative, Self::Contact];
}
