//! CloudEvents 1.0 around events: Kafka protocol binding (binary and structured mode), JSON format, JSON batch format.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::assemble::{Around, Assembler, Envelope};
use super::batch::{each, not_an_object};
use super::fault::{Fault, Reason};
use super::fields::Top;
use super::instant;
use super::json::{Parser, View};
use super::raw::{self, Items, Origin};

/// Finds out what a text is, and has its events put together.
pub(super) struct Reader<'x, 'r> {
    pub events: Assembler<'x, 'r>,
    /// For data that is a text in the text.
    pub data: &'x mut Parser,
    pub data_bytes: &'x mut Vec<u8>,
}

impl Reader<'_, '_> {
    /// Hands on all events of the text `json`, whose value is `value`.
    pub fn text(&mut self, value: View<'_>, json: &[u8]) -> Result<(), Fault> {
        if value.is_array() && self.has_content_type("application/cloudevents-batch") {
            let mut places = Items::new(json, None);
            return each(value, |index, item| {
                self.cloud_event(&Top::read(item), Some(index), &mut Origin::DataOfItem(&mut places, index as usize))
            });
        }
        if !value.is_object() {
            return Err(not_an_object(value));
        }
        let top = Top::read(value);
        if self.is_cloud_event(&top) {
            return self.cloud_event(&top, None, &mut Origin::DataOf(json));
        }
        self.events.event_or_batch(value, &top, Envelope::Headers, &mut Origin::Whole(json))
    }

    /// Only what has data is looked at closer, so that the content type of plain events is never asked for.
    fn is_cloud_event(&self, top: &Top<'_>) -> bool {
        (top.data.is_some() || top.data_base64.is_some())
            && (top.specversion.is_some() || self.has_content_type("application/cloudevents"))
    }

    fn has_content_type(&self, start: &str) -> bool {
        let value = self.events.record.headers.last("content-type").unwrap_or_default();
        value.get(..start.len()).is_some_and(|value| value.eq_ignore_ascii_case(start.as_bytes()))
    }

    /// One CloudEvent in structured mode: a record, or an item of a CloudEvents batch.
    fn cloud_event(&mut self, outer: &Top<'_>, item: Option<u32>, origin: &mut Origin<'_, '_>) -> Result<(), Fault> {
        let envelope =
            Envelope::Attributes { id: outer.id.and_then(View::text), time_ms: outer.time.and_then(instant::read) };
        if let Some(data) = outer.data.filter(|data| data.is_object()) {
            return inner(&mut self.events, data, envelope, item, origin);
        }
        let Self { events, data: parser, data_bytes } = self;
        let json = match (outer.data.and_then(View::text), outer.data_base64.and_then(View::text)) {
            (Some(text), _) => text.as_bytes(),
            (None, Some(base64)) => {
                data_bytes.clear();
                BASE64.decode_vec(base64, data_bytes).map_err(|e| invalid(format!("data_base64: {e}")))?;
                data_bytes
            }
            (None, None) => return Err(invalid("no event in data or data_base64")),
        };
        let json = raw::trim(json);
        // Its levels have not been counted together with those of the record's text.
        let deep = std::mem::replace(&mut events.deep, true);
        let result = parser.parse(json, |data| {
            if !data.is_object() {
                return Err(not_an_object(data));
            }
            inner(events, data, envelope, item, &mut Origin::Whole(json))
        });
        events.deep = deep;
        result.and_then(|read| read)
    }
}

/// The event inside a CloudEvent, or the batch of them.
fn inner(
    events: &mut Assembler<'_, '_>,
    data: View<'_>,
    envelope: Envelope<'_>,
    item: Option<u32>,
    origin: &mut Origin<'_, '_>,
) -> Result<(), Fault> {
    let top = Top::read(data);
    match item {
        None => events.event_or_batch(data, &top, envelope, origin),
        Some(_) if top.batch.is_some_and(View::is_array) => Err(invalid("a batch inside of a batch")),
        Some(_) => events.event(data, &top, &Around { item, envelope, ..Around::default() }, origin),
    }
}

#[cold]
fn invalid(why: impl Into<String>) -> Fault {
    Fault::new(Reason::InvalidCloudevent, why)
}
