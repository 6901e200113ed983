//! Where in the vector extraction writes what.

use crate::config::TraitKind;

/// Windows, narrowest first; each lies within the next. A touchpoint's tier is the first window that it lies in.
pub const WINDOWS: usize = 5;
pub const WEEK: usize = 2;
pub const MONTH: usize = 3;
pub const EVER: usize = 4;

/// By tier, the slot of the narrowest window that is counted and holds a touchpoint of that tier.
///
/// Adding a touchpoint there, and later each slot to its right neighbour ([`Layout::carry`]), counts all nested windows.
pub type Tiers = [u16; WINDOWS];

/// Stands for a dimension that no feature counts.
pub const UNCOUNTED: Tiers = [u16::MAX; WINDOWS];

#[derive(Debug)]
pub struct Layout {
    /// By dimension: all touchpoints, types, forms, channels, themes.
    pub counts: Box<[Tiers; 128]>,
    /// Touchpoints by their high-intent themes.
    pub high: Tiers,
    /// Slots, ascending, that hold what their left neighbour holds and more.
    pub carry: Vec<u16>,
    /// Bits of configured themes; what a touchpoint says of others is passed over.
    pub themes: u64,
    pub high_themes: u64,
    /// By theme: days since the last touchpoint.
    pub since_theme: Vec<u16>,
    /// By step: channel, theme.
    pub path: Vec<(u16, u16)>,
    pub defaults: Vec<f64>,
    pub slots: Slots,
    /// By place in the configuration's `[[traits]]`.
    pub traits: Vec<TraitSlots>,
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
    pub sessions: u16,
    pub sessions_week: u16,
    pub sessions_month: u16,
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

/// The value's slot; the department follows a title's rank.
#[derive(Debug)]
pub struct TraitSlots {
    pub kind: TraitKind,
    pub value: u16,
    pub missing: u16,
}
