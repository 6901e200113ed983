//! From a record to its events: one object, a batch, or a CloudEvent around either.

use super::assemble::{Assembler, Room, Rules, Sink};
use super::envelope::Reader;
use super::event::Event;
use super::fault::{Fault, Reason};
use super::ids::Blocked;
use super::json::Parser;
use super::raw;
use super::record::Record;
use super::tenant::Tenants;
use super::traits::TraitPaths;
use crate::config::{Config, Limits, Tenancy, Trait};

/// Levels of nesting that an event may have.
pub const MAX_DEPTH: usize = 64;
/// Levels up to which a text is read so that the good events beside one that is too deep are not lost with it.
pub(super) const MAX_TEXT_DEPTH: usize = 1024;

/// Reads the events out of records. Owns all buffers, so that an event in a buffer that has grown to its size allocates
/// nothing; one per lane.
///
/// What it accepts, beyond Segment's specification:
/// - `type` in any case; ids as numbers; instants as [`super::instant::parse`] has them; a byte order mark.
/// - `{"batch":[…]}`: an item takes the batch's `context` (`page`, `campaign` and `traits`, each as a whole), `sentAt` and
///   `receivedAt` where it lacks them, and the batch's ids where it has none. The batch's `messageId` is its own.
/// - CloudEvents, binary: the value is the event (or batch); `ce_id` is its id where it has no `messageId`, `ce_time` its
///   instant where it tells none. Structured (by `specversion`, or by the content type): the same with `id`, `time`, and the
///   event in `data` (an object, or text that is one) or `data_base64`. A batch of structured ones (by the content type).
/// - Fields of a wrong type that do not matter are passed over. Of repeated keys the last one counts.
pub struct Decoder {
    record_bytes: usize,
    rules: Rules,
    room: Room,
    text: Parser,
    /// For the event inside a CloudEvent, where it is text or Base64 in the outer text; and the bytes of the latter.
    data: Parser,
    data_bytes: Vec<u8>,
}

/// What became of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// Events that were handed to the sink.
    pub good: u32,
    /// The record goes to the dead letters, once. Of a batch, good events may have been handed over nevertheless.
    pub fault: Option<Fault>,
}

impl Decoder {
    pub fn new(config: &Config) -> Self {
        Self::with(&config.limits, &config.tenancy, &config.traits)
    }

    /// From those parts of the configuration that matter here.
    pub fn with(limits: &Limits, tenancy: &Tenancy, traits: &[Trait]) -> Self {
        Self {
            record_bytes: limits.record_bytes,
            rules: Rules {
                blocked: Blocked::new(&limits.blocked_ids),
                tenants: Tenants::new(tenancy),
                traits: TraitPaths::new(traits),
            },
            room: Room::default(),
            text: Parser::new(MAX_DEPTH),
            data: Parser::new(MAX_TEXT_DEPTH),
            data_bytes: Vec::new(),
        }
    }

    /// Calls `sink(item, event)` for each good event, in order; `item` is `None` for a single object, `Some(n)` for item `n`
    /// of a batch. Never panics, whatever the bytes.
    pub fn decode<'r>(&mut self, record: &Record<'r>, sink: &mut dyn FnMut(Option<u32>, &Event<'_>)) -> Decoded {
        let json = match text_of(record, self.record_bytes) {
            Ok(json) => json,
            Err(fault) => return Decoded { good: 0, fault: Some(fault) },
        };
        let Self { rules, room, text, data, data_bytes, .. } = self;
        let mut good = 0;
        let mut counting = |item: Option<u32>, event: &Event<'_>| {
            good += 1;
            sink(item, event);
        };
        let sink: &mut Sink<'_> = &mut counting;
        let events = Assembler { rules, room, record, sink, deep: false, max_depth: MAX_DEPTH };
        let mut reader = Reader { events, data, data_bytes };
        let result = match text.parse(json, |value| reader.text(value, json)) {
            Err(fault) if fault.reason == Reason::TooDeep => {
                reader.events.deep = true;
                Parser::new(MAX_TEXT_DEPTH).parse(json, |value| reader.text(value, json))
            }
            result => result,
        };
        let fault = result.and_then(|read| read).err();
        Decoded { good, fault }
    }
}

fn text_of<'r>(record: &Record<'r>, limit: usize) -> Result<&'r [u8], Fault> {
    let Some(value) = record.value else {
        return Err(Fault::new(Reason::NullValue, "a tombstone"));
    };
    if value.len() > limit {
        let detail = format!("{} bytes, at most {limit} are allowed", value.len());
        return Err(Fault::new(Reason::TooLarge, detail));
    }
    match raw::trim(value) {
        [] => Err(Fault::new(Reason::EmptyValue, if value.is_empty() { "no bytes" } else { "only white space" })),
        json => Ok(json),
    }
}
