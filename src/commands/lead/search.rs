//! One partition's answer: the lead's facts as of the wanted positions, what was said of it up to there, and the last record once more.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use indicatif::ProgressBar;

use super::loading::load;
use super::question::Question;
use super::reading::{patiently, read};
use super::said::{Change, Replay};
use crate::commands::assembly::Assembly;
use crate::config::Config;
use crate::decision::{Decisions, Rules};
use crate::lane::StepError;
use crate::lane::outbox::Outbox;
use crate::lane::shard::{Shard, folded_from};
use crate::lane::snapshots::Identities;
use crate::lane::step::Step;
use crate::lane::tally::Tally;
use crate::lead::facts::Facts;
use crate::lead::leads::Leads;
use crate::log::{Input, Output, Position, Source, Stream};
use crate::snapshot::head::Head;
use crate::snapshot::keeper::{Keeper, Wanted, WantedInput};
use crate::wire::record::{OwnedRecord, Record};

/// One question for committed positions: a transaction that is pending on them may have to end first.
const ASK: Duration = Duration::from_secs(2);

pub struct Search<'a, S> {
    config: Arc<Config>,
    question: &'a Question,
    source: S,
    streams: Identities,
    keeper: Keeper,
    /// Says the score of every event, and not only where it has moved.
    step: Step,
    bar: ProgressBar,
}

/// What one partition says.
pub enum Outcome {
    /// The group has no position there.
    NothingCommitted,
    /// Nothing of this lead, after so many input records.
    NotHere {
        records: u64,
    },
    /// Retention has deleted what would have to be read.
    Cut {
        why: String,
    },
    Found(Box<Found>),
}

/// The lead, as one partition holds it.
pub struct Found {
    pub partition: i32,
    pub inputs: Vec<Stand>,
    pub head: Option<Arc<Head>>,
    pub passed_over: Vec<String>,
    /// Input records that were read.
    pub records: u64,
    pub facts: Facts,
    pub decisions: Decisions,
    /// What the next score change says of the one before it, where that is not the one that was found: compaction has taken that.
    pub overtaken: Option<i64>,
    /// Those up to the positions, oldest first.
    pub changes: Vec<Change>,
    pub replay: Option<Replay>,
}

/// How far one input is taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stand {
    /// Index of the topic.
    pub topic: usize,
    /// Where reading began: where the snapshot stands, else where the fold began.
    pub begin: i64,
    /// One past the last record that is taken in.
    pub next: i64,
}

impl<'a, S: Source> Search<'a, S> {
    pub fn new(
        assembly: &Assembly,
        question: &'a Question,
        mut source: S,
        keeper: Keeper,
        bar: ProgressBar,
    ) -> anyhow::Result<Self> {
        let Assembly { config, taxonomy, schema, models, .. } = assembly;
        let streams = Identities::ask(&config.topics, |stream| patiently(|| source.topic_id(stream)))?;
        let rules = Rules::new(0.0, &config.jumps)?;
        let step = Step::new(config, taxonomy, schema, models, &rules, usize::MAX);
        Ok(Self { config: config.clone(), question, source, streams, keeper, step, bar })
    }

    pub fn partition(&mut self, partition: i32) -> anyhow::Result<Outcome> {
        let committed = self.committed(partition)?;
        if committed.iter().all(Option::is_none) {
            return Ok(Outcome::NothingCommitted);
        }
        let wanted = self.wanted(partition, &committed)?;
        let mut loaded = load(&self.keeper, wanted, &self.question.key, &self.bar)?;
        let inputs = match self.stands(partition, &committed, loaded.head.as_deref())? {
            Ok(inputs) => inputs,
            Err(why) => return Ok(Outcome::Cut { why }),
        };
        let (records, last) = self.fold(&inputs, &mut loaded.shard)?;
        let hash = Leads::hash(&self.question.key);
        let kept = loaded.shard.leads().get(hash, &self.question.key);
        if kept.is_none() && last.is_none() {
            return Ok(Outcome::NotHere { records });
        }
        let ground = Ground {
            decisions: kept.map(|kept| kept.decisions.to_vec()).unwrap_or_default(),
            from: loaded.head.as_ref().map_or(0, |head| head.said.to),
        };
        let changes = self.score_changes(partition)?;
        let replay = match self.question.at.last() {
            Some(&at) => Some(self.replay(at, last, &inputs, &changes, &ground, &mut loaded.shard)?),
            None => None,
        };
        let Some(kept) = loaded.shard.leads().get(hash, &self.question.key) else {
            return Ok(Outcome::NotHere { records });
        };
        let mut facts = Facts::default();
        facts.decode(kept.facts)?;
        let decisions = Decisions::decode(self.decided(&changes, &ground, &inputs))?;
        let said = decisions.said().map(|said| i64::from(said.score));
        // The first one beyond the positions knows what was said before it.
        let beyond = changes.iter().find(|change| !self.is_within(change, &inputs));
        let overtaken = beyond.map(|change| change.value["previous"].as_i64()).filter(|previous| *previous != said);
        let (head, passed_over) = (loaded.head, loaded.passed_over);
        let overtaken = overtaken.flatten();
        let changes = changes.into_iter().filter(|change| self.is_within(change, &inputs)).collect();
        Ok(Outcome::Found(Box::new(Found {
            partition,
            inputs,
            head,
            passed_over,
            records,
            facts,
            decisions,
            overtaken,
            changes,
            replay,
        })))
    }

