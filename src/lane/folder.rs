//! One lead at a time: an event into its facts, and a lead to whom nothing happened among those that wait for their score.

use std::sync::Arc;

use super::error::StepError;
use super::rows::{Row, Words};
use super::say::Speaker;
use super::shard::Shard;
use super::sweep::Sweep;
use crate::config::{Config, TraitKind};
use crate::decision::{Glance, Occasion};
use crate::features::Schema;
use crate::lead::facts::Facts;
use crate::lead::fold::{Folded, Said};
use crate::lead::leads::{Kept, Leads, Origin};
use crate::snapshot::rows::LeadRow;
use crate::touchpoint::{Reader, Taxonomy};
use crate::wire::change::Cause;
use crate::wire::event::Event;

/// Buffers, reused from lead to lead.
pub struct Folder {
    reader: Reader,
    pub schema: Arc<Schema>,
    kinds: Vec<TraitKind>,
    topics: Vec<String>,
    /// Of the lead that was folded last, and as they are kept.
    pub facts: Facts,
    key: Vec<u8>,
    pub bytes: Vec<u8>,
    decisions: Vec<u8>,
}

impl Folder {
    pub fn new(config: &Config, taxonomy: &Taxonomy, schema: &Arc<Schema>) -> Self {
        Self {
            reader: Reader::new(taxonomy),
            schema: schema.clone(),
            kinds: config.traits.iter().map(|t| t.kind).collect(),
            topics: config.topics.events.clone(),
            facts: Facts::default(),
            key: Vec::new(),
            bytes: Vec::new(),
            decisions: Vec::new(),
        }
    }

    /// Folds one event into its lead and writes the lead back; for good, where nothing is to be said of it by a `speaker`. Returns
    /// whether it was new, and the hash of the lead's key.
    pub fn fold(
        &mut self,
        event: &Event<'_>,
        origin: Origin,
        shard: &mut Shard,
        mut speaker: Option<&mut Speaker>,
    ) -> Result<(Folded, u64), StepError> {
        let touchpoint = self.reader.read(event);
        let hash = self.address(event);
        self.decisions.clear();
        let mut before = origin;
        match shard.leads().get(hash, &self.key) {
            Some(kept) => {
                self.facts.decode(kept.facts)?;
                self.decisions.extend_from_slice(kept.decisions);
                before = kept.origin;
                if let Some(speaker) = &mut speaker {
                    speaker.keep_facts(hash, &self.key, kept.facts);
                }
            }
            None => self.facts.clear(),
        }
        let said = Said { known: event.known, form_completeness: event.form_completeness, traits: event.traits };
        let folded = self.facts.fold(touchpoint, said, &self.kinds);
        self.bytes.clear();
        self.facts.encode(&mut self.bytes);
        let origin = if folded == Folded::New { origin } else { before };
        let row = LeadRow { key: &self.key, facts: &self.bytes, decisions: &self.decisions, origin };
        match speaker {
            Some(_) => shard.write(hash, row)?,
            None => shard.write_restored(hash, row)?,
        }
        Ok((folded, hash))
    }

    /// Writes the key of the event's lead, and returns its hash.
    fn address(&mut self, event: &Event<'_>) -> u64 {
        self.key.clear();
        self.key.extend_from_slice(event.tenant.as_bytes());
        self.key.push(b'/');
        self.key.extend_from_slice(event.lead.as_bytes());
        Leads::hash(&self.key)
    }

    /// The event's lead has its turn in a sweep, unless a row of it waits, which then is by the new models already.
    pub fn sweep_before(
        &mut self,
        event: &Event<'_>,
        sweep: &Sweep,
        speaker: &mut Speaker,
        shard: &Shard,
    ) -> Result<(), StepError> {
        let hash = self.address(event);
        match shard.leads().get(hash, &self.key) {
            Some(kept) if !speaker.holds(hash, &self.key) => {
                self.sweep(kept, sweep, i64::MAX, shard.partition, speaker)
            }
            _ => Ok(()),
        }
    }

    /// A lead waits for its score, if it has its turn in the sweep.
    pub fn sweep(
        &mut self,
        kept: Kept<'_>,
        sweep: &Sweep,
        every_ms: i64,
        partition: i32,
        speaker: &mut Speaker,
    ) -> Result<(), StepError> {
        let Ok(key) = std::str::from_utf8(kept.key) else { return Ok(()) };
        let Some((tenant, lead)) = key.split_once('/') else { return Ok(()) };
        let said = Glance::at(kept.decisions);
        let models = speaker.models();
        let fingerprint = models.model(models.place(tenant)).fingerprint();
        if !sweep.concerns(said, fingerprint, Leads::hash(kept.key), every_ms) {
            return Ok(());
        }
        self.facts.decode(kept.facts)?;
        let said_ms = said.map_or(0, |said| said.said.at_ms);
        let as_of_ms = self.facts.newest_ms().max(said_ms).max(sweep.as_of_ms);
        let cause = match sweep.occasion {
            Occasion::Model => Cause::Model,
            Occasion::Time => Cause::Decay,
        };
        let row = Row::swept(kept.key, cause, as_of_ms, kept.origin, partition);
        let topic = self.topics.get(row.topic).map_or("", String::as_str);
        let words = Words { tenant, lead, id: "", name: None, topic };
        self.schema.extract(&self.facts, as_of_ms, speaker.push(row, &words));
        Ok(())
    }
}
