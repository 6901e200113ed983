//! Transactional producers: epochs, fencing, and transactions over partitions and positions of groups.

use std::collections::{BTreeMap, BTreeSet};

use super::broker::{Place, State};
use super::partition::{NewRecord, ProducerId};
use super::refusal::Refusal;
use crate::log::Position;

/// Kafka's `offset.metadata.max.bytes`.
const MAX_NOTE_BYTES: usize = 4096;

/// What the broker knows about one `transactional.id`.
pub(super) struct Producer {
    id: ProducerId,
    epoch: i32,
    timeout_ms: i64,
    open: Option<Transaction>,
}

struct Transaction {
    since_ms: i64,
    partitions: BTreeSet<Place>,
    /// Positions by group.
    positions: BTreeMap<(String, Place), Position>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Commit,
    Abort,
}

/// Who a client says it is.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub transactional_id: String,
    pub epoch: i32,
}

impl Producer {
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// A topic is deleted: nothing of it is committed any more.
    pub fn forget(&mut self, topic: &str) {
        if let Some(open) = &mut self.open {
            open.partitions.retain(|place| *place.topic != *topic);
            open.positions.retain(|(_, place), _| *place.topic != *topic);
        }
    }

    /// The open transaction; it begins, and its time runs, with the first thing that is added to it.
    fn opened(&mut self, now_ms: i64) -> &mut Transaction {
        self.open.get_or_insert_with(|| Transaction {
            since_ms: now_ms,
            partitions: BTreeSet::new(),
            positions: BTreeMap::new(),
        })
    }
}

impl State {
    /// `InitProducerId`: aborts what the former epoch had open, and fences it.
    pub fn init_producer(&mut self, transactional_id: &str, timeout_ms: i64) -> Identity {
        let next_id = self.producers.len() as ProducerId;
        if self.producers.contains_key(transactional_id) {
            self.fence(transactional_id);
        }
        let producer = self.producers.entry(transactional_id.to_owned()).or_insert(Producer {
            id: next_id,
            epoch: 0,
            timeout_ms,
            open: None,
        });
        producer.timeout_ms = timeout_ms;
        Identity { transactional_id: transactional_id.to_owned(), epoch: producer.epoch }
    }

    /// Bumps the epoch and aborts the open transaction.
    fn fence(&mut self, transactional_id: &str) {
        if let Some(producer) = self.producers.get_mut(transactional_id) {
            producer.epoch += 1;
            let id = producer.id;
            if let Some(open) = producer.open.take() {
                self.finish(id, open, End::Abort);
            }
        }
    }

    fn producer(&mut self, by: &Identity) -> Result<&mut Producer, Refusal> {
        let producer = self.producers.get_mut(&by.transactional_id);
        producer.filter(|producer| producer.epoch == by.epoch).ok_or(Refusal::ProducerFenced)
    }

    /// Appends a record to the open transaction of a producer.
    pub fn produce(&mut self, by: &Identity, place: &Place, new: NewRecord) -> Result<i64, Refusal> {
        let now_ms = self.now_ms;
        self.partition(&place.topic, place.partition)?;
        let producer = self.producer(by)?;
        let id = producer.id;
        producer.opened(now_ms).partitions.insert(place.clone());
        Ok(self.partition_mut(&place.topic, place.partition)?.append(new, Some(id)))
    }

    /// `TxnOffsetCommit`: the positions are pending until the transaction ends. Whether the sender is still a member of
    /// the group has been asked before.
    pub fn send_positions(
        &mut self,
        by: &Identity,
        group: &str,
        positions: Vec<(Place, Position)>,
    ) -> Result<(), Refusal> {
        if positions.iter().any(|(_, position)| position.note.len() > MAX_NOTE_BYTES) {
            return Err(Refusal::OffsetMetadataTooLarge);
        }
        for (place, _) in &positions {
            self.partition(&place.topic, place.partition)?;
        }
        let now_ms = self.now_ms;
        let open = self.producer(by)?.opened(now_ms);
        open.positions.extend(positions.into_iter().map(|(place, position)| ((group.to_owned(), place), position)));
        Ok(())
    }

    /// `EndTxn`.
    pub fn end(&mut self, by: &Identity, end: End) -> Result<(), Refusal> {
        let producer = self.producer(by)?;
        let (id, open) = (producer.id, producer.open.take().ok_or(Refusal::InvalidTxnState)?);
        self.finish(id, open, end);
        Ok(())
    }

    fn finish(&mut self, id: ProducerId, Transaction { partitions, positions, .. }: Transaction, end: End) {
        for place in &partitions {
            if let Ok(partition) = self.partition_mut(&place.topic, place.partition) {
                partition.end_transaction(id, end == End::Commit);
            }
        }
        if end == End::Commit {
            for ((group, place), position) in positions {
                self.groups.entry(group).or_default().commit(place, position);
            }
        }
    }

    /// Whether a transaction is pending on the position of a group.
    pub fn is_unstable(&self, group: &str, place: &Place) -> bool {
        let open = self.producers.values().filter_map(|producer| producer.open.as_ref());
        open.flat_map(|open| open.positions.keys()).any(|(of, at)| of == group && at == place)
    }

    /// Aborts and fences transactions that have been open for longer than their time-out.
    pub fn expire_transactions(&mut self) {
        let now_ms = self.now_ms;
        let late = |producer: &Producer| {
            producer.open.as_ref().is_some_and(|open| now_ms - open.since_ms > producer.timeout_ms)
        };
        let ids = self.producers.iter().filter(|(_, producer)| late(producer)).map(|(id, _)| id.clone());
        for id in ids.collect::<Vec<_>>() {
            self.fence(&id);
        }
    }
}
