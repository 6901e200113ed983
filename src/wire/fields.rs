//! The few keys that matter, picked in one walk over each object. Of repeated keys the last one counts.

use super::form::Form;
use super::json::View;

/// Top level of an event, of a batch, or of a CloudEvent in structured mode: which of them it is, shows in what is there.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Top<'a> {
    pub kind: Option<View<'a>>,
    pub event: Option<View<'a>>,
    pub name: Option<View<'a>>,
    pub user_id: Option<View<'a>>,
    pub anonymous_id: Option<View<'a>>,
    pub message_id: Option<View<'a>>,
    pub timestamp: Option<View<'a>>,
    pub original_timestamp: Option<View<'a>>,
    pub sent_at: Option<View<'a>>,
    pub received_at: Option<View<'a>>,
    pub properties: Option<View<'a>>,
    pub context: Option<View<'a>>,
    pub traits: Option<View<'a>>,
    pub batch: Option<View<'a>>,
    pub specversion: Option<View<'a>>,
    pub data: Option<View<'a>>,
    pub data_base64: Option<View<'a>>,
    /// A CloudEvent's `id` and `time`.
    pub id: Option<View<'a>>,
    pub time: Option<View<'a>>,
}

impl<'a> Top<'a> {
    pub fn read(object: View<'a>) -> Self {
        let mut top = Self::default();
        for (key, value) in object.fields() {
            let slot = match key {
                "type" => &mut top.kind,
                "event" => &mut top.event,
                "name" => &mut top.name,
                "userId" => &mut top.user_id,
                "anonymousId" => &mut top.anonymous_id,
                "messageId" => &mut top.message_id,
                "timestamp" => &mut top.timestamp,
                "originalTimestamp" => &mut top.original_timestamp,
                "sentAt" => &mut top.sent_at,
                "receivedAt" => &mut top.received_at,
                "properties" => &mut top.properties,
                "context" => &mut top.context,
                "traits" => &mut top.traits,
                "batch" => &mut top.batch,
                "specversion" => &mut top.specversion,
                "data" => &mut top.data,
                "data_base64" => &mut top.data_base64,
                "id" => &mut top.id,
                "time" => &mut top.time,
                _ => continue,
            };
            *slot = Some(value);
        }
        top
    }
}

/// `context`: each part only where it is an object.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Context<'a> {
    pub page: Option<View<'a>>,
    pub campaign: Option<View<'a>>,
    pub traits: Option<View<'a>>,
}

impl<'a> Context<'a> {
    pub fn read(context: Option<View<'a>>) -> Self {
        let mut parts = Self::default();
        for (key, value) in context.into_iter().flat_map(View::fields) {
            let slot = match key {
                "page" => &mut parts.page,
                "campaign" => &mut parts.campaign,
                "traits" => &mut parts.traits,
                _ => continue,
            };
            *slot = value.is_object().then_some(value);
        }
        parts
    }

    /// Its own parts, and the parts of the batch that it lacks.
    pub fn or(self, batch: Context<'a>) -> Self {
        Self {
            page: self.page.or(batch.page),
            campaign: self.campaign.or(batch.campaign),
            traits: self.traits.or(batch.traits),
        }
    }
}

/// `properties`, and the parts of it that `context.page` may hold as well.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Properties<'a> {
    pub url: Option<&'a str>,
    pub path: Option<&'a str>,
    pub search: Option<&'a str>,
    pub title: Option<&'a str>,
    pub referrer: Option<&'a str>,
    pub name: Option<&'a str>,
    offline: Option<View<'a>>,
    channel: Option<View<'a>>,
    pub form: Form<'a>,
}

impl<'a> Properties<'a> {
    pub fn read(properties: Option<View<'a>>) -> Self {
        let mut picked = Self::default();
        let mut completeness = None;
        for (key, value) in properties.into_iter().flat_map(View::fields) {
            match key {
                "url" => picked.url = filled(value),
                "path" => picked.path = filled(value),
                "search" => picked.search = filled(value),
                "title" => picked.title = filled(value),
                "referrer" => picked.referrer = filled(value),
                "name" => picked.name = filled(value),
                "offline" => picked.offline = Some(value),
                "channel" => picked.channel = Some(value),
                "form_completeness" => picked.form.completeness = Some(value),
                "completeness" => completeness = Some(value),
                "fields_completed" => picked.form.fields_completed = Some(value),
                "fields_total" => picked.form.fields_total = Some(value),
                "fields" => picked.form.fields = Some(value),
                _ => {}
            }
        }
        picked.form.completeness = picked.form.completeness.or(completeness);
        picked
    }

    /// `offline: true` (or the text), or `channel: "offline"`.
    pub fn is_offline(&self) -> bool {
        let says = |value: Option<View<'_>>, word: &str| {
            value.and_then(View::text).is_some_and(|text| text.trim().eq_ignore_ascii_case(word))
        };
        self.offline.and_then(View::flag).unwrap_or(false)
            || says(self.offline, "true")
            || says(self.channel, "offline")
    }
}

/// Text that says something; blank text and other values are passed over.
pub(super) fn filled(value: View<'_>) -> Option<&str> {
    value.text().filter(|text| !text.trim().is_empty())
}
