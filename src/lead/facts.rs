//! A lead's facts in the form that is worked on: unpacked, reused from lead to lead.
//!
//! Facts are a function of the *set* of events. The newest 64 touchpoints are the timeline; whatever is older lives on in sums
//! ([`Older`]), so that a lead with a short history pays nothing for them. "All" is therefore always `timeline` + `older`.

use super::text::ShortText;
use crate::touchpoint::Touchpoint;

/// Newest touchpoints that are kept one by one.
pub const TIMELINE: usize = 64;
/// Oldest touchpoints that are kept one by one.
pub const FIRSTS: usize = 5;
/// Days back from the newest touchpoint's day (itself included) for which counts are exact.
pub const DAYS: i64 = 35;
pub const DAY_MS: i64 = 86_400_000;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Somebody called this lead by a `userId`.
    pub known: bool,
    /// The newest touchpoints, oldest first; at most [`TIMELINE`], and never empty once an event is folded.
    pub timeline: Vec<Touchpoint>,
    pub older: Older,
    /// Ascending by index.
    pub traits: Vec<TraitFact>,
    pub outcomes: Outcomes,
    pub form: FormFacts,
}

/// Sums over the touchpoints that have left the timeline.
///
/// Counts by day are a table with a row for each day and a column for each dimension: after a long history nearly all of its cells are
/// taken, and whoever adds days up adds whole rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Older {
    /// The lead's very first touchpoints, oldest first, as far as they are no longer in the timeline; at most [`FIRSTS`].
    pub firsts: Vec<Touchpoint>,
    /// What was counted, ascending.
    pub dimensions: Vec<Dimension>,
    /// How often, one for each of them; no zeros.
    pub totals: Vec<u32>,
    /// Days on which something was counted, ascending; only the last [`DAYS`] up to the newest touchpoint's.
    pub days: Vec<i32>,
    /// Row after row: for each day, for each dimension, how often on that day. No row is all zeros.
    pub by_day: Vec<u32>,
}

/// What is counted. A number, because it is stored: never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dimension(pub u8);

impl Dimension {
    /// Numbers are below it.
    pub const END: u8 = 128;
    /// Every touchpoint.
    pub const ALL: Dimension = Dimension(0);
    /// 1–8
    pub const fn kind(kind: crate::wire::event::EventType) -> Self {
        Self(1 + kind as u8)
    }
    /// 10: started, 11: submitted
    pub const fn form(step: crate::touchpoint::FormStep) -> Self {
        Self(9 + step as u8)
    }
    /// 32–63
    pub const fn channel(channel: crate::touchpoint::Channel) -> Self {
        Self(32 + channel as u8)
    }
    /// 64–127; `theme` is below 64.
    pub const fn theme(theme: u32) -> Self {
        Self(64 + theme as u8)
    }
}

/// The newest value of one configured trait: last writer wins by (instant, id).
#[derive(Clone, Debug, PartialEq)]
pub struct TraitFact {
    /// Place in the configuration's `[[traits]]`.
    pub index: u16,
    pub at_ms: i64,
    /// Id of the touchpoint that said so.
    pub id: u64,
    pub value: TraitValue,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TraitValue {
    /// Said to be nothing: the same to a feature as never said.
    Null,
    Number(f64),
    Flag(bool),
    /// A category or a job title as it was sent, trimmed, at most [`ShortText::BYTES`].
    Text(ShortText),
}

/// First instants, milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    pub positive_ms: Option<i64>,
    pub negative_ms: Option<i64>,
    /// First contact by sales.
    pub contact_ms: Option<i64>,
}

/// How completely forms were filled, in thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FormFacts {
    pub best: Option<u16>,
    /// Instant, id of the touchpoint, thousandths: the newest.
    pub last: Option<(i64, u64, u16)>,
}

impl Facts {
    /// The newest instant; what is derived from facts is taken as of this or later. 0 for a lead without events.
    pub fn newest_ms(&self) -> i64 {
        self.timeline.last().map_or(0, |t| t.at_ms)
    }

    /// The lead's first touchpoints, oldest first; at most [`FIRSTS`].
    pub fn firsts(&self) -> impl Iterator<Item = &Touchpoint> {
        self.older.firsts.iter().chain(self.timeline.iter()).take(FIRSTS)
    }

    /// Forgets everything and keeps the buffers.
    pub fn clear(&mut self) {
        self.known = false;
        self.timeline.clear();
        self.older.clear();
        self.traits.clear();
        self.outcomes = Outcomes::default();
        self.form = FormFacts::default();
    }
}
