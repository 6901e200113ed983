//! What one partition must lead to, record by record: by the step alone, one record at a time, with no log and no lane.

use std::collections::BTreeMap;

use needle::lane::outbox::Outbox;
use needle::lane::shard::{InputState, Shard};
use needle::lane::step::Step;
use needle::lane::tally::Tally;
use needle::lead::leads::{Kept, Leads, Origin};
use needle::log::memory::StoredRecord;

use super::lane_support::Said;

pub struct Truth {
    shard: Shard,
    outbox: Outbox,
    tally: Tally,
    /// Everything that must be said so far.
    pub said: Said,
    /// After each record.
    marks: Vec<Mark>,
    leads: BTreeMap<Vec<u8>, Vec<Version>>,
}

/// Where the truth stands after a record.
#[derive(Clone, Copy, Default)]
struct Mark {
    topic: usize,
    offset: i64,
    said: Counts,
}

/// How many score changes, score jumps, dead letters.
pub type Counts = [usize; 3];

/// A lead as it is from a record on.
struct Version {
    since: usize,
    lead: Lead,
}

/// What is kept of a lead.
#[derive(Clone, PartialEq, Eq)]
pub struct Lead {
    pub facts: Vec<u8>,
    pub decisions: Vec<u8>,
    pub origin: Origin,
}

impl Lead {
    fn is(&self, kept: &Kept<'_>) -> bool {
        self.facts == kept.facts && self.decisions == kept.decisions && self.origin == kept.origin
    }
}

impl Truth {
    pub fn new(partition: i32, topics: usize) -> Self {
        let inputs = (0..topics).map(|topic| InputState { topic, from: 0, committed: 0, next: 0 });
        let shard = Shard::new(partition, inputs.collect());
        let (outbox, tally, said, marks, leads) = Default::default();
        Self { shard, outbox, tally, said, marks, leads }
    }

    /// The next record of the partition.
    pub fn feed(&mut self, step: &mut Step, topic: usize, record: &StoredRecord) {
        let Self { shard, outbox, tally, said, .. } = self;
        step.record(topic, &record.record(), shard, outbox, tally).expect("a step");
        step.finish(shard, outbox, tally).expect("a step");
        shard.commit();
        said.take(outbox, shard.partition);
        outbox.clear();
        tally.clear();
        self.remember();
        self.marks.push(Mark { topic, offset: record.offset, said: self.counts() });
    }

    /// Versions of the leads that the record has changed.
    fn remember(&mut self) {
        let since = self.marks.len() + 1;
        for kept in self.shard.leads().iter() {
            if self.leads.get(kept.key).and_then(|known| known.last()).is_some_and(|last| last.lead.is(&kept)) {
                continue;
            }
            let lead = Lead { facts: kept.facts.to_vec(), decisions: kept.decisions.to_vec(), origin: kept.origin };
            self.leads.entry(kept.key.to_vec()).or_default().push(Version { since, lead });
        }
    }

    fn counts(&self) -> Counts {
        [self.said.changes.len(), self.said.jumps.len(), self.said.letters.len()]
    }

    /// Records so far.
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// How many records lie before these positions, one for each topic.
    pub fn before(&self, positions: &[(usize, i64)]) -> usize {
        let is_before = |mark: &Mark| positions.iter().any(|(topic, next)| *topic == mark.topic && mark.offset < *next);
        self.marks.partition_point(is_before)
    }

    /// What must be said by the first `records`.
    pub fn said_by(&self, records: usize) -> Counts {
        if records == 0 { Counts::default() } else { self.marks[records - 1].said }
    }

    /// The leads after the first `records`.
    pub fn leads_after(&self, records: usize) -> impl Iterator<Item = (&[u8], &Lead)> {
        self.leads.iter().filter_map(move |(key, versions)| {
            let known = versions.partition_point(|version| version.since <= records);
            Some((key.as_slice(), &versions[known.checked_sub(1)?].lead))
        })
    }

    /// Whether these are the leads after the first `records`.
    pub fn compare(&self, leads: &Leads, records: usize) -> Result<(), String> {
        let mut known = 0;
        for (key, lead) in self.leads_after(records) {
            known += 1;
            let name = String::from_utf8_lossy(key);
            let kept = leads.get(Leads::hash(key), key).ok_or_else(|| format!("lead {name} is missing"))?;
            if !lead.is(&kept) {
                let part = match () {
                    () if lead.facts != kept.facts => "facts differ".to_owned(),
                    () if lead.decisions != kept.decisions => "decisions differ".to_owned(),
                    // A restore reads one topic after the other: the last record of all cannot be told from the last of each.
                    () if self.shard.inputs.len() > 1 => continue,
                    () => format!("it comes from {:?}, must be {:?}", kept.origin, lead.origin),
                };
                return Err(format!("lead {name} after {records} records: {part}"));
            }
        }
        if leads.len() == known { Ok(()) } else { Err(format!("{} leads, {known} are known", leads.len())) }
    }
}
