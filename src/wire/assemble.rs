//! One event, put together from its own fields and from what surrounds it.

use super::event::{Campaign, Event, EventType, Page, Scalar};
use super::fault::{Fault, Reason, excerpt};
use super::fields::{Context, Properties, Top, filled};
use super::ids::{self, Blocked, HashText, IdFields};
use super::instant;
use super::json::View;
use super::raw::{self, Origin};
use super::record::Record;
use super::tenant::Tenants;
use super::traits::TraitPaths;

/// What the configuration says about reading events.
pub(super) struct Rules {
    pub blocked: Blocked,
    pub tenants: Tenants,
    pub traits: TraitPaths,
}

/// Memory for what cannot be borrowed from the record; used again and again.
#[derive(Default)]
pub(super) struct Room {
    lead: String,
    id: String,
    tenant: String,
    /// Empty between events: kept for its memory.
    traits: Vec<(u16, Scalar<'static>)>,
}

/// Where the attributes of the CloudEvent around an event stand.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Envelope<'a> {
    /// In the record's headers `ce_id` and `ce_time` (binary mode), where there are any.
    #[default]
    Headers,
    /// They have been read.
    Attributes { id: Option<&'a str>, time_ms: Option<i64> },
}

impl Envelope<'_> {
    /// For the items of a batch: the envelope's id is the id of them all, and so of none.
    pub fn of_items<'b>(self, record: &Record<'_>) -> Envelope<'b> {
        let time_ms = match self {
            Self::Headers => header(record, "ce_time").and_then(instant::parse),
            Self::Attributes { time_ms, .. } => time_ms,
        };
        Envelope::Attributes { id: None, time_ms }
    }
}

/// What an event takes from the batch or the CloudEvent around it, where it lacks it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Around<'a> {
    /// Which item of a batch it is.
    pub item: Option<u32>,
    pub ids: IdFields<'a>,
    pub context: Context<'a>,
    pub sent_at: Option<View<'a>>,
    pub received_at: Option<View<'a>>,
    /// The batch, in which a tenant's JSON pointer is looked up after the event itself.
    pub batch: Option<View<'a>>,
    pub envelope: Envelope<'a>,
}

/// What events are handed to: item of a batch (`None` for a single object), event.
pub(super) type Sink<'s> = dyn FnMut(Option<u32>, &Event<'_>) + 's;

/// Puts the events of one record together.
pub(super) struct Assembler<'x, 'r> {
    pub rules: &'x mut Rules,
    pub room: &'x mut Room,
    pub record: &'x Record<'r>,
    pub sink: &'x mut Sink<'x>,
    /// The text was let through with more levels than an event may have, so that each event is looked at by itself.
    pub deep: bool,
    pub max_depth: usize,
}

impl Assembler<'_, '_> {
    /// Hands the event in `object`, whose top level is `top`, to the sink, or says what is wrong with it.
    /// Where several things are wrong: depth, lead, type, name, tenant, in this order.
    pub fn event<'a>(
        &mut self,
        object: View<'a>,
        top: &Top<'a>,
        around: &Around<'a>,
        origin: &mut Origin<'_, '_>,
    ) -> Result<(), Fault> {
        if self.deep {
            self.check_depth(origin)?;
        }
        let Room { lead, id, tenant, traits } = &mut *self.room;
        let own_ids = IdFields { user: top.user_id, anonymous: top.anonymous_id };
        let (lead, known) = ids::lead(own_ids, around.ids, &self.rules.blocked, lead)?;
        let kind = event_type(top.kind)?;
        let properties = Properties::read(top.properties);
        let name = event_name(kind, top, &properties)?;
        let tenant = self.rules.tenants.find(self.record, [Some(object), around.batch], tenant)?;
        let context = Context::read(top.context).or(around.context);
        let mut hash: HashText = [0; 34];
        let id = match message_id(self.record, top, around, id) {
            Some(id) => id,
            None => ids::hash_id(origin_bytes(origin)?, &mut hash),
        };
        let mut found = recycle(std::mem::take(traits));
        let own_traits = top.traits.filter(|traits| traits.is_object());
        self.rules.traits.read([own_traits, context.traits], &mut found);
        let event = Event {
            tenant,
            lead,
            known,
            kind,
            id,
            name,
            at_ms: at_ms(self.record, top, around),
            page: page(&properties, context.page),
            campaign: campaign(context.campaign),
            offline: properties.is_offline(),
            form_completeness: properties.form.share(),
            traits: &found,
        };
        (self.sink)(around.item, &event);
        *traits = recycle(found);
        Ok(())
    }

    #[cold]
    fn check_depth(&self, origin: &mut Origin<'_, '_>) -> Result<(), Fault> {
        let depth = raw::depth(origin_bytes(origin)?);
        if depth > self.max_depth {
            let detail = format!("{depth} levels of nesting, at most {} are allowed", self.max_depth);
            return Err(Fault::new(Reason::TooDeep, detail));
        }
        Ok(())
    }
}

