//! What must hold at every step, and at the end.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use needle::commands::assembly::Assembly;
use needle::lane::shard::Shard;
use needle::lane::step::Step;
use needle::log::memory::{Broker, MemoryReader};
use needle::log::{Batch, Input, Reader};

use super::lane_support::{DEAD_LETTER_BYTES, GROUP, Line};
use super::truth::{Counts, Truth};
use super::upstream::Upstream;

pub struct Auditor {
    broker: Broker,
    pub assembly: Arc<Assembly>,
    step: Step,
    partitions: Vec<Partition>,
    /// What is told of an input, in place of the fold over all of it: retention has cut it, and its partition may be stopped.
    cut: bool,
}

struct Partition {
    truth: Truth,
    /// Of each topic, how many records the truth has been fed.
    fed: Vec<usize>,
    /// How much of each output was seen, and where the rest begins.
    seen: Counts,
    tails: [MemoryReader; 3],
    /// Of each score change.
    offsets: Vec<i64>,
}

const OUTPUTS: [&str; 3] = ["score changes", "score jumps", "dead letters"];

impl Auditor {
    pub fn new(broker: &Broker, assembly: &Arc<Assembly>, partitions: i32) -> Self {
        let topics = &assembly.config.topics;
        let outputs = [&topics.score_changes, &topics.score_jumps, &topics.dead_letters];
        let partition = |partition: i32| Partition {
            truth: Truth::new(partition, topics.events.len()),
            fed: vec![0; topics.events.len()],
            seen: Counts::default(),
            tails: outputs.map(|topic| MemoryReader::new(broker, topic, partition, 0, i64::MAX)),
            offsets: Vec::new(),
        };
        let partitions = (0..partitions).map(partition).collect();
        let (broker, step) = (broker.clone(), assembly.step(DEAD_LETTER_BYTES));
        Self { broker, assembly: assembly.clone(), step, partitions, cut: false }
    }

    /// Retention takes what may still be needed: a partition may end before its time, but never wrongly.
    pub fn history_is_cut(&mut self) {
        self.cut = true;
    }

    /// Whether the order in which the topics of a partition met is only known from what was said.
    pub fn is_mixed(&self) -> bool {
        self.assembly.config.topics.events.len() > 1
    }

    /// Something has come in. Of one topic the order is known, whatever becomes of it.
    pub fn learn(&mut self, upstream: &Upstream) {
        if !self.is_mixed() {
            let Self { step, partitions, .. } = self;
            for (number, partition) in (0..).zip(partitions) {
                partition.learn(step, upstream, Input { topic: 0, partition: number }, usize::MAX);
            }
        }
    }

    /// What was said so far is the beginning of what must be said, and positions tell no more and no less than outputs.
    pub fn step(&mut self, upstream: &Upstream, batch: &mut Batch) -> Result<(), String> {
        let mixed = self.is_mixed();
        let Self { broker, assembly, step, partitions, .. } = self;
        let topics = &assembly.config.topics;
        for (number, partition) in (0..).zip(partitions) {
            let named = |error: String| format!("partition {number}: {error}");
            for output in 0..3 {
                // Where the order is told by the score changes, they come first.
                let told = || broker.end(&topics.score_changes, number).ok() == Some(partition.tails[0].position());
                if mixed && output > 0 && !told() {
                    break;
                }
                loop {
                    partition.tails[output]
                        .poll(batch, usize::MAX, Duration::ZERO)
                        .map_err(|e| named(e.to_string()))?;
                    if batch.is_empty() {
                        break;
                    }
                    let read: Result<(), String> = batch.each(|_, record| {
                        let line = Line {
                            key: record.key.map(<[u8]>::to_vec),
                            value: record.value.map(<[u8]>::to_vec),
                            headers: (0..record.headers.len())
                                .map(|index| record.headers.get(index))
                                .map(|(name, value)| (name.to_vec(), value.map(<[u8]>::to_vec)))
                                .collect(),
                        };
                        if mixed && output == 0 {
                            partition.learn_from(step, upstream, &topics.events, number, &line)?;
                        }
                        if output == 0 {
                            partition.offsets.push(record.offset);
                        }
                        partition.check(output, &line)
                    });
                    read.map_err(named)?;
                }
            }
            let outputs = [&topics.score_changes, &topics.score_jumps, &topics.dead_letters];
            let stable = |topic: &&String| {
                let (stable, end) = (broker.last_stable(topic, number), broker.end(topic, number));
                stable.is_ok_and(|stable| end.is_ok_and(|end| stable == end))
            };
            let pending = |topic: &String| broker.is_unstable(GROUP, topic, number);
            if outputs.iter().all(stable) && !topics.events.iter().any(pending) {
                let committed = |topic: &String| broker.committed(GROUP, topic, number).map_or(0, |p| p.offset);
                let positions: Vec<(usize, i64)> = topics.events.iter().map(committed).enumerate().collect();
                let must = partition.truth.said_by(partition.truth.before(&positions));
                if must != partition.seen {
                    let seen = partition.seen;
                    return Err(named(format!("positions {positions:?} go with {must:?} outputs, there are {seen:?}")));
                }
            }
        }
        Ok(())
    }