    /// The group's positions, one for each input topic.
    fn committed(&mut self, partition: i32) -> anyhow::Result<Vec<Option<Position>>> {
        let inputs: Vec<Input> = (0..self.config.topics.events.len()).map(|topic| Input { topic, partition }).collect();
        Ok(patiently(|| self.source.committed(&inputs, ASK))?)
    }

    /// What a snapshot must fit: it stands before the record that is replayed, and not after any other that was named.
    fn wanted(&self, partition: i32, committed: &[Option<Position>]) -> anyhow::Result<Wanted> {
        let replayed = self.question.at.last().map(|(topic, _)| *topic);
        let input = |(topic, position): (usize, &Option<Position>)| {
            let (name, mut to) = (&self.streams.events[topic], position.as_ref().map_or(0, |position| position.offset));
            if let Some(offset) = self.question.named(topic) {
                anyhow::ensure!(
                    offset < to,
                    "{}:{partition}:{offset} has not been taken in: the group's position is {to}",
                    name.name
                );
                to = if replayed == Some(topic) { offset } else { offset + 1 };
            }
            let from = position.as_ref().and_then(folded_from);
            Ok(WantedInput { topic: name.clone(), committed: to, from })
        };
        let inputs = committed.iter().enumerate().map(input).collect::<anyhow::Result<_>>()?;
        Ok(Wanted { partition, inputs, score_changes: self.streams.score_changes.clone() })
    }

    /// What is to be read of each input; else why that cannot be.
    fn stands(
        &mut self,
        partition: i32,
        committed: &[Option<Position>],
        head: Option<&Head>,
    ) -> anyhow::Result<Result<Vec<Stand>, String>> {
        let mut stands = Vec::new();
        for (topic, position) in committed.iter().enumerate() {
            let Some(position) = position else { continue };
            let low = patiently(|| self.source.bounds(Stream::Events(topic), partition))?.low;
            let identity = &self.streams.events[topic];
            let reach = head.and_then(|head| head.reach.iter().find(|reach| reach.topic == *identity));
            let begin = reach.map_or_else(|| folded_from(position).unwrap_or(low), |reach| reach.to);
            let next = match self.question.named(topic) {
                Some(offset) => offset + 1,
                None if self.question.at.is_empty() => position.offset,
                // Nobody knows how far it was then.
                None => begin,
            };
            let name = &identity.name;
            anyhow::ensure!(begin <= next, "{name}:{partition}: its records are taken in from offset {begin} on");
            if low > begin && begin < next {
                let snapshot = match head {
                    Some(head) => format!("snapshot {} reaches no further", head.number),
                    None => "no snapshot fits".to_owned(),
                };
                return Ok(Err(format!(
                    "retention has deleted the offsets {begin} to {} of {name}:{partition}, and {snapshot}",
                    low - 1
                )));
            }
            stands.push(Stand { topic, begin, next });
        }
        Ok(Ok(stands))
    }

