//! Two producers' transactions, interleaved in any way, against a reference that is too simple to be wrong.

use crate::memory_support::*;
use needle::log::memory::{Broker, MemoryLog, MemoryReader};
use needle::log::{Log, Reader};
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Step {
    Put(usize, i32),
    Commit(usize),
    Abort(usize),
    /// A new producer takes over, and the former one's transaction is aborted.
    Restart(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..2usize, 0..2i32).prop_map(|(who, partition)| Step::Put(who, partition)),
        2 => (0..2usize).prop_map(Step::Commit),
        1 => (0..2usize).prop_map(Step::Abort),
        1 => (0..2usize).prop_map(Step::Restart),
    ];
    prop::collection::vec(step, 0..60)
}

/// Of every partition each offset's transaction and value (`None`: a marker), and of each transaction how it ended.
#[derive(Default)]
struct Reference {
    partitions: [Vec<Option<(usize, String)>>; 2],
    ended: Vec<Option<bool>>,
    current: [Option<usize>; 2],
}

impl Reference {
    fn put(&mut self, who: usize, partition: i32, value: String) {
        let transaction = *self.current[who].get_or_insert_with(|| {
            self.ended.push(None);
            self.ended.len() - 1
        });
        self.partitions[partition as usize].push(Some((transaction, value)));
    }

    fn end(&mut self, who: usize, committed: bool) {
        let Some(transaction) = self.current[who].take() else { return };
        self.ended[transaction] = Some(committed);
        for partition in &mut self.partitions {
            if partition.iter().flatten().any(|(of, _)| *of == transaction) {
                partition.push(None);
            }
        }
    }

    fn last_stable(&self, partition: i32) -> usize {
        let slots = &self.partitions[partition as usize];
        let open = |slot: &Option<(usize, String)>| slot.as_ref().is_some_and(|(of, _)| self.ended[*of].is_none());
        slots.iter().position(open).unwrap_or(slots.len())
    }

    fn seen(&self, partition: i32) -> Vec<(i64, String)> {
        let stable = self.partitions[partition as usize].iter().enumerate().take(self.last_stable(partition));
        let committed = stable.filter_map(|(offset, slot)| slot.as_ref().map(|(of, value)| (offset, of, value)));
        let committed = committed.filter(|(_, of, _)| self.ended[**of] == Some(true));
        committed.map(|(offset, _, value)| (offset as i64, value.clone())).collect()
    }
}

fn make(broker: &Broker, who: usize) -> MemoryLog {
    let mut log = log(broker, ["a", "b"][who]);
    log.begin().unwrap();
    log
}

proptest! {
    #[test]
    fn readers_see_what_the_reference_sees(steps in steps(), max in 1..4usize) {
        let broker = broker(2);
        let mut logs = [make(&broker, 0), make(&broker, 1)];
        let mut readers = [0, 1].map(|partition| MemoryReader::new(&broker, CHANGES, partition, 0, i64::MAX));
        let mut read = [Vec::new(), Vec::new()];
        let mut reference = Reference::default();
        for (index, step) in steps.into_iter().enumerate() {
            match step {
                Step::Put(who, partition) => {
                    put(&mut logs[who], partition, &index.to_string()).unwrap();
                    reference.put(who, partition, index.to_string());
                }
                Step::Commit(who) => {
                    logs[who].commit(&[]).unwrap();
                    logs[who].begin().unwrap();
                    reference.end(who, true);
                }
                Step::Abort(who) => {
                    logs[who].abort().unwrap();
                    logs[who].begin().unwrap();
                    reference.end(who, false);
                }
                Step::Restart(who) => {
                    logs[who] = make(&broker, who);
                    reference.end(who, false);
                }
            }
            for partition in 0..2 {
                let at = partition as usize;
                prop_assert_eq!(seen(&broker, CHANGES, partition), reference.seen(partition));
                prop_assert_eq!(broker.last_stable(CHANGES, partition).unwrap(), reference.last_stable(partition) as i64);
                prop_assert_eq!(broker.end(CHANGES, partition).unwrap(), reference.partitions[at].len() as i64);
                read[at].extend(drain(&mut readers[at], max).1);
                prop_assert_eq!(&read[at], &reference.seen(partition), "in steps as well as at once");
                prop_assert!(readers[at].position() <= reference.last_stable(partition) as i64);
            }
        }
    }
}