    /// The leads that a lane has are those of the records that it has taken in.
    pub fn memory(&self, shard: &Shard) -> Result<(), String> {
        let (number, truth) = (shard.partition, &self.partitions[shard.partition as usize].truth);
        let next: Vec<(usize, i64)> = shard.inputs.iter().map(|input| (input.topic, input.next)).collect();
        if self.is_mixed() && !self.has_seen(shard) {
            return Ok(());
        }
        truth.compare(shard.leads(), truth.before(&next)).map_err(|error| format!("partition {number}: {error}"))
    }

    /// Whether all that a shard has taken in is committed, and the order of it known.
    fn has_seen(&self, shard: &Shard) -> bool {
        let topics = &self.assembly.config.topics;
        let tail = &self.partitions[shard.partition as usize].tails[0];
        self.broker.end(&topics.score_changes, shard.partition).is_ok_and(|end| tail.position() == end)
            && shard.inputs.iter().all(|input| {
                let committed = self.broker.committed(GROUP, &topics.events[input.topic], shard.partition);
                input.committed == input.next && committed.map_or(0, |position| position.offset) == input.next
            })
    }

    pub fn truth(&self, partition: i32) -> &Truth {
        &self.partitions[partition as usize].truth
    }

    /// How many records lie before these positions, if they are known.
    pub fn records_before(&self, number: i32, positions: &[(usize, i64)]) -> Option<usize> {
        let partition = &self.partitions[number as usize];
        let changes = &self.assembly.config.topics.score_changes;
        let known = !self.is_mixed() || self.broker.end(changes, number).ok() == Some(partition.tails[0].position());
        known.then(|| partition.truth.before(positions))
    }

    /// How many score changes lie below an offset, if they have all been seen.
    pub fn said_below(&self, number: i32, offset: i64) -> Option<usize> {
        let partition = &self.partitions[number as usize];
        let seen = partition.tails[0].position() >= offset;
        seen.then(|| partition.offsets.partition_point(|known| *known < offset))
    }

    /// Inputs of which not all is committed: where the group stands, where it must stand.
    pub fn lagging(&self, upstream: &Upstream) -> Vec<(Input, Option<i64>, i64)> {
        let names = &self.assembly.config.topics.events;
        let lags = |input: Input| {
            let end = upstream.piped(input).last()?.offset + 1;
            let position = self.broker.committed(GROUP, &names[input.topic], input.partition);
            let committed = position.map(|position| position.offset);
            (committed.is_none_or(|committed| committed < end)).then_some((input, committed, end))
        };
        upstream.inputs().filter_map(lags).collect()
    }

    /// Everything that must be said has been.
    pub fn end(&self, stopped: &BTreeMap<i32, String>) -> Result<(), String> {
        for (number, partition) in (0..).zip(&self.partitions) {
            let (seen, must) = (partition.seen, partition.truth.said_by(partition.truth.len()));
            if seen != must && !(self.cut && stopped.contains_key(&number)) {
                return Err(format!("partition {number}: {seen:?} of {must:?} outputs"));
            }
        }
        Ok(())
    }
}

impl Partition {
    /// The truth takes in what has come, up to an offset.
    fn learn(&mut self, step: &mut Step, upstream: &Upstream, input: Input, most: usize) {
        let piped = upstream.piped(input);
        for record in piped[self.fed[input.topic]..].iter().take(most) {
            self.truth.feed(step, input.topic, record);
            self.fed[input.topic] += 1;
        }
    }

    /// A score change tells which record came next.
    fn learn_from(
        &mut self,
        step: &mut Step,
        upstream: &Upstream,
        names: &[String],
        partition: i32,
        line: &Line,
    ) -> Result<(), String> {
        if self.seen[0] < self.truth.said.changes.len() {
            return Ok(());
        }
        let json = line.json();
        let topic = names.iter().position(|name| json["input"]["topic"] == *name).ok_or("an unknown topic")?;
        let input = Input { topic, partition };
        let next = upstream.piped(input).get(self.fed[topic]).map(|record| record.offset);
        let told = json["input"]["offset"].as_i64();
        if next != told {
            return Err(format!("{:?} of {} was worked on, {next:?} comes next", told, names[topic]));
        }
        self.learn(step, upstream, input, 1);
        Ok(())
    }

    fn check(&mut self, output: usize, line: &Line) -> Result<(), String> {
        let said = &self.truth.said;
        let (at, must) = (self.seen[output], [&said.changes, &said.jumps, &said.letters][output]);
        self.seen[output] += 1;
        match must.get(at) {
            Some(must) if must == line => Ok(()),
            must => Err(format!("{}, record {at}:\n  is {line:?}\nmust {must:?}", OUTPUTS[output])),
        }
    }
}
