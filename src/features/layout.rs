//! Where in the vector extraction writes what.

use crate::config::TraitKind;
use crate::lead::facts::Dimension;
use crate::touchpoint::{Channel, FormStep};
use crate::wire::event::EventType;

/// Spans of time, each within the next: the last hour, the last 24; today and the 6, 27, 29 days before; ever.
/// A tier is the number of a span.
pub const TIERS: usize = 6;
/// Days of the spans that are whole ones, today among them.
pub const WINDOW_DAYS: [i64; 3] = [7, 28, 30];
/// The span that no feature counts by itself: without the week in it, it is the three weeks before the newest one.
pub const FOUR_WEEKS: usize = 3;

/// Windows that features count in, by the tier that they reach to.
pub const WINDOWS: [usize; 5] = [0, 1, 2, 4, 5];
/// Places in [`WINDOWS`].
pub const WEEK: usize = 2;
pub const MONTH: usize = 3;
pub const EVER: usize = 4;

/// As many as there may be numbers of a [`Dimension`].
pub const DIMENSIONS: usize = Dimension::END as usize;

/// Slots that count one thing: a run, one slot for each window from `FIRST` on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Family<const FIRST: usize> {
    pub start: u16,
}

impl<const FIRST: usize> Family<FIRST> {
    /// Slot of a window; `None` where the family has none for it.
    pub fn slot(self, window: usize) -> Option<usize> {
        window.checked_sub(FIRST).map(|place| usize::from(self.start) + place)
    }

    /// Where sums of whole days count.
    fn older(self) -> OlderSlots {
        let ever = self.start + (EVER - FIRST) as u16;
        OlderSlots { ever, has_week: FIRST <= WEEK, is_high: false }
    }
}

#[derive(Debug, Default)]
pub struct Layout {
    pub all: Family<0>,
    /// Visits to high-intent themes.
    pub high: Family<0>,
    /// By the number of an event type.
    pub kinds: [Family<WEEK>; 6],
    /// By the number of a form's step; the first stands for no step, and is never used.
    pub forms: [Family<WEEK>; 3],
    /// By the number of a channel.
    pub channels: [Family<MONTH>; 20],
    pub themes: Vec<ThemeSlots>,
    /// Bits of configured themes; what a touchpoint says of others is passed over.
    pub theme_bits: u64,
    pub high_bits: u64,
    /// By step: channel, theme.
    pub path: Vec<(u16, u16)>,
    /// By place in the configuration's `[[traits]]`.
    pub traits: Vec<TraitSlots>,
    pub slots: Slots,
    pub defaults: Vec<f64>,
    /// By the number of a [`Dimension`]; shorter than there are numbers.
    pub older: Vec<OlderSlots>,
}

/// Where touchpoints of one dimension count that have left the timeline.
#[derive(Clone, Copy, Debug, Default)]
pub struct OlderSlots {
    /// Slot of all days; right before it is that of 30, and before that the one of 7, if there is one. 0: they count nowhere.
    pub ever: u16,
    pub has_week: bool,
    /// They count among high-intent themes, too.
    pub is_high: bool,
}

impl Layout {
    /// One look-up for each dimension; belongs after all slots are given.
    pub fn place_older(&mut self) {
        let mut older = vec![OlderSlots::default(); DIMENSIONS];
        let mut put = |dimension: Dimension, slots| older[usize::from(dimension.0)] = slots;
        put(Dimension::ALL, self.all.older());
        for (kind, family) in EventType::ALL.into_iter().zip(&self.kinds) {
            put(Dimension::kind(kind), family.older());
        }
        for step in [FormStep::Started, FormStep::Submitted] {
            put(Dimension::form(step), self.forms[step as usize].older());
        }
        for (channel, family) in Channel::ALL.into_iter().zip(&self.channels) {
            put(Dimension::channel(channel), family.older());
        }
        for (theme, slots) in (0..).zip(&self.themes) {
            let is_high = self.high_bits >> theme & 1 == 1;
            put(Dimension::theme(theme), OlderSlots { is_high, ..slots.counts.older() });
        }
        self.older = older;
    }
}

#[derive(Debug)]
pub struct ThemeSlots {
    pub counts: Family<0>,
    /// Days since the last touchpoint.
    pub since: u16,
}

/// The department's slot follows a title's rank.
#[derive(Debug)]
pub struct TraitSlots {
    pub kind: TraitKind,
    pub value: u16,
    pub missing: u16,
}

/// Slots of features that stand alone.
#[derive(Debug, Default)]
pub struct Slots {
    pub known: u16,
    pub active_days_7d: u16,
    pub active_days_30d: u16,
    pub distinct_channels: u16,
    pub distinct_themes: u16,
    pub hours_since_last: u16,
    pub days_since_first: u16,
    pub hours_since_high_intent: u16,
    pub gap_mean: u16,
    pub gap_min: u16,
    pub gap_last: u16,
    pub gap_trend: u16,
    pub momentum: u16,
    pub momentum_high: u16,
    pub sessions_week: u16,
    pub sessions_month: u16,
    pub sessions: u16,
    pub session_last_minutes: u16,
    pub session_mean_minutes: u16,
    pub session_last_pages: u16,
    pub session_mean_pages: u16,
    pub form_best: u16,
    pub form_last: u16,
    pub last_type: u16,
    pub last_channel: u16,
    pub last_theme: u16,
    pub last_hour: u16,
    pub last_weekday: u16,
}
