//! Segment's batch: `{"batch":[…]}`.

use super::assemble::{Around, Assembler, Envelope, origin_bytes};
use super::fault::{BadItems, Fault, Reason};
use super::fields::{Context, Top};
use super::ids::IdFields;
use super::json::View;
use super::raw::{Items, Origin};

impl Assembler<'_, '_> {
    /// Hands on the event in `object`, or all events of a batch in it.
    pub fn event_or_batch(
        &mut self,
        object: View<'_>,
        top: &Top<'_>,
        envelope: Envelope<'_>,
        origin: &mut Origin<'_, '_>,
    ) -> Result<(), Fault> {
        match top.batch.filter(|items| items.is_array()) {
            Some(items) => {
                let around = Around {
                    item: None,
                    ids: IdFields { user: top.user_id, anonymous: top.anonymous_id },
                    context: Context::read(top.context),
                    sent_at: top.sent_at,
                    received_at: top.received_at,
                    batch: Some(object),
                    envelope: envelope.of_items(self.record),
                };
                self.batch(items, around, &mut Items::new(origin_bytes(origin)?, Some("batch")))
            }
            None => self.event(object, top, &Around { envelope, ..Around::default() }, origin),
        }
    }

    fn batch<'a>(&mut self, items: View<'a>, mut around: Around<'a>, places: &mut Items<'_>) -> Result<(), Fault> {
        each(items, |index, item| {
            around.item = Some(index);
            self.event(item, &Top::read(item), &around, &mut Origin::Item(places, index as usize))
        })
    }
}

/// Calls `read` for each object among the items, and gathers what is wrong with them.
pub(super) fn each<'a>(items: View<'a>, mut read: impl FnMut(u32, View<'a>) -> Result<(), Fault>) -> Result<(), Fault> {
    let mut bad = BadItems::default();
    for (index, item) in (0..).zip(items.elements()) {
        let result = if item.is_object() { read(index, item) } else { Err(not_an_object(item)) };
        if let Err(fault) = result {
            bad.add(index, fault);
        }
    }
    bad.into_fault().map_or(Ok(()), Err)
}

#[cold]
pub(super) fn not_an_object(value: View<'_>) -> Fault {
    Fault::new(Reason::NotAnObject, format!("it is {}", value.kind()))
}
