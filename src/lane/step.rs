//! One step: records in, leads moved, effects out. It commits nothing, and knows neither clock nor Kafka.
//!
//! Every event is folded as it comes, and its features are written into a matrix; a full matrix is scored at once and decided on in
//! order (`say`). Batches may be cut anywhere: what is said depends on the order of events alone.
//!
//! While a sweep by other models is on, a lead has its turn in it right before its next event, if it has not had it. So no event is
//! compared with what another model has said, and what is said of a lead does not depend on how far the sweep has come.

use std::sync::Arc;

use super::drift::Drifts;
use super::error::StepError;
use super::folder::Folder;
use super::outbox::Outbox;
use super::rows::{Row, Words};
use super::say::Speaker;
use super::shard::Shard;
use super::sweep::Sweep;
use super::tally::Tally;
use crate::config::{Config, Topics};
use crate::decision::{Occasion, Rules};
use crate::features::Schema;
use crate::lead::fold::Folded;
use crate::lead::leads::{Leads, Origin};
use crate::log::Stream;
use crate::model::Served;
use crate::snapshot::rows::LeadRow;
use crate::touchpoint::Taxonomy;
use crate::wire::dead_letter::DeadLetter;
use crate::wire::decode::Decoder;
use crate::wire::event::Event;
use crate::wire::fault::Fault;
use crate::wire::record::{Headers, Record};

/// Leads that are rescored in one slice of a sweep.
pub const SLICE: usize = 64;

/// The step's working memory; one to a lane.
pub struct Step {
    decoder: Decoder,
    folder: Folder,
    speaker: Speaker,
    dead_letter_bytes: usize,
}

impl Step {
    /// `dead_letter_bytes`: what a record of the dead-letter topic may have; a larger one is cut.
    pub fn new(
        config: &Arc<Config>,
        taxonomy: &Taxonomy,
        schema: &Arc<Schema>,
        models: &Arc<Served>,
        rules: &Rules,
        dead_letter_bytes: usize,
    ) -> Self {
        let folder = Folder::new(config, taxonomy, schema);
        let speaker = Speaker::new(config, schema, models, rules);
        Self { decoder: Decoder::new(config), folder, speaker, dead_letter_bytes }
    }

    /// The topics that it works for.
    pub fn topics(&self) -> &Topics {
        self.speaker.topics()
    }

    /// The models that it scores by.
    pub fn models(&self) -> &Arc<Served> {
        self.speaker.models()
    }

    /// How what was scored lies beside what the models learned from.
    pub fn drifts(&self) -> &Drifts {
        self.speaker.drifts()
    }

    /// Scores by these from now on. Belongs between two transactions, so that all of one is said by the same models.
    pub fn serve(&mut self, models: Arc<Served>) {
        self.speaker.serve(models);
    }

    /// Takes one record in. Its effects may come with a later record's, at the latest with [`Step::finish`].
    pub fn record(
        &mut self,
        topic: usize,
        record: &Record<'_>,
        shard: &mut Shard,
        outbox: &mut Outbox,
        tally: &mut Tally,
    ) -> Result<(), StepError> {
        let Self { decoder, folder, speaker, .. } = self;
        let mut failed = None;
        let decoded = decoder.decode(record, &mut |item, event| {
            if failed.is_some() {
                return;
            }
            tally.event(topic, event.kind);
            if let Some(sweep) = shard.sweeps.running().filter(|sweep| sweep.occasion == Occasion::Model) {
                failed = folder.sweep_before(event, &sweep, speaker, shard).err();
            }
            let origin = Origin { topic: topic as u16, offset: record.offset };
            let done = match folder.fold(event, origin, shard, Some(speaker)) {
                Ok((Folded::Duplicate, _)) => {
                    tally.duplicates += 1;
                    Ok(())
                }
                Ok((Folded::New, hash)) => {
                    let as_of_ms = folder.facts.newest_ms();
                    let row = Row::of(record, topic, item, hash, as_of_ms, event);
                    let words = Words {
                        tenant: event.tenant,
                        lead: event.lead,
                        id: event.id,
                        name: event.name,
                        topic: record.topic,
                    };
                    folder.schema.extract(&folder.facts, as_of_ms, speaker.push(row, &words));
                    Ok(())
                }
                Err(error) => Err(error),
            };
            let done = done.and_then(|()| match speaker.is_full() {
                true => speaker.speak(shard, outbox, tally),
                false => Ok(()),
            });
            failed = failed.take().or(done.err());
        });
        if let Some(error) = failed {
            return Err(error);
        }
        tally.record_times_ms.push(record.at_ms);
        if let Some(fault) = decoded.fault {
            tally.dead_letter(fault.reason);
            self.set_aside(record, &fault, shard.partition, outbox);
        }
        shard.advance(topic, record.offset + 1);
        Ok(())
    }