pub(super) fn origin_bytes<'r>(origin: &mut Origin<'_, 'r>) -> Result<&'r [u8], Fault> {
    origin.bytes().ok_or_else(|| Fault::new(Reason::InvalidJson, "two readers of JSON disagree about this text"))
}

/// Segment's spelling, in any case: some libraries write `Page`, and it can mean nothing else.
fn event_type(kind: Option<View<'_>>) -> Result<EventType, Fault> {
    let Some(kind) = kind.filter(|kind| !kind.is_null()) else {
        return Err(Fault::new(Reason::MissingType, "no type"));
    };
    let Some(name) = kind.text() else {
        return Err(Fault::new(Reason::UnknownType, format!("type is {}", kind.kind())));
    };
    match EventType::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name)) {
        Some(kind) => Ok(kind),
        None if name.is_empty() => Err(Fault::new(Reason::MissingType, "type is empty")),
        None => Err(Fault::new(Reason::UnknownType, format!("type {:?}", excerpt(name)))),
    }
}

/// `event` of a `track`, which it must have; `name` of a `page` or `screen`, else their `properties.name`.
fn event_name<'a>(kind: EventType, top: &Top<'a>, properties: &Properties<'a>) -> Result<Option<&'a str>, Fault> {
    match kind {
        EventType::Track => match top.event.and_then(filled) {
            Some(name) => Ok(Some(name)),
            None => Err(no_event_name(top.event)),
        },
        EventType::Page | EventType::Screen => Ok(top.name.and_then(filled).or(properties.name)),
        EventType::Identify | EventType::Group | EventType::Alias => Ok(None),
    }
}

#[cold]
fn no_event_name(event: Option<View<'_>>) -> Fault {
    let detail = match event {
        None => "a track without event".to_owned(),
        Some(event) if event.text().is_some() => "event of a track is empty".to_owned(),
        Some(event) => format!("event of a track is {}", event.kind()),
    };
    Fault::new(Reason::MissingEventName, detail)
}

/// The `messageId`, else the id of the CloudEvent around the event.
fn message_id<'b>(record: &Record<'b>, top: &Top<'b>, around: &Around<'b>, room: &'b mut String) -> Option<&'b str> {
    let own = top.message_id.and_then(|id| ids::scalar_text(id, room)).filter(|id| !id.trim().is_empty());
    if own.is_some() {
        return own;
    }
    let id = match around.envelope {
        Envelope::Headers => header(record, "ce_id"),
        Envelope::Attributes { id, .. } => id,
    };
    id.filter(|id| !id.trim().is_empty())
}

/// Order of trust: `timestamp`, `originalTimestamp`, `sentAt`, `receivedAt` (its own, else the batch's), the CloudEvent's
/// `time`, the record's own time.
fn at_ms(record: &Record<'_>, top: &Top<'_>, around: &Around<'_>) -> i64 {
    // In two steps, so that headers are read only where the event itself tells no time.
    let told =
        [top.timestamp, top.original_timestamp, top.sent_at, around.sent_at, top.received_at, around.received_at];
    let readable = |value: &View<'_>| instant::read(*value).filter(|&ms| ms >= 0);
    let first = told.iter().flatten().find_map(readable);
    let envelope = || match around.envelope {
        Envelope::Headers => header(record, "ce_time").and_then(instant::parse),
        Envelope::Attributes { time_ms, .. } => time_ms,
    };
    instant::settle([first.or_else(envelope)], record.at_ms)
}

fn header<'b>(record: &Record<'b>, name: &str) -> Option<&'b str> {
    let headers: &'b dyn super::record::Headers = record.headers;
    if headers.is_empty() { None } else { std::str::from_utf8(headers.last(name)?).ok() }
}

/// `properties` tell about this event, `context.page` about where the library was loaded: the first go first.
fn page<'a>(properties: &Properties<'a>, context: Option<View<'a>>) -> Page<'a> {
    let mut page = Page::default();
    for (key, value) in context.into_iter().flat_map(View::fields) {
        match key {
            "url" => page.url = filled(value),
            "path" => page.path = filled(value),
            "search" => page.search = filled(value),
            "title" => page.title = filled(value),
            "referrer" => page.referrer = filled(value),
            _ => {}
        }
    }
    Page {
        url: properties.url.or(page.url),
        path: properties.path.or(page.path),
        search: properties.search.or(page.search),
        title: properties.title.or(page.title),
        referrer: properties.referrer.or(page.referrer),
    }
}

fn campaign(context: Option<View<'_>>) -> Campaign<'_> {
    let mut campaign = Campaign::default();
    for (key, value) in context.into_iter().flat_map(View::fields) {
        match key {
            "source" => campaign.source = filled(value),
            "medium" => campaign.medium = filled(value),
            "name" => campaign.name = filled(value),
            _ => {}
        }
    }
    campaign
}

/// The memory of a list, for a list of values that live shorter or longer. Nothing is allocated: the standard library
/// collects a list that is consumed by value in place.
fn recycle<'b>(mut list: Vec<(u16, Scalar<'_>)>) -> Vec<(u16, Scalar<'b>)> {
    list.clear();
    list.into_iter().map(|(index, _)| (index, Scalar::Null)).collect()
}
