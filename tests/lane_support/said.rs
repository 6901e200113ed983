//! What a partition's records lead to: outputs in comparable form, and what they must be.

use needle::commands::assembly::Assembly;
use needle::lane::outbox::Outbox;
use needle::lane::shard::{InputState, Shard};
use needle::lane::tally::Tally;
use needle::log::Stream;
use needle::log::memory::StoredRecord;
use needle::wire::record::{Headers, OwnedHeaders};

use super::DEAD_LETTER_BYTES;

/// Everything of an output record that the lane decides.
#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    pub key: Option<Vec<u8>>,
    pub value: Option<Vec<u8>>,
    pub headers: OwnedHeaders,
}

impl Line {
    pub fn of(record: StoredRecord) -> Self {
        let StoredRecord { key, value, headers, .. } = record;
        Self { key, value, headers }
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(self.value.as_deref().expect("a value")).expect("JSON")
    }

    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.last(name).map(|value| String::from_utf8_lossy(value).into_owned())
    }
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = |bytes: &Option<Vec<u8>>| bytes.as_deref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        let name =
            |(name, value): &(Vec<u8>, Option<Vec<u8>>)| (String::from_utf8_lossy(name).into_owned(), text(value));
        let headers: Vec<_> = self.headers.iter().map(name).collect();
        write!(f, "{:?} {:?} {headers:?}", text(&self.key), text(&self.value))
    }
}

/// The outputs of one partition, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    pub changes: Vec<Line>,
    pub jumps: Vec<Line>,
    pub letters: Vec<Line>,
}

impl Said {
    /// Appends what a step wants written, all of it of one partition.
    pub fn take(&mut self, outbox: &Outbox, partition: i32) {
        let done: Result<(), ()> = outbox.each(|output| {
            let headers = (0..output.headers.len()).map(|index| output.headers.get(index));
            let line = Line {
                key: output.key.map(<[u8]>::to_vec),
                value: output.value.map(<[u8]>::to_vec),
                headers: headers.map(|(name, value)| (name.to_vec(), value.map(<[u8]>::to_vec))).collect(),
            };
            assert_eq!(output.partition, partition, "output partition = input partition");
            match output.stream {
                Stream::ScoreChanges => self.changes.push(line),
                Stream::ScoreJumps => self.jumps.push(line),
                Stream::DeadLetters => self.letters.push(line),
                Stream::Events(_) => panic!("events are read, never written"),
            }
            Ok(())
        });
        done.expect("no visit fails");
    }

    /// The first difference, for people.
    pub fn compare(&self, truth: &Said) -> Result<(), String> {
        let streams = [
            ("score changes", &self.changes, &truth.changes),
            ("score jumps", &self.jumps, &truth.jumps),
            ("dead letters", &self.letters, &truth.letters),
        ];
        for (name, said, truth) in streams {
            let differs = said.iter().zip(truth).position(|(said, truth)| said != truth);
            let at = differs.or((said.len() != truth.len()).then_some(said.len().min(truth.len())));
            if let Some(at) = at {
                let (is, must) = (said.get(at), truth.get(at));
                let (len, must_len) = (said.len(), truth.len());
                return Err(format!("{name}, record {at} of {len} (must be {must_len}):\n  is {is:?}\nmust {must:?}"));
            }
        }
        Ok(())
    }
}

/// What records lead to in this order, by the step alone: no lane, no log, one record at a time.
pub fn truth<'a>(
    assembly: &Assembly,
    partition: i32,
    records: impl IntoIterator<Item = (usize, &'a StoredRecord)>,
) -> (Said, Shard) {
    let inputs =
        (0..assembly.config.topics.events.len()).map(|topic| InputState { topic, from: 0, committed: 0, next: 0 });
    let mut shard = Shard::new(partition, inputs.collect());
    let (mut step, mut outbox, mut tally) = (assembly.step(DEAD_LETTER_BYTES), Outbox::default(), Tally::default());
    for (topic, record) in records {
        step.record(topic, &record.record(), &mut shard, &mut outbox, &mut tally).expect("a step");
        step.finish(&mut shard, &mut outbox, &mut tally).expect("a step");
    }
    shard.commit();
    let mut said = Said::default();
    said.take(&outbox, partition);
    (said, shard)
}