    /// Scores, decides and says what is still open. Belongs at the end of each run of records of one shard.
    pub fn finish(&mut self, shard: &mut Shard, outbox: &mut Outbox, tally: &mut Tally) -> Result<(), StepError> {
        self.speaker.speak(shard, outbox, tally)
    }

    /// A slice of a sweep: rescores at most `most.0` leads, looking at `most.1` places, and says what is to be said. Belongs between two
    /// runs of records. Returns what is left of the sweep.
    pub fn sweep(
        &mut self,
        mut sweep: Sweep,
        every_ms: i64,
        most: (usize, usize),
        shard: &mut Shard,
        outbox: &mut Outbox,
        tally: &mut Tally,
    ) -> Result<Option<Sweep>, StepError> {
        let Self { folder, speaker, .. } = self;
        let (partition, mut failed, mut place) = (shard.partition, None, sweep.place);
        let done = shard.leads().walk(&mut place, most.1, |kept| {
            failed = folder.sweep(kept, &sweep, every_ms, partition, speaker).err();
            failed.is_none() && speaker.rows() < most.0
        });
        if let Some(error) = failed {
            return Err(error);
        }
        speaker.speak(shard, outbox, tally)?;
        sweep.place = place;
        Ok(if done { None } else { Some(sweep) })
    }

    /// Forgets what is open: the transaction is aborted.
    pub fn forget(&mut self) {
        self.speaker.clear();
    }

    /// Folds a record that was committed before: facts move, nothing is said.
    pub fn restore_facts(&mut self, topic: usize, record: &Record<'_>, shard: &mut Shard) -> Result<(), StepError> {
        self.restore(topic, record, shard, |_| true)
    }

    /// As [`Step::restore_facts`], of one lead alone, so that the shard holds no other.
    pub fn restore_lead(
        &mut self,
        topic: usize,
        record: &Record<'_>,
        (tenant, lead): (&str, &str),
        shard: &mut Shard,
    ) -> Result<(), StepError> {
        self.restore(topic, record, shard, |event| event.lead == lead && event.tenant == tenant)
    }

    fn restore(
        &mut self,
        topic: usize,
        record: &Record<'_>,
        shard: &mut Shard,
        concerns: impl Fn(&Event<'_>) -> bool,
    ) -> Result<(), StepError> {
        let Self { decoder, folder, .. } = self;
        let origin = Origin { topic: topic as u16, offset: record.offset };
        let mut failed = None;
        decoder.decode(record, &mut |_, event| {
            if failed.is_none() && concerns(event) {
                failed = folder.fold(event, origin, shard, None).err();
            }
        });
        shard.advance(topic, record.offset + 1);
        failed.map_or(Ok(()), Err)
    }

    /// Takes a lead's decisions over from a score change that was committed before. Returns whether the lead is known.
    pub fn restore_decisions(&mut self, record: &Record<'_>, shard: &mut Shard) -> Result<bool, StepError> {
        let (Some(key), Some(decisions)) = (record.key, record.headers.last(super::report::DECISIONS)) else {
            return Ok(false);
        };
        crate::decision::Decisions::decode(decisions)?;
        let hash = Leads::hash(key);
        let Some(kept) = shard.leads().get(hash, key) else { return Ok(false) };
        let origin = kept.origin;
        self.folder.bytes.clear();
        self.folder.bytes.extend_from_slice(kept.facts);
        shard.write_restored(hash, LeadRow { key, facts: &self.folder.bytes, decisions, origin })?;
        Ok(true)
    }

    fn set_aside(&self, record: &Record<'_>, fault: &Fault, partition: i32, outbox: &mut Outbox) {
        let letter = DeadLetter::new(record, fault, self.dead_letter_bytes);
        let mut draft = outbox.draft(Stream::DeadLetters, partition, record.at_ms);
        draft.key(letter.key).value(letter.value);
        for index in 0..letter.len() {
            let (name, value) = letter.get(index);
            draft.foreign_header(name, value);
        }
        draft.send();
    }
}
