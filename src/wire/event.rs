//! An engagement event as the rest of needle sees it: Segment's six calls, whatever envelope they came in.

/// Segment's calls. The number is part of the stored form: never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum EventType {
    Page = 0,
    Track = 1,
    Identify = 2,
    Group = 3,
    Alias = 4,
    Screen = 5,
}

impl EventType {
    pub const ALL: [EventType; 6] = [Self::Page, Self::Track, Self::Identify, Self::Group, Self::Alias, Self::Screen];

    /// The word in the event's `type` field.
    pub fn name(self) -> &'static str {
        ["page", "track", "identify", "group", "alias", "screen"][self as usize]
    }
}

/// One event, borrowed from the decoder's buffers for the length of one call.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    pub tenant: &'a str,
    /// `userId`, else `anonymousId`; at most 256 bytes, never empty or blocked.
    pub lead: &'a str,
    /// Whether `lead` is a `userId`.
    pub known: bool,
    pub kind: EventType,
    /// `messageId`, else `h:` and 32 hex digits of a hash of the event's raw bytes.
    pub id: &'a str,
    /// The name of a `track`, `page` or `screen`; `None` where there is none.
    pub name: Option<&'a str>,
    /// When it happened, milliseconds since 1970, already capped against the record's time.
    pub at_ms: i64,
    pub page: Page<'a>,
    pub campaign: Campaign<'a>,
    /// An explicit property says that this happened off line (`properties.offline: true`, `properties.channel: "offline"`).
    pub offline: bool,
    /// Share of a form's fields that were filled, 0–1, where the event tells.
    pub form_completeness: Option<f64>,
    /// Values found at the configured trait paths: index into the configuration's `[[traits]]`, value.
    pub traits: &'a [(u16, Scalar<'a>)],
}

/// Where the visitor was and came from. All parts are as sent; any may be missing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Page<'a> {
    pub url: Option<&'a str>,
    pub path: Option<&'a str>,
    /// Query string, with or without its `?`.
    pub search: Option<&'a str>,
    pub title: Option<&'a str>,
    pub referrer: Option<&'a str>,
}

/// `context.campaign`: UTM parameters as Segment's libraries collect them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Campaign<'a> {
    pub source: Option<&'a str>,
    pub medium: Option<&'a str>,
    pub name: Option<&'a str>,
}

/// A JSON value that is no container.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar<'a> {
    Null,
    Flag(bool),
    Number(f64),
    Text(&'a str),
}