    /// Folds what the inputs hold of the lead, but for the record that is to be replayed, which is handed back. Returns as well how many
    /// records were read.
    fn fold(&mut self, inputs: &[Stand], shard: &mut Shard) -> anyhow::Result<(u64, Option<OwnedRecord>)> {
        let Self { question, source, step, bar, .. } = self;
        let name = (question.name.tenant.as_str(), question.name.lead.as_str());
        let replayed = question.at.last().copied();
        let (mut records, mut last) = (0, None);
        for &Stand { topic, begin, next } in inputs {
            let stream = (Stream::Events(topic), shard.partition);
            records += read(source, stream, begin..next, bar, |record| {
                if replayed == Some((topic, record.offset)) {
                    last = Some(owned(record));
                    return Ok(());
                }
                Ok(step.restore_lead(topic, record, name, shard)?)
            })?;
        }
        Ok((records, last))
    }

    /// All score changes of the lead that the topic still holds, oldest first.
    fn score_changes(&mut self, partition: i32) -> anyhow::Result<Vec<Change>> {
        let bounds = patiently(|| self.source.bounds(Stream::ScoreChanges, partition))?;
        let mut changes = Vec::new();
        let key = self.question.key.as_slice();
        read(&mut self.source, (Stream::ScoreChanges, partition), bounds.low..bounds.high, &self.bar, |record| {
            if record.key == Some(key) {
                changes.extend(Change::read(record.value, record.headers, Some(record.offset)));
            }
            Ok(())
        })?;
        Ok(changes)
    }

    /// Takes the record at the last position in as a lane does, and compares what it says with what was said.
    fn replay(
        &mut self,
        (topic, offset): (usize, i64),
        record: Option<OwnedRecord>,
        inputs: &[Stand],
        changes: &[Change],
        ground: &Ground,
        shard: &mut Shard,
    ) -> anyhow::Result<Replay> {
        let name = &self.config.topics.events[topic];
        let said = changes
            .iter()
            .filter(|change| change.is_of_an_event() && change.input() == (name, offset))
            .cloned()
            .collect();
        let mut replay = Replay { topic, offset, is_a_record: record.is_some(), said, computed: Vec::new() };
        let Some(record) = record else { return Ok(replay) };
        let before = inputs.iter().map(|stand| match stand.topic == topic {
            true => Stand { next: offset, ..*stand },
            false => *stand,
        });
        let before: Vec<Stand> = before.collect();
        let key = self.question.key.as_slice();
        let decisions = self.decided(changes, ground, &before).to_vec();
        shard.write_decisions(Leads::hash(key), key, &decisions, &mut Vec::new()).map_err(StepError::from)?;
        let (mut outbox, mut tally) = (Outbox::default(), Tally::default());
        self.step.record(topic, &record.as_record(), shard, &mut outbox, &mut tally)?;
        self.step.finish(shard, &mut outbox, &mut tally)?;
        outbox.each(|Output { stream, key: its, value, headers, .. }| {
            if stream == Stream::ScoreChanges && its == Some(key) {
                replay.computed.extend(Change::read(value, headers, None));
            }
            Ok::<(), Infallible>(())
        })?;
        Ok(replay)
    }

    /// The lead's decisions at these positions, as far as the topic still has them.
    fn decided<'c>(&self, changes: &'c [Change], ground: &'c Ground, inputs: &[Stand]) -> &'c [u8] {
        let newer = |change: &&Change| change.offset.is_some_and(|offset| offset >= ground.from);
        let last = changes.iter().rev().filter(newer).find(|change| self.is_within(change, inputs));
        last.map_or(&ground.decisions, |change| &change.decisions)
    }

    /// Whether a change was said before its input had come beyond these positions.
    fn is_within(&self, change: &Change, inputs: &[Stand]) -> bool {
        let (name, offset) = change.input();
        let stand = inputs.iter().find(|stand| self.config.topics.events[stand.topic] == name);
        // What came from a topic that is no input any more is older than all that comes now.
        stand.is_none_or(|stand| offset < stand.next)
    }
}

/// What a snapshot has of a lead's decisions: all that was said below an offset.
struct Ground {
    decisions: Vec<u8>,
    from: i64,
}

fn owned(record: &Record<'_>) -> OwnedRecord {
    let headers = (0..record.headers.len()).map(|index| record.headers.get(index));
    OwnedRecord {
        topic: record.topic.to_owned(),
        partition: record.partition,
        offset: record.offset,
        at_ms: record.at_ms,
        key: record.key.map(<[u8]>::to_vec),
        value: record.value.map(<[u8]>::to_vec),
        headers: headers.map(|(name, value)| (name.to_vec(), value.map(<[u8]>::to_vec))).collect(),
    }
}
